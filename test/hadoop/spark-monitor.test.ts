import test from 'ava';
import { HttpStatusError, type EndedStage, type RunProgress } from '../../src/core/index.js';
import { SparkApi } from '../../src/hadoop/spark-api.js';
import { SparkMonitor } from '../../src/hadoop/spark-monitor.js';
import { driver, hadoopBody, type Moment, wholeTrace } from './spark-trace.js';

const monitorOf = ({ http }: { readonly http: ConstructorParameters<typeof SparkApi>[0]['http'] }) =>
  new SparkMonitor(new SparkApi({ http, base: '/proxy/application_1_1', who: 'The driver' }), 'application_1_1');

async function follow(t: Parameters<typeof driver>[0], trace: readonly Moment[]): Promise<RunProgress[]> {
  const spark = await driver(t, trace[0] as Moment);
  const monitor = monitorOf(spark);
  const read: RunProgress[] = [];
  for (const moment of trace) {
    spark.now = moment;
    read.push(await monitor.read());
  }
  return read;
}

interface HistoryStage {
  readonly status: string;
  readonly stageId: number;
  readonly numCompleteTasks: number;
}

test('counts of a whole run only grow, and end as the History Server has them', async (t) => {
  const read = await follow(t, wholeTrace('stages'));
  for (const [i, { tasks, stages }] of read.entries()) {
    const before = read[i - 1];
    if (!before) continue;
    t.true(tasks.done >= before.tasks.done);
    t.true(stages.done >= before.stages.done);
    t.true(tasks.done <= (tasks.total ?? 0));
  }
  const history = hadoopBody<HistoryStage[]>('spark-stages-history-stages');
  const last = read.at(-1);
  t.is(last?.stages.done, history.filter(({ status }) => status === 'COMPLETE').length);
  t.is(
    last?.tasks.done,
    history.reduce((sum, stage) => sum + stage.numCompleteTasks, 0),
  );
});

test('each stage that ended is told once, with its short name, its tasks and its time', async (t) => {
  const ended = (await follow(t, wholeTrace('stages'))).flatMap((one) => one.ended ?? []);
  t.deepEqual(
    ended.map(({ id }) => id).sort((a, b) => a - b),
    [...new Set(ended.map(({ id }) => id))].sort((a, b) => a - b),
  );
  const first = ended[0] as EndedStage;
  t.like(first, { id: 0, attempt: 0, name: 'sum at stages.py:25', state: 'done', tasks: 24, failed: 0 });
  t.true((first.tookMs ?? 0) > 5_000);
  t.false(
    ended.some(({ id }) => id === 3),
    'stage 3 was skipped',
  );
});

test('a stage that is left out does not count as work that is still to be done', async (t) => {
  const read = await follow(t, wholeTrace('stages'));
  const last = read.at(-1);
  t.is(last?.stages.total, last?.stages.done);
  t.is(last?.tasks.total, last?.tasks.done);
  t.true((last?.stages.skipped ?? 0) >= 1);
});

test('what runs now has its name, its tasks, its executors and its SQL query', async (t) => {
  const read = await follow(t, wholeTrace('stages'));
  const busy = read.find(({ active, tasks }) => active.length > 0 && tasks.done > 3);
  t.like(busy?.active[0], { id: 0, name: 'sum at stages.py:25', total: 24 });
  t.is(busy?.source, 'driver');
  t.is(busy?.executors, 1);
});

test('a second attempt of the driver begins its counts anew, and its stages are told too', async (t) => {
  const trace = wholeTrace('stages');
  const spark = await driver(t, trace.at(-1) as Moment);
  const monitor = monitorOf(spark);
  const before = await monitor.read();
  spark.now = trace[4] as Moment;
  const after = await monitor.read();
  t.true(after.tasks.done < before.tasks.done);
});

test('jobs that Spark has forgotten stay counted', async (t) => {
  const end = wholeTrace('stages').at(-1) as Moment;
  const spark = await driver(t, end);
  const monitor = monitorOf(spark);
  const before = await monitor.read();
  spark.now = { ...end, jobs: end.jobs.slice(0, 2) };
  const after = await monitor.read();
  t.deepEqual(after.tasks, before.tasks);
  t.deepEqual(after.stages, before.stages);
});

test('of many stages that ended at once eight are asked about, and the sums of the rest that only stages have are left out', async (t) => {
  const end = wholeTrace('stages').at(-1) as Moment;
  const [job] = end.jobs as { jobId: number }[];
  const [stage] = end.stages;
  const ids = Array.from({ length: 300 }, (_, i) => i);
  const many = {
    ...job,
    jobId: 0,
    status: 'SUCCEEDED',
    stageIds: ids,
    numCompletedStages: 300,
    numSkippedStages: 0,
    numTasks: 300,
    numCompletedIndices: 300,
  };
  const spark = await driver(t, {
    ...end,
    jobs: [many],
    stages: ids.map((stageId) => ({ ...stage, stageId, status: 'COMPLETE' }) as Moment['stages'][number]),
  });
  const monitor = monitorOf(spark);
  const read = await monitor.read();
  t.is(read.stages.done, 300);
  t.is(read.ended?.length, 8);
  t.is(read.bytes?.spilled, undefined);
  t.is((await monitor.read()).ended, undefined);
  t.true(spark.asked.length < 20);
});

test('a try of a stage that failed is told, and the next one too', async (t) => {
  const start = wholeTrace('stages')[4] as Moment;
  const [active] = start.active;
  const [job] = start.jobs as Record<string, unknown>[];
  const spark = await driver(t, start);
  const monitor = monitorOf(spark);
  await monitor.read();
  const failed = { ...active, attemptId: 0, status: 'FAILED', numFailedTasks: 1 };
  const second = { ...active, attemptId: 1, status: 'ACTIVE' };
  spark.now = { ...start, active: [second], stages: [failed, second] } as unknown as Moment;
  const again = await monitor.read();
  t.like(again.ended?.[0], { id: 0, attempt: 0, state: 'failed', failed: 1 });
  t.like(again.active[0], { id: 0, attempt: 1 });
  const done = { ...second, status: 'COMPLETE', numCompleteTasks: 24, numCompletedIndices: 24 };
  const over = { ...job, status: 'SUCCEEDED', numCompletedStages: 1, numFailedStages: 1, numActiveStages: 0 };
  spark.now = { ...start, jobs: [over], active: [], stages: [failed, done] } as unknown as Moment;
  t.like((await monitor.read()).ended?.[0], { id: 0, attempt: 1, state: 'done' });
});

test('Spark without SQL is asked for its queries once', async (t) => {
  const end = wholeTrace('stages').at(-1) as Moment;
  const spark = await driver(t, end);
  let asked = 0;
  const api = new SparkApi({ http: spark.http, base: '', who: 'The driver' });
  api.sql = () => {
    asked++;
    return Promise.reject(new HttpStatusError('no such page', { status: 404, serverMessage: '', body: '' }));
  };
  const monitor = new SparkMonitor(api, 'app');
  await monitor.read();
  await monitor.read();
  t.is(asked, 1);
});
