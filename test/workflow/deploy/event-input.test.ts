/** What a machine makes of an event: run by the interpreter, with the function that it calls first listening. */
import test from 'ava';
import { ConfigError } from '../../../src/core/index.js';
import { sourceOf } from '../../../src/lambda/events/index.js';
import { type DeployOptions, runSparkJob, type StateMachine } from '../../../src/workflow/index.js';
import { Interpreter, type World } from '../interpreter.js';
import { deploy, machines } from './deployments.js';

type Trigger = NonNullable<DeployOptions['trigger']>;

const done = { v: 1, next: 'done', events: 9 };

/** What the first call of a function is given, when the machine is started with this. */
async function firstCall(trigger: Trigger, input: unknown): Promise<Readonly<Record<string, unknown>>> {
  const calls: unknown[] = [];
  const world: World = {
    now: 0,
    wait: () => Promise.resolve(),
    invoke: (_name, event) => {
      calls.push(event);
      return Promise.resolve(done);
    },
  };
  const machine = deploy('run-spark-job', { trigger }).definition as unknown as StateMachine;
  const { status, cause } = await new Interpreter(machine, world).run(input);
  if (status !== 'SUCCEEDED') throw new Error(cause);
  return calls[0] as Readonly<Record<string, unknown>>;
}

const s3Event = (key: string) => ({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  account: '123456789012',
  time: '2026-11-23T03:10:11Z',
  region: 'eu-west-1',
  resources: ['arn:aws:s3:::landing'],
  detail: {
    version: '0',
    bucket: { name: 'landing' },
    object: { key, size: 5, etag: 'b1946ac92492d2347c6235b4d2611184', sequencer: '00617F08299329D189' },
    reason: 'PutObject',
  },
});

/** What a function takes an event for. */
const happeningsOf = (event: unknown) => sourceOf(event)?.items.flatMap((item) => item.happenings()) ?? [];

const onObject = (input: Trigger['input']): Trigger => ({ kind: 's3', bucket: 'landing', prefix: '', input });

const job = { file: 's3://jobs/etl.py', args: ['--in', '{uri}', '--day', '{date}', '--name={name}', '{size}'] };

test('an object starts the job with its address, under a key of its own', async (t) => {
  const {
    job: sent,
    key,
    timeoutSeconds,
  } = await firstCall(onObject({ job, timeoutSeconds: 60 }), s3Event('sales/2026/day 1.csv'));
  t.deepEqual(sent, {
    file: 's3://jobs/etl.py',
    args: ['--in', 's3://landing/sales/2026/day 1.csv', '--day', '2026-11-23', '--name=day 1.csv', '5'],
  });
  t.is(key, 's3/landing/sales/2026/day 1.csv?etag=b1946ac92492d2347c6235b4d2611184&sequencer=00617F08299329D189');
  t.is(timeoutSeconds, 60);
});

test('an object’s name is a text, whatever is in it', async (t) => {
  for (const key of [`a"],"file":"s3://evil/x.py`, `it's {} \\ \${x} {{% $states %}}`]) {
    const { job: sent } = await firstCall(onObject({ job }), s3Event(key));
    t.like(sent, { file: 's3://jobs/etl.py' });
    t.is((sent as { args: string[] }).args[1], `s3://landing/${key}`);
  }
});

test('the same event again has the same key, and another write of the object another one', async (t) => {
  const event = s3Event('a.csv');
  const again = { ...event, id: 'another-delivery' };
  const later = { ...event, detail: { ...event.detail, object: { ...event.detail.object, sequencer: '00FF' } } };
  const [one, two, three] = await Promise.all(
    [event, again, later].map((given) => firstCall(onObject({ job }), given)),
  );
  t.is(one?.key, two?.key);
  t.not(one?.key, three?.key);
});

test('a function that is told of an object makes the key that the machine makes, with versions and without', async (t) => {
  const keys: string[] = [];
  const plain = s3Event('sales/a b.csv');
  for (const version of [undefined, 'null', '3HL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY']) {
    const object = { ...plain.detail.object, ...(version !== undefined && { 'version-id': version }) };
    const event = { ...plain, detail: { ...plain.detail, object } };
    const { key } = await firstCall(onObject({ job }), event);
    const [happening] = happeningsOf(event);
    t.is(key, happening?.key);
    keys.push(String(key));
  }
  t.is(keys[0], keys[1]);
  t.is(keys[2], 's3/landing/sales/a b.csv?version=3HL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY');
});

test('a schedule starts the job of its planned time', async (t) => {
  const rule = 'arn:aws:events:eu-west-1:123456789012:rule/livywire-start';
  const event = { id: '1', source: 'aws.events', 'detail-type': 'Scheduled Event', time: '2026-11-23T03:00:00Z', resources: [rule], detail: {} }; // prettier-ignore
  const input = { job: { file: 's3://jobs/etl.py', args: ['{date}', '{rule}'] } };
  const sent = await firstCall({ kind: 'schedule', expression: 'rate(1 day)', input }, event);
  t.deepEqual(sent.job, { file: 's3://jobs/etl.py', args: ['2026-11-23', 'livywire-start'] });
  t.is(sent.key, `schedule/${rule}/2026-11-23T03:00:00Z`);
});

test('a field of the event itself can be named, a brace is written twice, and a key of one’s own is kept', async (t) => {
  const input = {
    key: 'k/{event.detail.reason}',
    job: { file: 's3://jobs/a.py', args: ['{{x}}', '{event.account}', '${{HOME}}'] },
  };
  const sent = await firstCall(onObject(input), s3Event('a.csv'));
  t.is(sent.key, 'k/PutObject');
  t.deepEqual(sent.job, { file: 's3://jobs/a.py', args: ['{x}', '123456789012', '${HOME}'] });
});

test('an execution that a person starts goes past all of it', async (t) => {
  const own = { job: { file: 's3://jobs/other.py' }, key: 'mine' };
  const sent = await firstCall(onObject({ job }), own);
  t.like(sent, own);
});

test('a placeholder that such an event does not have is refused when the template is made', (t) => {
  const error = t.throws(() => deploy('run-spark-job', { trigger: onObject({ job: { args: ['{rule}'] } }) }), {
    instanceOf: ConfigError,
  });
  t.regex(error.message, /--input\.job\.args\[0\]: there is no \{rule\}.*\{uri\}/);
});

test('without a trigger the machine is what it is everywhere', (t) => {
  const functions = { submit: '${SubmitFunction}', status: '${StatusFunction}', cancel: '${CancelFunction}' };
  const names = { submit: 'a', status: 'b', cancel: 'c' };
  const expected = JSON.stringify(runSparkJob({ functions: names }))
    .replaceAll('"FunctionName":"a"', `"FunctionName":"${functions.submit}"`)
    .replaceAll('"FunctionName":"b"', `"FunctionName":"${functions.status}"`)
    .replaceAll('"FunctionName":"c"', `"FunctionName":"${functions.cancel}"`);
  t.is(JSON.stringify(deploy().definition), expected);
  t.is(machines['run-spark-job'].name, 'run-spark-job');
});
