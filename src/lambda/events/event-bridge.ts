import { Fields } from '../fields.js';
import { keyOf } from '../keys.js';
import { EVENT_SOURCE, EVENT_TYPE } from '../tell/run-event.js';
import { type Happening, textsIn, timeFields } from './happening.js';
import { happeningOfObject } from './s3.js';

/** What is known about events of one kind. */
interface Row {
  readonly source: string;
  readonly type: string;
  /** Under which key of ours they are one run. */
  readonly word: string;
  /** Fields of `detail` that the key is made of; they are placeholders as well, under these names. */
  readonly key: Readonly<Record<string, string>>;
  /** The same thing may come to the same state again: then the event's own id is part of the key. */
  readonly again?: true;
  /** More placeholders. */
  readonly more?: Readonly<Record<string, string>>;
}

const ROWS: readonly Row[] = [
  {
    source: 'aws.emr',
    type: 'EMR Step Status Change',
    word: 'emr-step',
    key: { cluster: 'clusterId', step: 'stepId', state: 'state' },
    more: { name: 'name' },
  },
  {
    source: 'aws.emr',
    type: 'EMR Cluster State Change',
    word: 'emr-cluster',
    key: { cluster: 'clusterId', state: 'state' },
    again: true,
    more: { name: 'name' },
  },
  {
    source: 'aws.emr-serverless',
    type: 'EMR Serverless Job Run State Change',
    word: 'emr-serverless',
    key: { application: 'applicationId', run: 'jobRunId', state: 'state' },
    more: { name: 'jobRunName' },
  },
  {
    source: 'aws.glue',
    type: 'Glue Job State Change',
    word: 'glue',
    key: { name: 'jobName', run: 'jobRunId', state: 'state' },
  },
  {
    source: 'aws.states',
    type: 'Step Functions Execution Status Change',
    word: 'states',
    key: { execution: 'executionArn', state: 'status' },
    more: { name: 'name' },
    again: true, // a redrive
  },
  {
    // As our own watcher and submit publish them.
    source: EVENT_SOURCE,
    type: EVENT_TYPE,
    word: 'livywire',
    key: { run: 'name', state: 'state' },
    more: { key: 'key', application: 'appId', code: 'code' },
  },
  {
    source: 'aws.batch',
    type: 'Batch Job State Change',
    word: 'batch',
    key: { run: 'jobId', state: 'status' },
    more: { name: 'jobName' },
  },
];

/** Whether it has the shape of an event on a bus. */
export function isBusEvent(event: unknown): boolean {
  const given = typeof event === 'object' && event !== null ? (event as Readonly<Record<string, unknown>>) : {};
  return typeof given.source === 'string' && typeof given['detail-type'] === 'string' && 'detail' in given;
}

/** One event of EventBridge. @throws ConfigError naming the field */
export function happeningOfBusEvent(event: unknown): Happening {
  const fields = new Fields(event);
  const source = fields.mustText('source');
  const type = fields.mustText('detail-type');
  if (source === 'aws.s3' && type === 'Object Created') return happeningOfS3Event(fields, event);
  const id = fields.mustText('id');
  const common = {
    id,
    source,
    type,
    ...textsIn(event, { account: 'account', region: 'region' }),
    ...timeFields(fields.text('time')),
  };
  if (type === 'Scheduled Event') {
    const rule = fields.texts('resources')?.[0] ?? fields.wrong('resources', 'a list with the ARN of the rule');
    const last = rule.slice(rule.lastIndexOf('/') + 1);
    // The scheduler tells of one time again where an answer was late; the time is that of the plan.
    return {
      key: keyOf('schedule', rule, fields.mustText('time')),
      fields: { ...common, rule: last },
      event,
    };
  }
  const detail = fields.raw('detail');
  const row = ROWS.find((one) => one.source === source && one.type === type);
  const own = row && textsIn(detail, row.key);
  const isWhole = row && own && Object.keys(own).length === Object.keys(row.key).length;
  return {
    key: isWhole ? keyOf(row.word, ...Object.values(own), ...(row.again ? [id] : [])) : keyOf('event', source, id),
    fields: { ...common, ...own, ...(row?.more && textsIn(detail, row.more)) },
    event,
  };
}

function happeningOfS3Event(fields: Fields, event: unknown): Happening {
  const detail = fields.object('detail') ?? fields.wrong('detail', 'the bucket and the object');
  const bucket = detail.object('bucket') ?? detail.wrong('bucket', 'an object with its name');
  const object = detail.object('object') ?? detail.wrong('object', 'an object with its key');
  const size = object.raw('size');
  return happeningOfObject(
    object,
    {
      bucket: bucket.mustText('name'),
      key: object.mustText('key'), // as it is: EventBridge does not encode it
      version: object.text('version-id'),
      etag: object.text('etag'),
      sequencer: object.text('sequencer'),
      size: typeof size === 'number' ? size : undefined,
      time: fields.text('time'),
    },
    event,
  );
}
