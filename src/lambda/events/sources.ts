import { happeningOfBusEvent, isBusEvent } from './event-bridge.js';
import type { Item, Source } from './happening.js';
import { isS3Test } from './message.js';
import { itemOfKinesis, itemOfSns, itemOfSqs } from './queue.js';
import { happeningsOfS3Record } from './s3.js';

type Kind = Source['kind'];

/** Who sends lists of records, and how each is read. */
const RECORDS: Readonly<
  Record<string, { readonly kind: Kind; readonly item: (record: unknown, path: string) => Item }>
> = {
  'aws:s3': {
    kind: 'event',
    item: (record, path) => ({ id: path, happenings: () => happeningsOfS3Record(record, path) }),
  },
  'aws:sqs': { kind: 'batch', item: itemOfSqs },
  'aws:kinesis': { kind: 'batch', item: itemOfKinesis },
  'aws:sns': { kind: 'event', item: itemOfSns },
};

/** Who sent this, where it is somebody that tells of things that happened; `undefined` for a direct call. */
export function sourceOf(event: unknown): Source | undefined {
  if (isS3Test(event)) return { kind: 'event', items: [] };
  if (isBusEvent(event))
    return { kind: 'event', items: [{ id: 'event', happenings: () => [happeningOfBusEvent(event)] }] };
  const records = recordsOf(event);
  const sender = senderOf(records[0]);
  const known = sender === undefined ? undefined : RECORDS[sender];
  return known && { kind: known.kind, items: records.map((record, i) => known.item(record, `Records[${i}]`)) };
}

function recordsOf(event: unknown): readonly unknown[] {
  const given = typeof event === 'object' && event !== null ? (event as { readonly Records?: unknown }) : {};
  return Array.isArray(given.Records) ? given.Records : [];
}

/** SNS writes it with a capital letter. */
function senderOf(record: unknown): string | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  const { eventSource, EventSource } = record as { readonly eventSource?: unknown; readonly EventSource?: unknown };
  const sender = eventSource ?? EventSource;
  return typeof sender === 'string' && Object.hasOwn(RECORDS, sender) ? sender : undefined;
}
