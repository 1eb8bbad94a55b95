import { type FailingCase, ways } from './case.js';

const quiet = { code: null, job: 'noisy_success.py' } as const;

/** Runs that end well and look as if they had not: nothing may be said of them. */
export const successes: readonly FailingCase[] = [
  ...ways({ ...quiet, modes: ['local'] }, 'success', [
    'caught_exception',
    'logged_errors',
    'missing_input',
    'missing_table',
    'missing_module',
    'missing_class',
    'existing_output',
    'bad_rows',
    'java_warning',
    'subprocess_errors',
    'words',
    'other_jobs_log',
    'cancelled_job',
    'stopped_stream',
    'failed_stream',
    'tight_memory',
    'exit_zero',
    'vanished_scratch',
  ]),
  ...ways({ ...quiet, modes: ['local', 'cluster'], conf: { 'spark.driver.maxResultSize': '0' } }, 'success', [
    'heap_caught',
  ]),
  ...ways({ ...quiet, modes: ['local'], conf: { 'spark.driver.maxResultSize': '1m' } }, 'success', ['result_caught']),
  ...ways(
    {
      ...quiet,
      modes: ['local'],
      conf: { 'spark.sql.broadcastTimeout': '1', 'spark.sql.adaptive.enabled': 'false' },
    },
    'success',
    ['broadcast_caught'],
  ),
  ...ways(
    {
      ...quiet,
      modes: ['local', 'cluster'],
      conf: {
        'spark.yarn.executor.memoryOverhead': '400',
        'spark.shuffle.spill': 'false',
        'spark.akka.timeout': '100',
        'spark.python.worker.reuse': 'false',
      },
    },
    'success',
    ['deprecated'],
  ),
  ...ways({ ...quiet, modes: ['local', 'cluster'], master: 'local[2,4]' }, 'success', [
    'retried_task',
    'retried_worker',
    'lost_shuffle_files',
  ]),
  ...ways({ ...quiet, modes: ['cluster'] }, 'success', [
    'caught_exception',
    'lost_executor',
    'memory_killed_executor',
    'java_warning',
  ]),
  {
    // YARN takes executors away for another queue; Spark asks for others and counts none of it as a failure.
    name: 'success-preempted',
    code: null,
    job: 'long.py',
    args: ['45'],
    modes: ['cluster'],
    spec: { numExecutors: 5 },
    meanwhile: 'preempt',
  },
  { name: 'success-old-jvm-option', code: null, job: 'fine.py', modes: ['cluster'], conf: { 'spark.driver.extraJavaOptions': '-XX:+UseConcMarkSweepGC' } }, // prettier-ignore
  ...ways({ ...quiet, modes: ['cluster'], conf: { 'spark.yarn.maxAppAttempts': '2' } }, 'success', ['second_attempt']),
  ...ways(
    {
      ...quiet,
      modes: ['cluster'],
      spec: { numExecutors: 2 },
      conf: { 'spark.speculation': 'true', 'spark.speculation.quantile': '0.5', 'spark.speculation.interval': '500ms' },
    },
    'success',
    ['speculation'],
  ),
  ...ways(
    {
      ...quiet,
      modes: ['cluster'],
      conf: {
        'spark.dynamicAllocation.enabled': 'true',
        'spark.dynamicAllocation.shuffleTracking.enabled': 'true',
        'spark.dynamicAllocation.executorIdleTimeout': '2s',
        'spark.dynamicAllocation.shuffleTracking.timeout': '3s',
        'spark.dynamicAllocation.maxExecutors': '2',
      },
    },
    'success',
    ['idle_executors'],
  ),
];
