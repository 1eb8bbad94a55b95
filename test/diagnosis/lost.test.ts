import test from 'ava';
import type { Diagnosis } from '../../src/core/index.js';
import { diagnose } from '../../src/diagnosis/index.js';

const failed = { raw: 'dead', state: 'failed' } as const;
const begun = '26/11/23 00:36:07 INFO SparkContext: Running Spark version 3.5.8';

/** What Spark says of an executor that was lost once too often. */
function ofExecutor(reason: string): Diagnosis {
  const text = `${begun}
Traceback (most recent call last):
  File "/srv/jobs/etl.py", line 23, in <module>
    print(data.collect())
  File "/usr/lib/spark/python/lib/pyspark.zip/pyspark/rdd.py", line 1833, in collect
py4j.protocol.Py4JJavaError: An error occurred while calling z:org.apache.spark.api.python.PythonRDD.collectAndServe.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: Lost task 0.0 in stage 0.0 (TID 0) (h executor 1): ExecutorLostFailure (executor 1 exited ${reason}
Driver stacktrace:
	at org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2898)`;
  return diagnose({ status: failed, lines: text.split('\n').map((line) => ({ source: 'stderr', text: line })) });
}

const byTask = 'caused by one of the running tasks) Reason:';
const reasons: readonly (readonly [string, boolean])[] = [
  [`${byTask} Container from a bad node: container_1_1_01_000002 on host: h. Exit status: 42. Diagnostics: x`, false],
  [`${byTask} Container from a bad node: container_1_1_01_000002 on host: h. Exit status: 1. Diagnostics: x`, false],
  [`${byTask} Container from a bad node: container_1_1_01_000002 on host: h. Exit status: 143. Diagnostics: x`, true],
  [`${byTask} Executor heartbeat timed out after 125683 ms`, true],
  [
    `${byTask} Remote RPC client disassociated. Likely due to containers exceeding thresholds, or network issues.`,
    true,
  ],
  ['unrelated to the running tasks) Reason: Container container_1_1_01_000002 on host: h was preempted.', true],
  [
    'unrelated to the running tasks) Reason: Container marked as failed: container_1_1_01_000002 on host: h. Exit status: -100. Diagnostics: Container released on a *lost* node',
    true,
  ],
];

for (const [reason, transient] of reasons) {
  test(`a second try ${transient ? 'may help' : 'does not help'} where an executor was lost, ${reason.slice(0, 150)}`, (t) => {
    t.like(ofExecutor(reason), { code: 'EXECUTOR_LOST', transient });
  });
}

test('too many lost executors that ended themselves do so again', (t) => {
  const of = (words: string): Diagnosis =>
    diagnose({
      status: failed,
      lines: [begun, `26/11/23 04:34:09 ERROR YarnClusterScheduler: Lost executor 3 on h: ${words}`].map((text) => ({
        source: 'stderr',
        text,
      })),
      app: { raw: 'FINISHED', finalStatus: 'FAILED', diagnostics: 'Max number of executor failures (3) reached' },
    });
  const own = of('Container from a bad node: container_1_1_01_000004 on host: h. Exit status: 42. Diagnostics: x');
  t.like(own, { code: 'EXECUTOR_LOST', transient: false });
  t.like(of('Container container_1_1_01_000004 was released on a *lost* node'), {
    code: 'EXECUTOR_LOST',
    transient: true,
  });
});

const log = (...texts: string[]) => [begun, ...texts].map((text) => ({ source: 'stderr', text }));
const report = (diagnostics: string, finalStatus = 'FAILED') => ({ raw: 'FAILED', finalStatus, diagnostics });
/** As a ResourceManager words it (3.3.4). */
const master = (exitCode: number, words: string): string =>
  `Application application_9_2 failed 1 times (global limit =2; local limit is =1) due to AM Container for appattempt_9_2_000001 exited with  exitCode: ${exitCode}
Failing this attempt.Diagnostics: ${words}For more detailed output, check the application tracking page: http://localhost:26541/cluster/app/application_9_2 Then click on links to logs of each attempt.
. Failing the application.`;
const killed = `[2026-11-23 08:03:11.599]Container killed on request. Exit code is 137
[2026-11-23 08:03:11.599]Container exited with a non-zero exit code 137.
[2026-11-23 08:03:11.599]Killed by external signal
`;

test('a driver whose machine is lost may come through next time', (t) => {
  for (const words of [
    master(-100, 'Container released on a *lost* node'),
    'Application application_9_2 failed 1 times due to ApplicationMaster for attempt appattempt_9_2_000001 timed out. Failing the application.',
  ])
    t.like(diagnose({ status: failed, lines: log(), app: report(words) }), { code: 'DRIVER_LOST', transient: true });
});

test("an executor's machine that was lost is not the driver's", (t) => {
  const lost = 'Container from a bad node: container_9_2_01_000003 on host: h. Exit status: -100. Diagnostics: Container released on a *lost* node.'; // prettier-ignore
  const survived = `26/11/23 08:02:17 ERROR YarnClusterScheduler: Lost executor 2 on h: ${lost}`;
  const own = `Traceback (most recent call last):\n  File "/j.py", line 2, in f\nValueError: no`.split('\n');
  const lines = [...log(survived), ...own.map((text) => ({ source: 'stdout', text }))];
  t.is(
    diagnose({ status: failed, lines, app: report('User application exited with status 1') }).code,
    'PYTHON_EXCEPTION',
  );
  const full = {
    source: 'stderr',
    text: survived.replace('Container released on a *lost* node.', 'No space left on device'),
  };
  t.is(diagnose({ status: failed, lines: [full, ...lines] }).code, 'PYTHON_EXCEPTION');
  const thrown = `User class threw exception: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: Lost task 0.0 in stage 0.0 (TID 0) (h executor 2): ExecutorLostFailure (executor 2 exited unrelated to the running tasks) Reason: ${lost}`;
  t.is(diagnose({ status: failed, lines: log(survived), app: report(thrown) }).code, 'EXECUTOR_LOST');
});

test('a driver that was killed is not said to have run out of memory, unless something says so', (t) => {
  const bare = diagnose({ status: failed, lines: log(), app: report(master(137, killed)) });
  t.like(bare, { code: 'DRIVER_LOST', transient: false });
  t.regex(bare.next.join(), /ran out of memory[^]*memoryOverhead/);
  const heap = diagnose({
    status: failed,
    lines: log('java.lang.OutOfMemoryError: Java heap space', '-XX:OnOutOfMemoryError="kill -9 %p"'),
    app: report(master(137, killed)),
  });
  t.is(heap.code, 'DRIVER_OOM');
  const preempted = master(137, `Container preempted by scheduler\n${killed}`);
  t.like(diagnose({ status: failed, lines: log(), app: report(preempted) }), { code: 'PREEMPTED', transient: true });
});

test('a driver that was told to stop did not fail of what broke as it went down', (t) => {
  const signal = '26/11/23 08:02:17 ERROR ApplicationMaster: RECEIVED SIGNAL TERM';
  const stdout = `Traceback (most recent call last):
  File "/srv/jobs/long.py", line 21, in <module>
    print(spark.sparkContext.parallelize(range(parts), parts).map(wait).sum())
py4j.protocol.Py4JJavaError: An error occurred while calling z:org.apache.spark.api.python.PythonRDD.collectAndServe.
: org.apache.spark.SparkException: Job 0 cancelled because SparkContext was shut down
	at org.apache.spark.scheduler.DAGScheduler.$anonfun$cleanUpAfterSchedulerStop$1(DAGScheduler.scala:1253)`;
  const lines = [...log(signal), ...stdout.split('\n').map((text) => ({ source: 'stdout', text }))];
  const app = report('Shutdown hook called before final status was reported.');
  const told = diagnose({ status: failed, lines, app });
  t.like(told, { code: 'DRIVER_LOST', transient: true });
  t.true(told.lines.some(({ text }) => text === signal));
  // Without the signal the job may have stopped Spark itself.
  t.not(diagnose({ status: failed, lines: lines.filter(({ text }) => text !== signal), app }).code, 'DRIVER_LOST');
  // What had failed before the signal came is the reason.
  const own = `Traceback (most recent call last):\n  File "/j.py", line 2, in f\nValueError: no`;
  const both = [...log(signal), ...own.split('\n').map((text) => ({ source: 'stdout', text }))];
  t.is(diagnose({ status: failed, lines: both }).code, 'PYTHON_EXCEPTION');
});
