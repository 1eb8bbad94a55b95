import { keyOf } from '../keys.js';
import { happeningOfBusEvent, isBusEvent } from './event-bridge.js';
import type { Happening } from './happening.js';
import { happeningsOfS3Record } from './s3.js';

/** What a message is about that says nothing we know: itself. */
export interface Envelope {
  readonly key: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * What a text tells of: an event of S3 or EventBridge that came through a queue or a topic is that event, under its own key, for it may
 * come in two messages. Any other text is one happening under the message's own key.
 */
export function happeningsIn(text: string, envelope: Envelope): readonly Happening[] {
  const content = parsed(text);
  const inner = inTopic(content);
  if (inner !== undefined) return happeningsIn(inner, envelope);
  if (isS3Test(content)) return [];
  const records = s3Records(content);
  if (records) return records.flatMap((record, i) => happeningsOfS3Record(record, `Records[${i}]`));
  if (isBusEvent(content)) return [happeningOfBusEvent(content)];
  return [{ key: keyOf(...envelope.key), fields: { ...envelope.fields, body: text }, event: content ?? text }];
}

/** `undefined` for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** SNS packs what it sends to a queue. */
function inTopic(content: unknown): string | undefined {
  const { Type, TopicArn, Message } = recordOf(content);
  return Type === 'Notification' && typeof TopicArn === 'string' && typeof Message === 'string' ? Message : undefined;
}

/** S3 sends one when notifications are set up, to see that somebody may be told. */
export const isS3Test = (content: unknown): boolean => recordOf(content).Event === 's3:TestEvent';

/** The records of a notification of S3. */
function s3Records(content: unknown): readonly unknown[] | undefined {
  const { Records } = recordOf(content);
  return Array.isArray(Records) && Records.length > 0 && Records.every((one) => recordOf(one).eventSource === 'aws:s3')
    ? Records
    : undefined;
}
