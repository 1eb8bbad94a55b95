import test from 'ava';
import type { RunAnswer } from '../../src/lambda/index.js';
import { createDiagnoseHandler, createStatusHandler, createSubmitHandler } from '../../src/lambda/index.js';
import { job, lambdaRig } from './rig.js';

interface Emf {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

const metricsIn = (lines: readonly Readonly<Record<string, unknown>>[]) =>
  lines.filter((line) => '_aws' in line) as unknown as readonly Emf[];

test("a line of the log has Powertools' fields, and the second call is no cold start", async (t) => {
  const rig = lambdaRig({ env: { POWERTOOLS_SERVICE_NAME: 'etl', _X_AMZN_TRACE_ID: 'Root=1-2-3;Parent=4' } });
  const submit = createSubmitHandler(rig.options);
  await submit({ job, key: 'k' }, rig.context());
  const [line] = rig.lines;
  t.like(line, {
    level: 'INFO',
    message: 'started',
    service: 'etl',
    cold_start: true,
    function_name: 'submit',
    function_memory_size: '512',
    function_request_id: 'request-1',
    xray_trace_id: '1-2-3',
  });
  t.is((line?.run as { key: string }).key, 'k');
  rig.lines.length = 0;
  await submit({ job, key: 'k' }, rig.context());
  t.like(rig.lines[0], { message: 'adopted', cold_start: false });
});

test('every number that a metric names is in its line, and its dimensions too', async (t) => {
  const rig = lambdaRig({
    script: () => ({ outcome: 'failed', lines: ['ValueError: x'] }),
    env: { POWERTOOLS_METRICS_NAMESPACE: 'Spark' },
  });
  const submit = createSubmitHandler(rig.options);
  const first = (await submit({ job, key: 'k' }, rig.context())) as RunAnswer;
  await rig.clock.sleep(60_000);
  await createStatusHandler(rig.options)({ run: first }, rig.context());
  const all = metricsIn(rig.lines);
  for (const line of all) {
    for (const { Namespace, Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      t.is(Namespace, 'Spark');
      for (const { Name } of Metrics) t.is(typeof line[Name], 'number', Name);
      for (const name of Dimensions.flat()) t.is(typeof line[name], 'string', name);
    }
  }
  t.like(all[0], { handler: 'submit', Submits: 1 });
  const outcome = all.find((line) => 'Outcomes' in line);
  t.like(outcome, { Outcomes: 1, outcome: 'failed' });
  t.is(typeof outcome?.diagnosis, 'string');
  t.true(Number(outcome?.RunDuration) >= 60_000);
  t.like(all.at(-1), { handler: 'status', Polls: 1 });
});

test('what went wrong is one line, without secrets, under the level that is wanted', async (t) => {
  const rig = lambdaRig({ env: { POWERTOOLS_LOG_LEVEL: 'error' } });
  const submit = createSubmitHandler(rig.options);
  await submit({ job, key: 'k' }, rig.context());
  const event = { job: { ...job, file: 'https://me:hunter2@host/j.py' }, key: 'k' };
  await t.throwsAsync(submit(event, rig.context()), { name: 'KeyConflictError' });
  const logged = rig.lines.filter((line) => 'level' in line);
  t.is(logged.length, 1);
  t.like(logged[0], { level: 'ERROR', error: { name: 'KeyConflictError' } });
  t.notRegex(JSON.stringify(rig.lines), /hunter2/);
});

test('diagnose reads the log again, up to 40 lines, and an answer fits', async (t) => {
  const long = Array.from({ length: 400 }, (_, i) => `    at com.example.Very${'Long'.repeat(400)}.call(${i}) 雪`);
  const rig = lambdaRig({
    auto: false, // reading so much takes its time
    script: () => ({ outcome: 'failed', lines: ['java.lang.IllegalStateException: broken', ...long] }),
  });
  const first = (await createSubmitHandler(rig.options)({ job, key: 'k' }, rig.context())) as RunAnswer;
  await rig.clock.advance(60_000);
  const diagnose = createDiagnoseHandler(rig.options);
  for (const event of [{ run: first }, { ref: first.ref }, { key: 'k' }]) {
    const answer = await diagnose(event, rig.context());
    t.is(answer.ref.key, 'k');
    t.truthy(answer.diagnosis?.code);
    t.true((answer.diagnosis?.lines.length ?? 0) <= 40);
    t.true(Buffer.byteLength(JSON.stringify(answer)) <= 64_000);
  }
  await t.throwsAsync(diagnose({}, rig.context()), { name: 'ConfigError', message: /^run is missing/ });
  await t.throwsAsync(diagnose({ key: 'nobody' }, rig.context()), { name: 'RunNotFoundError' });
});

test('a job that failed is no failure of the function: no alarm for it, and what is open stays open', async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed' }) });
  const submit = createSubmitHandler(rig.options);
  const first = (await submit({ job, key: 'k' }, rig.context())) as RunAnswer;
  await rig.clock.sleep(60_000);
  const run = await createStatusHandler(rig.options)({ run: first }, rig.context());
  const { opened } = rig.counts;
  rig.lines.length = 0;
  await t.throwsAsync(submit({ job, key: 'k', run }, rig.context()));
  t.true(rig.lines.some(({ level, error }) => level === 'WARN' && error !== undefined));
  t.false(rig.lines.some((line) => 'Failures' in line || line.level === 'ERROR'));
  t.deepEqual(rig.counts, { opened, closed: 0 });
});
