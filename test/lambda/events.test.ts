/** Events in the shapes that AWS documents. */
import test from 'ava';
import type { Backend } from '../../src/core/index.js';
import {
  createSubmitHandler,
  type JobForEvents,
  type RunAnswer,
  type SubmitEventAnswer,
} from '../../src/lambda/index.js';
import type { OpenServices } from '../../src/lambda/services.js';
import { lambdaRig, type LambdaRig } from './rig.js';

const template = { file: 's3://jobs/etl.py', args: ['--in', '{uri}'] };

/** Sends events one after the other, to functions that start cold each time. */
async function tell(rig: LambdaRig, job: JobForEvents | undefined, ...events: readonly unknown[]) {
  const answers: SubmitEventAnswer[] = [];
  for (const event of events) {
    const submit = createSubmitHandler({ ...rig.options, ...(job !== undefined && { job }) });
    answers.push((await submit(event, rig.context())) as SubmitEventAnswer);
  }
  return answers;
}

const argsOf = async (rig: LambdaRig, key: string) => (await rig.ledger.get(key))?.record.spec.args;

const s3Record = (key: string, sequencer: string, versionId?: string) => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: 'eu-west-1',
  eventTime: '2026-11-23T01:02:03.000Z',
  eventName: 'ObjectCreated:Put',
  s3: {
    s3SchemaVersion: '1.0',
    bucket: { name: 'in', arn: 'arn:aws:s3:::in' },
    object: { key, size: 1024, eTag: 'd41d8', ...(versionId !== undefined && { versionId }), sequencer },
  },
});

const onBus = (source: string, type: string, detail: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': type,
  source,
  account: '123456789012',
  time: '2026-11-23T01:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail,
  ...more,
});

test('an object that S3 tells of twice is one run, and its key is decoded', async (t) => {
  const rig = lambdaRig();
  const event = { Records: [s3Record('day%3D1/sales+%C3%A9t%C3%A9.csv', '0A1')] };
  const [one, two] = await tell(rig, template, event, event);
  t.like(one, { started: 1, adopted: 0, failed: 0 });
  t.like(two, { started: 0, adopted: 1 });
  t.is(rig.posts(), 1);
  const key = one?.runs[0]?.key ?? '';
  t.is(key, 's3/in/day=1/sales été.csv?etag=d41d8&sequencer=0A1');
  t.deepEqual(await argsOf(rig, key), ['--in', 's3://in/day=1/sales été.csv']);
});

test('the same write, told by S3 and by EventBridge, is one run; another write is another', async (t) => {
  const rig = lambdaRig();
  const bus = (sequencer: string, version?: string) =>
    onBus('aws.s3', 'Object Created', {
      version: '0',
      bucket: { name: 'in' },
      object: {
        key: 'a b.csv',
        size: 1024,
        etag: 'd41d8',
        ...(version !== undefined && { 'version-id': version }),
        sequencer,
      },
      reason: 'PutObject',
    });
  await tell(rig, template, { Records: [s3Record('a+b.csv', '01')] }, bus('01'));
  t.is(rig.posts(), 1);
  await tell(rig, template, bus('02'));
  t.is(rig.posts(), 2);
  await tell(rig, template, bus('03', 'v1'), { Records: [s3Record('a+b.csv', '03', 'v1')] });
  t.is(rig.posts(), 3);
  // Versioning was switched off: every version is called null.
  await tell(rig, template, bus('04', 'null'), bus('05', 'null'));
  t.is(rig.posts(), 5);
});

test('a write without version, etag and sequencer is refused, for the next one would pass for it; a sequencer alone will do', async (t) => {
  const rig = lambdaRig();
  const written = (more: object) =>
    onBus('aws.s3', 'Object Created', { bucket: { name: 'in' }, object: { key: 'a.csv', ...more } });
  await tell(rig, template, written({ sequencer: '01' }), written({ sequencer: '02' }));
  t.is(rig.posts(), 2);
  const error = await t.throwsAsync(tell(rig, template, written({})), { name: 'ConfigError' });
  t.regex(error?.message ?? '', /detail\.object\.sequencer is missing/);
  const record = {
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'in' }, object: { key: 'a.csv' } },
  };
  await t.throwsAsync(tell(rig, template, { Records: [record] }), { message: /s3\.object\.sequencer is missing/ });
  t.is(rig.posts(), 2);
});

test("S3's test event starts nothing, directly and through a queue", async (t) => {
  const rig = lambdaRig();
  const testEvent = { Service: 'Amazon S3', Event: 's3:TestEvent', Time: '2026-11-23T00:00:00Z', Bucket: 'in' };
  const queued = { Records: [{ messageId: 'm', eventSource: 'aws:sqs', body: JSON.stringify(testEvent) }] };
  const [direct, through] = await tell(rig, template, testEvent, queued);
  t.like(direct, { started: 0, failed: 0 });
  t.deepEqual(through?.batchItemFailures, []);
  t.is(rig.posts(), 0);
});

for (const eventName of [
  'ObjectRemoved:Delete',
  'ObjectRemoved:DeleteMarkerCreated',
  'LifecycleExpiration:Delete',
  'ObjectTagging:Put',
  'ObjectRestore:Post',
  'ReducedRedundancyLostObject',
]) {
  test(`${eventName} starts nothing, directly and in a message, and the log says so`, async (t) => {
    const rig = lambdaRig();
    const notice = { Records: [{ ...s3Record('x.csv', '1'), eventName }] };
    const [direct, through] = await tell(rig, template, notice, { Records: [message('a', JSON.stringify(notice))] });
    t.like(direct, { started: 0, adopted: 0, failed: 0 });
    t.like(through, { started: 0, failed: 0, batchItemFailures: [] });
    t.is(rig.posts(), 0);
    t.is(rig.lines.filter(({ message: said }) => said === 'it tells of nothing that starts a run').length, 2);
  });
}

test('an object that came back from an archive is a run, another than that of its writing, and one for each time', async (t) => {
  const rig = lambdaRig();
  const written = s3Record('x.csv', '1', 'v1');
  const restored = { ...written, eventName: 'ObjectRestore:Completed', eventTime: '2026-12-01T00:00:00.000Z' };
  const again = { ...restored, eventTime: '2026-12-24T00:00:00.000Z' };
  for (const record of [written, restored, restored, again]) await tell(rig, template, { Records: [record] });
  t.is(rig.posts(), 3);
});

test('a key that is not encoded as S3 does it is a ConfigError that names the field', async (t) => {
  const rig = lambdaRig();
  const message = /^Records\[0\]\.s3\.object\.key is not encoded as S3 does it/;
  await t.throwsAsync(tell(rig, template, { Records: [s3Record('100%.csv', '1')] }), { name: 'ConfigError', message });
  t.is(rig.posts(), 0);
});

test('a key with a thousand characters, or a line feed, is a run like any other', async (t) => {
  const rig = lambdaRig();
  const long = { Records: [s3Record('x'.repeat(1_020), '1'), s3Record('a%0Ab', '2')] };
  await tell(rig, template, long, long);
  t.is(rig.posts(), 2);
});

test('a schedule is one run for each planned time, with its date', async (t) => {
  const rig = lambdaRig();
  const rule = 'arn:aws:events:eu-west-1:123456789012:rule/nightly';
  const at = (time: string, id: string) => onBus('aws.events', 'Scheduled Event', {}, { resources: [rule], time, id });
  const job = { file: 's3://jobs/etl.py', args: ['{date}', '{rule}', '{{date}}'] };
  await tell(rig, job, at('2026-11-23T01:00:00Z', 'a'), at('2026-11-23T01:00:00Z', 'b'));
  t.is(rig.posts(), 1);
  t.deepEqual(await argsOf(rig, `schedule/${rule}/2026-11-23T01:00:00Z`), ['2026-11-23', 'nightly', '{date}']);
  await tell(rig, job, at('2026-11-24T01:00:00Z', 'c'));
  t.is(rig.posts(), 2);
});

const others = [
  [
    onBus('aws.emr', 'EMR Step Status Change', {
      severity: 'INFO',
      stepId: 's-1',
      name: 'load',
      clusterId: 'j-1',
      state: 'COMPLETED',
    }),
    'emr-step/j-1/s-1/COMPLETED',
    ['load', 'COMPLETED'],
  ],
  [
    onBus('aws.emr', 'EMR Cluster State Change', { name: 'nightly', clusterId: 'j-1', state: 'WAITING' }),
    'emr-cluster/j-1/WAITING/17793124-05d4-b198-2fde-7ededc63b103',
    ['nightly', 'WAITING'],
  ],
  [
    onBus('aws.glue', 'Glue Job State Change', { jobName: 'load', jobRunId: 'jr_1', state: 'SUCCEEDED' }),
    'glue/load/jr_1/SUCCEEDED',
    ['load', 'SUCCEEDED'],
  ],
  [
    onBus('aws.batch', 'Batch Job State Change', { jobName: 'load', jobId: 'b1', status: 'FAILED' }),
    'batch/b1/FAILED',
    ['load', 'FAILED'],
  ],
  [
    onBus('my.app', 'Day Closed', { name: 'eu', state: 'closed' }),
    'event/my.app/17793124-05d4-b198-2fde-7ededc63b103',
    undefined,
  ],
] as const;
for (const [event, key, args] of others) {
  test(`an event of ${event.source}, ${event['detail-type']}, is one run under ${key}`, async (t) => {
    const rig = lambdaRig();
    const names = args ? ['{name}', '{state}'] : ['{event.detail.name}', '{event.detail.state}'];
    await tell(rig, { file: 's3://jobs/etl.py', args: names }, event, event);
    t.is(rig.posts(), 1);
    t.deepEqual(await argsOf(rig, key), args ? [...args] : ['eu', 'closed']);
  });
}

const message = (messageId: string, body: string) => ({
  messageId,
  receiptHandle: 'r',
  body,
  attributes: { SentTimestamp: '1763859723000', ApproximateReceiveCount: '1' },
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:days',
});

test('of a batch of messages the one that cannot be read comes again, and the others run', async (t) => {
  const rig = lambdaRig();
  const job = { file: 's3://jobs/etl.py', args: ['{event.day}'] };
  const batch = { Records: [message('a', '{"day":1}'), message('b', 'no json'), message('c', '{"day":3}')] };
  const [one, two] = await tell(rig, job, batch, batch);
  t.deepEqual(one?.batchItemFailures, [{ itemIdentifier: 'b' }]);
  t.like(one, { started: 2, failed: 1 });
  t.like(two, { started: 0, adopted: 2, failed: 1 });
  t.is(rig.posts(), 2);
  t.deepEqual(await argsOf(rig, 'sqs/c'), ['3']);
  const said = rig.lines.find(({ level }) => level === 'ERROR');
  t.like(said, { item: 'b', error: { name: 'ConfigError' } });
  t.regex(String(said?.message), /args\[0\]: this event has no \{event\.day\}; it has messageId, time, date, body/);
});

test('a batch finds one connection, and the next batch finds it open', async (t) => {
  const rig = lambdaRig();
  const submit = createSubmitHandler({ ...rig.options, job: { file: 's3://jobs/etl.py', args: ['{messageId}'] } });
  const batch = (from: number) => ({
    Records: Array.from({ length: 20 }, (_, i) => message(`m${from + i}`, 'x')),
  });
  await submit(batch(0), rig.context());
  await submit(batch(20), rig.context());
  t.deepEqual(rig.counts, { opened: 1, closed: 0 });
  t.is(rig.posts(), 40);
});

test('once its time is up a batch begins nothing more: it is answered before the limit, and what was open is closed once', async (t) => {
  const rig = lambdaRig();
  let sent = 0;
  const backend: Backend = rig.backend;
  backend.start = async (_plan, options) => {
    sent += 1;
    await rig.clock.sleep(86_400_000, options?.signal);
    throw new Error('never answered');
  };
  const job = { file: 's3://jobs/etl.py', args: ['{messageId}'] };
  const from = rig.clock.now();
  const batch = { Records: Array.from({ length: 100 }, (_, i) => message(`m${i}`, 'x')) };
  const submit = createSubmitHandler({ ...rig.options, job });
  const answer = (await submit(batch, rig.context(60))) as SubmitEventAnswer;
  t.is(answer.batchItemFailures?.length, 100);
  t.is(sent, 8);
  t.deepEqual(rig.counts, { opened: 1, closed: 1 });
  t.true(rig.clock.now() - from < 59_500, `${rig.clock.now() - from} ms`);
});

test('what a batch sends through stays open until it is done, however old; the next one opens anew', async (t) => {
  const rig = lambdaRig();
  const start = rig.backend.start.bind(rig.backend);
  const backend: Backend = rig.backend;
  backend.start = async (plan, options) => {
    await rig.clock.sleep(15_000, options?.signal);
    return start(plan);
  };
  const open: OpenServices = async (wishes) => ({ ...(await rig.open(wishes)), holdsMs: 10_000 });
  const job = { file: 's3://jobs/etl.py', args: ['{messageId}'] };
  const submit = createSubmitHandler({ ...rig.options, open, job });
  const batch = (name: string) => ({ Records: Array.from({ length: 20 }, (_, i) => message(`${name}${i}`, 'x')) });
  t.like(await submit(batch('a'), rig.context()), { started: 20, failed: 0 });
  t.deepEqual(rig.counts, { opened: 1, closed: 0 });
  t.like(await submit(batch('b'), rig.context()), { started: 20, failed: 0 });
  t.deepEqual(rig.counts, { opened: 2, closed: 1 });
});

test('an object that comes in two messages is one run, and a notice of a topic is unpacked', async (t) => {
  const rig = lambdaRig();
  const notice = JSON.stringify({ Records: [s3Record('x.csv', '9')] });
  const packed = JSON.stringify({ Type: 'Notification', TopicArn: 'arn:aws:sns:x:1:t', Message: notice });
  const topic = { Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 's', Message: notice } }] };
  await tell(rig, template, { Records: [message('a', notice), message('b', packed)] }, topic);
  t.is(rig.posts(), 1);
});

test('of a batch, what ended in failure before is no failure of the batch', async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed' }) });
  const batch = { Records: [message('a', 'x')] };
  const job = { file: 's3://jobs/etl.py', args: ['{body}'] };
  await tell(rig, job, batch);
  await rig.clock.sleep(60_000);
  const [again] = await tell(rig, job, batch);
  t.deepEqual(again?.batchItemFailures, []);
  t.is(rig.posts(), 1);
});

test('of a stream, a record that fails is named by its sequence number, and its data is text', async (t) => {
  const rig = lambdaRig();
  const record = (sequenceNumber: string, data: string) => ({
    kinesis: {
      partitionKey: 'p',
      sequenceNumber,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: 1763859723.5,
    },
    eventSource: 'aws:kinesis',
    eventID: `shardId-000000000006:${sequenceNumber}`,
    eventSourceARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/days',
  });
  const job = { file: 's3://jobs/etl.py', args: ['{event.day}', '{stream}', '{date}'] };
  const batch = { Records: [record('1', '{"day":"mon"}'), record('2', '{}')] };
  const [answer] = await tell(rig, job, batch, batch);
  t.deepEqual(answer?.batchItemFailures, [{ itemIdentifier: '2' }]);
  t.is(rig.posts(), 1);
  const key = 'kinesis/arn:aws:kinesis:eu-west-1:123456789012:stream/days/shardId-000000000006:1';
  t.deepEqual(await argsOf(rig, key), ['mon', 'days', '2025-11-23']);
});

test('where S3 tells of several objects and one fails, the others run, and the error lets all come again', async (t) => {
  const rig = lambdaRig();
  const job: JobForEvents = ({ fields }) =>
    fields.name === 'bad' ? { file: 's3://jobs/etl.py', driverMemory: 'lots' } : template;
  const event = { Records: [s3Record('bad', '1'), s3Record('good', '2')] };
  const error = await t.throwsAsync(tell(rig, job, event), { name: 'ConfigError' });
  t.regex(error.message, /driverMemory.*1 of 2 failed, and all will come again/);
  t.is(rig.posts(), 1);
});

test('a function may leave an event alone', async (t) => {
  const rig = lambdaRig();
  const job: JobForEvents = ({ fields }) => (fields.key?.endsWith('_SUCCESS') ? template : undefined);
  const [answer] = await tell(rig, job, { Records: [s3Record('out/_SUCCESS', '1'), s3Record('out/part-0', '1')] });
  t.like(answer, { started: 1, failed: 0 });
});

test('a pending submit of a batch lets its message come again', async (t) => {
  const rig = lambdaRig();
  rig.backend.failNext('request-lost');
  const [answer] = await tell(rig, { file: 's3://jobs/etl.py' }, { Records: [message('a', 'x')] });
  t.like(answer, { started: 1 }); // two minutes are enough to settle it
  rig.backend.failNext(...Array.from({ length: 60 }, () => 'busy' as const));
  const [full] = await tell(rig, { file: 's3://jobs/etl.py' }, { Records: [message('b', 'x')] });
  t.deepEqual(full?.batchItemFailures, [{ itemIdentifier: 'b' }]);
});

test('the job of events stands in the environment, with what it writes and reads', async (t) => {
  const text = JSON.stringify({ job: template, inputs: ['{uri}'] });
  const rig = lambdaRig({ env: { LIVYWIRE_JOB: text } });
  const [answer] = await tell(rig, undefined, { Records: [s3Record('x.csv', '1')] });
  t.like(answer, { started: 1 });
});

for (const [LIVYWIRE_JOB, message] of [
  [undefined, /^LIVYWIRE_JOB is not set: it says which job an event starts/],
  ['s3://jobs/etl.py', /^LIVYWIRE_JOB is not JSON/],
  ['{"args":["{uri}"]}', /^LIVYWIRE_JOB.*file/],
  ['{"file":"s3://jobs/etl.py","args":["{urn}"]}', /^LIVYWIRE_JOB.args\[0\]: this event has no \{urn\}; it has bucket/],
  ['{"job":{"file":"s3://jobs/etl.py"},"input":["x"]}', /^LIVYWIRE_JOB.input is not a field; there are job, output/],
] as const) {
  test(`LIVYWIRE_JOB ${LIVYWIRE_JOB} is a ConfigError, and nothing is sent`, async (t) => {
    const rig = lambdaRig({ env: { LIVYWIRE_JOB } });
    await t.throwsAsync(tell(rig, undefined, { Records: [s3Record('x.csv', '1')] }), { name: 'ConfigError', message });
    t.is(rig.posts(), 0);
  });
}

test('a direct call is no event, though a job for events is there', async (t) => {
  const rig = lambdaRig({ env: { LIVYWIRE_JOB: JSON.stringify(template) } });
  const submit = createSubmitHandler(rig.options);
  const answer = (await submit({ job: { file: 's3://jobs/other.py' }, key: 'k' }, rig.context())) as RunAnswer;
  t.is(answer.next, 'status');
  t.is((await rig.ledger.get('k'))?.record.spec.file, 's3://jobs/other.py');
});
