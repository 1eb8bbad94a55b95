import test, { type ExecutionContext } from 'ava';
import { runSparkJob, type RunSparkJobOptions } from '../../src/workflow/index.js';
import { type Execution, Interpreter, MOST_EVENTS, total } from './interpreter.js';
import { functions, named, type SparkWorldOptions, SparkWorld } from './spark-world.js';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 24 * HOUR;
const job = { file: 's3://jobs/etl.py' };

function setUp(world: SparkWorldOptions, options: Omit<RunSparkJobOptions, 'functions'> = {}) {
  const spark = new SparkWorld(world);
  return { spark, machine: new Interpreter(runSparkJob({ functions, ...options }), spark) };
}

/** How long after its end the execution knew, in seconds. */
const delayOf = (execution: Execution, spark: SparkWorld): number =>
  (execution.endedAt - (spark.attempts.at(-1)?.endsAt ?? NaN)) / 1_000;

function succeeded(t: ExecutionContext, execution: Execution): void {
  t.is(execution.status, 'SUCCEEDED', `${execution.error ?? ''}: ${execution.cause ?? ''}`);
  t.like(execution.output, { v: 1, next: 'done', outcome: { kind: 'succeeded' } });
}

for (const [length, seconds] of [
  ['10 minutes', 10 * MINUTE],
  ['1 hour', HOUR],
  ['24 hours', DAY],
  ['30 days', 30 * DAY],
] as const) {
  test(`a run of ${length} ends in one execution, known within 5 % of its age or half an hour`, async (t) => {
    const { spark, machine } = setUp({ plans: [{ seconds }] });
    const execution = await machine.run({ job });
    succeeded(t, execution);
    t.is(execution.children.length, 0);
    t.true(execution.events < MOST_EVENTS, `${execution.events}`);
    t.is(spark.attempts.length, 1);
    const delay = delayOf(execution, spark);
    t.true(delay <= Math.min(1_800, Math.max(5, 0.05 * seconds)) + 10, `${delay} s`);
  });
}

test('a turn costs nine events of the history, as the handlers count them', async (t) => {
  const [short, long] = await Promise.all(
    [HOUR, 2 * HOUR].map(async (seconds) => setUp({ plans: [{ seconds }] }).machine.run({ job })),
  );
  const turns = (long?.lambdas ?? 0) - (short?.lambdas ?? 0);
  t.true(turns > 5);
  t.is((long?.events ?? 0) - (short?.events ?? 0), 9 * turns);
});

test('what the handlers count is less than what the history holds by no more than the beginning and the end', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: DAY }] });
  const execution = await machine.run({ job });
  const counted = (execution.output as { events: number }).events;
  t.true(execution.events - counted < 20, `${counted} counted, ${execution.events} there`);
  t.is(spark.attempts.length, 1);
});

test('a run of a year is handed over from execution to execution, and its result is the first one’s', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: 365 * DAY }] });
  const execution = await machine.run({ job, timeoutSeconds: 400 * DAY });
  succeeded(t, execution);
  t.is(execution.children.length, 1);
  t.true((execution.children[0]?.children.length ?? 0) === 1, 'and that one has handed over too');
  t.true(total(execution, 'events') > 3 * MOST_EVENTS);
  t.is(spark.attempts.length, 1);
  const keys = new Set(spark.events.map(({ event }) => event.execution.arn));
  t.deepEqual([...keys], [execution.arn], 'known by the first execution all the time');
});

test('a year that is handed over and fails keeps its name, in a submit of the first execution; a redrive makes a new attempt', async (t) => {
  const { spark, machine } = setUp({
    plans: [{ seconds: 365 * DAY, code: 'PYTHON_EXCEPTION' }, { seconds: 365 * DAY }],
  });
  const execution = await machine.run({ job });
  t.like(execution, { status: 'FAILED', error: 'PYTHON_EXCEPTION' });
  t.is(execution.failedIn?.state, 'Submit');
  t.is(execution.children[0]?.error, 'PYTHON_EXCEPTION');
  t.is(spark.attempts.length, 1);
  // Its history is nearly full: it must hand over again, at once.
  succeeded(t, await machine.redrive(execution));
  t.true(execution.events <= MOST_EVENTS);
  t.deepEqual(
    spark.attempts.map(({ number }) => number),
    [1, 2],
  );
});

test('a run that takes too long in an execution that it was handed over to is RunTimedOut in the first one, too', async (t) => {
  const { machine } = setUp({ plans: [{ seconds: 3 * DAY }], mostEvents: 2_000 });
  const execution = await machine.run({ job, timeoutSeconds: 2 * DAY });
  t.is(execution.children.length, 1);
  t.like(execution, { status: 'FAILED', error: 'RunTimedOut' });
});

test('an execution that cannot hand over goes on by itself, and tries again', async (t) => {
  const { machine } = setUp({ plans: [{ seconds: 2 * DAY }], mostEvents: 2_000 });
  machine.refuseStarts = 3;
  const execution = await machine.run({ job });
  succeeded(t, execution);
  t.is(execution.children.length, 1);
  t.is(execution.path.filter((name) => name === 'Hand over').length, 4);
});

test('a failing job fails the execution in Submit under the diagnosis’ code; each redrive is one attempt more', async (t) => {
  const code = 'MODULE_NOT_FOUND';
  const { spark, machine } = setUp({
    plans: [{ seconds: MINUTE, code }, { seconds: MINUTE, code: 'DRIVER_OOM' }, { seconds: MINUTE }],
  });
  const execution = await machine.run({ job });
  t.like(execution, { status: 'FAILED', error: code, cause: `${code}: because` });
  t.is(execution.failedIn?.state, 'Submit');
  t.is((await machine.redrive(execution)).error, 'DRIVER_OOM');
  succeeded(t, await machine.redrive(execution));
  t.is(spark.attempts.length, 3);
});

test('a redrive after an outage finds the attempt that still runs, and starts none', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: 3 * DAY }] });
  spark.fault = () => (spark.attempts.length > 0 ? { error: named('UnreachableError', 'Livy is gone') } : undefined);
  const execution = await machine.run({ job });
  t.like(execution, { status: 'FAILED', error: 'UnreachableError' });
  spark.fault = undefined;
  succeeded(t, await machine.redrive(execution));
  t.is(spark.attempts.length, 1);
});

test('an outage of an hour is waited out', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: 2 * HOUR }] });
  const from = spark.now + 1_000 * HOUR;
  spark.fault = () =>
    spark.now > from && spark.now < from + 1_000 * HOUR
      ? { error: named('UnreachableError', 'Livy is gone') }
      : undefined;
  succeeded(t, await machine.run({ job }));
  t.is(spark.attempts.length, 1);
});

for (const error of ['Lambda.Unknown', 'Sandbox.Timedout', 'Lambda.TooManyRequestsException', 'States.Timeout']) {
  test(`a submit that ends in ${error} after it had started the job is called again, and starts nothing`, async (t) => {
    const { spark, machine } = setUp({ plans: [{ seconds: MINUTE }] });
    let times = 3;
    spark.fault = (name) =>
      name === functions.submit && times-- > 0 ? { error: named(error, 'killed'), after: true } : undefined;
    succeeded(t, await machine.run({ job }));
    t.is(spark.attempts.length, 1);
  });
}

test('a function that nobody has called for weeks is called until it has its network again', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: MINUTE }] });
  const errors = [
    'Lambda.ResourceNotReadyException',
    ...Array.from({ length: 5 }, () => 'Lambda.ResourceConflictException'),
  ];
  spark.fault = (name) => {
    const error = name === functions.submit ? errors.shift() : undefined;
    return error === undefined ? undefined : { error: named(error, 'The function is in the state Pending') };
  };
  succeeded(t, await machine.run({ job }));
  t.deepEqual(errors, []);
});

test('a status that fails for good leads to a submit, which tells how the run stands', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: 10 }] });
  spark.fault = (name) =>
    name === functions.status ? { error: named('RunNotFoundError', 'nobody knows it') } : undefined;
  const execution = await machine.run({ job });
  succeeded(t, execution);
  t.true(execution.path.includes('Pause after trouble'));
});

test('a wrong input ends the execution with the handler’s words and no retry', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: 10 }] });
  spark.fault = () => ({ error: named('ConfigError', 'job.file: must be given') });
  const execution = await machine.run({});
  t.like(execution, { error: 'ConfigError', cause: 'job.file: must be given', lambdas: 1 });
});

test('a run older than timeoutSeconds is cancelled until it has stopped, and fails as RunTimedOut', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: DAY }, { seconds: MINUTE }] });
  const execution = await machine.run({ job, timeoutSeconds: 600 });
  t.like(execution, { status: 'FAILED', error: 'RunTimedOut' });
  t.is(execution.failedIn?.state, 'Submit');
  t.true(execution.path.includes('Wait for the cancel'));
  t.true(delayOf(execution, spark) < 30);
  succeeded(t, await machine.redrive(execution));
});

test('defaults hold where the input says nothing', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: DAY }] }, { defaults: { timeoutSeconds: 600, job } });
  t.is((await machine.run({})).error, 'RunTimedOut');
  t.like(spark.events[0]?.event, { job, timeoutSeconds: 600 });
  succeeded(t, await machine.run({ timeoutSeconds: 2 * DAY }));
});

test('a given key is sent as it is, and two executions with it are one run', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: MINUTE }] });
  succeeded(t, await machine.run({ job, key: `it's "etl" {2026}\\` }));
  succeeded(t, await machine.run({ job, key: `it's "etl" {2026}\\` }));
  t.is(spark.attempts.length, 1);
});

const retry = { errors: ['NODE_LOST'], maxAttempts: 2, delaySeconds: 30 };

test('the machine’s own retries make new attempts, for the errors that were named', async (t) => {
  const lost = { seconds: MINUTE, code: 'NODE_LOST' };
  const { spark, machine } = setUp({ plans: [lost, lost, { seconds: MINUTE }] }, { retry });
  const execution = await machine.run({ job });
  succeeded(t, execution);
  t.is(spark.attempts.length, 3);

  const other = setUp({ plans: [{ seconds: MINUTE, code: 'PYTHON_EXCEPTION' }] }, { retry });
  t.is((await other.machine.run({ job })).error, 'PYTHON_EXCEPTION');
  t.is(other.spark.attempts.length, 1);
});

test('the last attempt’s failure is the execution’s, and can be redriven; all states submit for one key', async (t) => {
  const { spark, machine } = setUp({ plans: [{ seconds: MINUTE, code: 'NODE_LOST' }] }, { retry });
  const execution = await machine.run({ job });
  t.like(execution, { status: 'FAILED', error: 'NODE_LOST' });
  t.is(execution.failedIn?.state, 'Submit the last attempt');
  t.is(spark.attempts.length, 3);
  await machine.redrive(execution);
  t.is(spark.attempts.length, 4);
  t.deepEqual([...new Set(spark.events.map(({ event }) => event.execution.state))], ['Submit']);
});

test('a retry delivered twice is one attempt', async (t) => {
  const lost = { seconds: MINUTE, code: 'NODE_LOST' };
  const { spark, machine } = setUp({ plans: [lost, { seconds: MINUTE }] }, { retry });
  const seen = new Set<string>();
  spark.fault = (name, { execution, run }) => {
    const call = `${name} ${execution.retries} ${run?.events ?? 0}`;
    if (seen.has(call)) return undefined;
    seen.add(call);
    return { error: named('Lambda.Unknown', 'killed'), after: true };
  };
  succeeded(t, await machine.run({ job }));
  t.is(spark.attempts.length, 2);
});
