import test from 'ava';
import type { EndedStage } from '../../src/core/index.js';
import { LogCount } from '../../src/hadoop/spark-log-count.js';
import { hadoopBody, hadoopText } from './spark-trace.js';

const lines = hadoopText('spark-log-cluster.txt').split('\n');
const at = '26/11/23 04:02:22 INFO ';

test('a whole log of a driver counts what the monitoring API counts', (t) => {
  const count = new LogCount();
  for (const line of lines) count.hear(line);
  const read = count.read();
  const stages = hadoopBody<{ status: string; numCompleteTasks: number }[]>('spark-stages-history-stages');
  t.is(read?.stages.done, stages.filter(({ status }) => status === 'COMPLETE').length);
  t.is(
    read?.tasks.done,
    stages.reduce((sum, stage) => sum + stage.numCompleteTasks, 0),
  );
  t.deepEqual(read?.active, []);
  t.is(read?.executors, 1);
  t.is(read?.source, 'log');
});

test('each stage is told once, with its short name and its time', (t) => {
  const count = new LogCount();
  const ended: EndedStage[] = [];
  for (const line of lines) {
    count.hear(line);
    ended.push(...(count.read()?.ended ?? []));
  }
  t.deepEqual(
    ended.map(({ id }) => id),
    [0, 1, 2, 4, 5, 7],
  );
  t.deepEqual(ended[0], {
    id: 0,
    attempt: 0,
    name: 'sum at stages.py:23',
    state: 'done',
    tasks: 24,
    failed: 0,
    tookMs: 14_909,
  });
});

test('counts never go back, and tasks that run are known', (t) => {
  const count = new LogCount();
  let before = 0;
  let sawRunning = false;
  for (const line of lines) {
    count.hear(line);
    const read = count.read();
    if (!read) continue;
    t.true(read.tasks.done >= before);
    before = read.tasks.done;
    sawRunning ||= read.active[0]?.running === 2 || read.active[0]?.running === 1;
  }
  t.true(sawRunning);
});

test('lines that a server dropped cost no count: each task that is done says how many are', (t) => {
  const count = new LogCount();
  for (const [i, line] of lines.entries()) {
    const isTask = line.includes('TaskSetManager');
    if (!isTask || i % 3 === 0) count.hear(line);
  }
  t.is(count.read()?.stages.done, 6);
  t.is(count.read()?.tasks.done, 89);
});

test('a lost task and a second try of a stage are counted', (t) => {
  const count = new LogCount();
  count.hear(`${at}TaskSchedulerImpl: Adding task set 1.0 with 4 tasks resource profile 0`);
  count.hear(
    `${at}TaskSetManager: Starting task 0.0 in stage 1.0 (TID 7) (host, executor 1, partition 0, PROCESS_LOCAL, 8995 bytes) `,
  );
  count.hear(
    '26/11/23 04:02:22 WARN TaskSetManager: Lost task 0.0 in stage 1.0 (TID 7) (host executor 1): ExecutorLostFailure',
  );
  t.like(count.read()?.active[0], { id: 1, attempt: 0, failed: 1, running: 0, total: 4 });
  count.hear(`${at}TaskSchedulerImpl: Adding task set 1.1 with 2 tasks resource profile 0`);
  const read = count.read();
  t.like(read?.ended?.[0], { id: 1, attempt: 0, state: 'failed', failed: 1 });
  t.like(read?.active[0], { id: 1, attempt: 1, total: 2 });
});

test("a second driver's log begins anew", (t) => {
  const count = new LogCount();
  for (const line of lines) count.hear(line);
  count.hear(`${at}SparkContext: Running Spark version 3.5.8`);
  t.is(count.read(), undefined);
});

test('what a job prints of its own is not counted, and costs no time however long it is', (t) => {
  const count = new LogCount();
  count.hear('Finished task 3.0 in stage 1.0 (TID 7) in 20 ms on host (4/8)');
  count.hear(`TaskSetManager: ${'Finished task 0.0 in stage '.repeat(200_000)}`);
  t.is(count.read(), undefined);
});
