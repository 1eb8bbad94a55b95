// The handlers as Lambda would hold them, on a real Livy, YARN and Spark: called in turn as a state machine calls them.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import test, { type ExecutionContext } from 'ava';
import { createDurableSparkJob } from '../../src/durable/index.js';
import {
  createCancelHandler,
  createStatusHandler,
  createSubmitHandler,
  createWatchHandler,
  type Handler,
  type HandlerOptions,
  type LambdaContext,
  type RunAnswer,
} from '../../src/lambda/index.js';
import { openServices } from '../../src/lambda/open-services.js';
import { execute } from '../durable/service.js';
import { useLocalLivy } from '../helpers/local-livy.js';

const livy = useLocalLivy(test, { yarn: true });

const source = `
import sys, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
time.sleep(float(sys.argv[1]))
if sys.argv[2:]: raise ValueError(sys.argv[2])
spark.stop()
`;
// One driver, so that a failure is not tried a second time by YARN.
const conf = { 'spark.yarn.maxAppAttempts': '1' };

async function options(t: ExecutionContext): Promise<HandlerOptions> {
  const ledger = await mkdtemp(join(tmpdir(), 'livywire-lambda-'));
  t.teardown(() => rm(ledger, { recursive: true, force: true }));
  const { instance } = livy();
  if (!instance.behind) throw new Error('an instance with YARN says where YARN is');
  const env = {
    LIVYWIRE_URL: instance.url,
    LIVYWIRE_YARN_URL: instance.behind.resourceManager,
    LIVYWIRE_HISTORY_URL: instance.behind.sparkHistory,
    LIVYWIRE_LEDGER: ledger,
  };
  return { env, open: (wishes) => openServices(wishes, env), write: () => undefined };
}

function context(seconds = 120): LambdaContext {
  const until = Date.now() + seconds * 1_000;
  return {
    awsRequestId: randomUUID(),
    functionName: 'livywire',
    getRemainingTimeInMillis: () => until - Date.now(),
  };
}

/** What Step Functions does with the answers. */
async function machine(given: HandlerOptions, payload: Readonly<Record<string, unknown>>, first: RunAnswer) {
  const handlers: Readonly<Record<string, Handler<unknown>>> = {
    submit: createSubmitHandler(given),
    status: createStatusHandler(given),
    cancel: createCancelHandler(given),
  };
  for (let run = first; ;) {
    if (run.next === 'done') return run;
    await delay((run.waitSeconds ?? 0) * 1_000);
    run = (await handlers[run.next]?.({ ...payload, run }, context())) as RunAnswer;
  }
}

const submit = async (given: HandlerOptions, payload: unknown): Promise<RunAnswer> =>
  (await createSubmitHandler(given)(payload, context())) as RunAnswer;

const execution = (name: string) => ({ arn: `arn:aws:states:eu-west-1:1:execution:m:${name}`, state: 'Submit' });

async function applications(name: string): Promise<number> {
  const url = `${livy().instance.behind?.resourceManager}/ws/v1/cluster/apps?applicationTags=${name}`;
  const { apps } = (await (await fetch(url)).json()) as { apps: { app: unknown[] } | null };
  return apps?.app.length ?? 0;
}

test('two functions at once start one application, and a redrive after its failure starts another', async (t) => {
  const given = await options(t);
  const payload = {
    job: { file: await livy().job('job.py', source), args: ['1', 'no rows'], conf },
    execution: execution('bad'),
  };
  const [one, two] = await Promise.all([submit(given, payload), submit(given, payload)]);
  t.deepEqual(one.ref, { ...two.ref, ...one.ref });
  const error = await t.throwsAsync(machine(given, payload, one), { name: 'PYTHON_EXCEPTION' });
  t.regex(error.message, /ValueError: no rows/);
  t.is(await applications(one.ref?.name ?? ''), 1);
  await t.throwsAsync(submit(given, payload), { name: 'PYTHON_EXCEPTION' });
  const redriven = await submit(given, { ...payload, execution: { ...payload.execution, redriveCount: 1 } });
  t.is(redriven.ref?.attempt, 2);
  // Nobody polls it: the watcher writes down how it ended.
  const watched = await createWatchHandler(given)({}, context(600));
  t.like(watched, { followed: 1, ended: { failed: 1 } });
});

test('a run goes to its end, and one that is too old is stopped at YARN', async (t) => {
  const given = await options(t);
  const file = await livy().job('job.py', source);
  const good = { job: { file, args: ['1'], conf }, execution: execution('good') };
  const long = { job: { file, args: ['300'], conf }, execution: execution('long'), timeoutSeconds: 30 };
  const [done, thrown] = await Promise.allSettled([
    machine(given, good, await submit(given, good)),
    machine(given, long, await submit(given, long)),
  ]);
  t.is(done.status === 'fulfilled' && done.value.outcome?.kind, 'succeeded');
  t.is(thrown.status === 'rejected' && (thrown.reason as Error).name, 'RunTimedOut');
  const url = `${livy().instance.behind?.resourceManager}/ws/v1/cluster/apps?states=NEW,SUBMITTED,ACCEPTED,RUNNING`;
  t.deepEqual(((await (await fetch(url)).json()) as { apps: unknown }).apps ?? {}, {});
});

test('durable functions: two executions of one name at once are one application, and each knows how its job ended', async (t) => {
  const given = await options(t);
  const file = await livy().job('job.py', source);
  await LocalDurableTestRunner.setupTestEnvironment();
  t.teardown(() => LocalDurableTestRunner.teardownTestEnvironment());
  const inRealTime = { clock: { now: () => Date.now(), advance: (ms: number) => delay(ms) }, context };
  const execution = (version: string) =>
    execute(
      createDurableSparkJob(given),
      { job: { file, args: ['1'], conf } },
      { ...inRealTime, name: 'nightly', version },
    );
  const inItsRunner = (payload: object) =>
    new LocalDurableTestRunner({ handlerFunction: createDurableSparkJob(given) }).run({ payload });
  const [one, two, bad, long] = await Promise.all([
    execution('1'),
    execution('2'),
    inItsRunner({ job: { file, args: ['1', 'no rows'], conf } }),
    inItsRunner({ job: { file, args: ['300'], conf }, key: 'long', timeoutSeconds: 30 }),
  ]);
  t.deepEqual([one.status, two.status], ['SUCCEEDED', 'SUCCEEDED'], JSON.stringify([one.error, two.error]));
  const { ref, outcome } = one.result as RunAnswer;
  t.is(outcome?.kind, 'succeeded');
  t.is((two.result as RunAnswer).ref?.name, ref?.name);
  t.is(await applications(ref?.name ?? ''), 1);
  t.is(bad.getError().errorType, 'PYTHON_EXCEPTION');
  t.regex(bad.getError().errorMessage ?? '', /ValueError: no rows/);
  t.is(long.getError().errorType, 'RunTimedOut');
});
