import { type FailingCase, ways } from './case.js';
import { successes } from './successes.js';

const both = ['local', 'cluster'] as const;
const local = ['local'] as const;
const cluster = ['cluster'] as const;

/** What goes wrong in the job's own code. */
const ofCode: readonly FailingCase[] = [
  ...ways(
    { code: 'PYTHON_EXCEPTION', job: 'python_exception.py', modes: both },
    'python',
    ['plain', 'chained', 'own_class', 'in_udf'],
    'in_udf',
  ),
  ...ways({ code: 'PYTHON_EXCEPTION', job: 'python_exception.py', modes: local }, 'python', [
    'several_lines',
    'no_text',
    'in_rdd',
    'in_foreach',
    'in_for_each_batch',
    'in_thread_pool',
    'after_a_caught_one',
  ]),
  { name: 'python-two-attempts', code: 'PYTHON_EXCEPTION', job: 'python_exception.py', args: ['own_class'], modes: cluster, conf: { 'spark.yarn.maxAppAttempts': '2' } }, // prettier-ignore
  { name: 'python-exit-text', code: 'USER_EXIT_CODE', job: 'python_exception.py', args: ['exit_text'], modes: both },
  { name: 'python-syntax', code: 'PYTHON_EXCEPTION', job: 'syntax_error.py', modes: both },
  { name: 'python-in-task-of-cluster', code: 'PYTHON_EXCEPTION', job: 'python_exception.py', args: ['in_rdd'], modes: cluster }, // prettier-ignore
  ...ways(
    { code: 'MODULE_NOT_FOUND', job: 'module_not_found.py', modes: both },
    'module',
    ['driver', 'executor'],
    'executor',
  ),
  { name: 'module-name', code: 'MODULE_NOT_FOUND', job: 'module_not_found.py', args: ['name'], modes: local },
  { name: 'module-first', code: 'MODULE_NOT_FOUND', job: 'import_first.py', modes: both },
  ...ways({ code: 'CLASS_NOT_FOUND', job: 'class_not_found.py', modes: both }, 'class', ['jdbc_driver', 'data_source']),
  ...ways({ code: 'CLASS_NOT_FOUND', job: 'class_not_found.py', modes: local }, 'class', [
    'no_suitable_driver',
    'format_avro',
    'file_system',
    'java_udf',
  ]),
  ...ways({ code: 'SERIALIZATION', job: 'serialization.py', modes: local }, 'serialization', [
    'context',
    'java',
    'result',
  ]),
  { name: 'serialization-lock', code: 'SERIALIZATION', job: 'serialization.py', args: ['lock'], modes: both }, // prettier-ignore
  { name: 'exit-3', code: 'USER_EXIT_CODE', job: 'user_exit_code.py', args: ['3'], modes: both, everyTime: true },
  { name: 'exit-at-once', code: 'USER_EXIT_CODE', job: 'user_exit_code.py', args: ['7', 'at_once'], modes: both },
  { name: 'exit-java', code: 'USER_EXIT_CODE', job: 'user_exit_code.py', args: ['42', 'java'], modes: both },
];

/** What goes wrong between the job and its data. */
const ofData: readonly FailingCase[] = [
  { name: 'input-dataframe', code: 'INPUT_PATH_MISSING', job: 'input_path_missing.py', args: ['dataframe'], modes: both, everyTime: true }, // prettier-ignore
  ...ways({ code: 'INPUT_PATH_MISSING', job: 'input_path_missing.py', modes: local }, 'input', [
    'rdd',
    'pattern',
    'vanished',
    'open_file',
  ]),
  { name: 'output-dataframe', code: 'OUTPUT_PATH_EXISTS', job: 'output_path_exists.py', args: ['dataframe'], modes: both }, // prettier-ignore
  { name: 'output-rdd', code: 'OUTPUT_PATH_EXISTS', job: 'output_path_exists.py', args: ['rdd'], modes: local },
  ...ways({ code: 'SQL_ANALYSIS', job: 'sql_analysis.py', modes: both }, 'sql', ['column', 'parse']),
  ...ways({ code: 'SQL_ANALYSIS', job: 'sql_analysis.py', modes: local }, 'sql', [
    'table',
    'function',
    'types',
    'ambiguous',
    'grouping',
    'union',
  ]),
  ...ways({ code: 'SCHEMA_OR_CAST', job: 'schema_or_cast.py', modes: both }, 'schema', ['ansi_cast', 'parquet_type']),
  ...ways({ code: 'SCHEMA_OR_CAST', job: 'schema_or_cast.py', modes: local }, 'schema', [
    'overflow',
    'divide',
    'python_type',
    'malformed_json',
    'not_parquet',
  ]),
  ...ways(
    {
      code: 'S3_ACCESS_DENIED',
      job: 's3_access_denied.py',
      modes: local,
      needs: 's3',
      conf: {
        'spark.driver.extraClassPath': '{s3Jars}/*',
        'spark.hadoop.fs.s3a.endpoint': '{s3}',
        'spark.hadoop.fs.s3a.path.style.access': 'true',
        'spark.hadoop.fs.s3a.access.key': 'an-access-key-of-a-test',
        'spark.hadoop.fs.s3a.secret.key': 'no-secret',
      },
    },
    's3',
    ['read', 'list', 'write'],
  ),
];

/** What goes wrong with memory, processes and the network between them. */
const ofSpark: readonly FailingCase[] = [
  { name: 'driver-heap', code: 'DRIVER_OOM', job: 'driver_oom.py', args: ['heap'], modes: both, everyTime: true },
  { name: 'driver-broadcast', code: 'DRIVER_OOM', job: 'driver_oom.py', args: ['broadcast'], modes: local },
  { name: 'driver-python-memory', code: 'DRIVER_OOM', job: 'driver_oom.py', args: ['python'], modes: cluster },
  ...ways({ code: 'DRIVER_LOST', job: 'driver_lost.py', modes: cluster }, 'driver-lost', ['kill', 'term']),
  { name: 'result-collect', code: 'DRIVER_RESULT_TOO_LARGE', job: 'driver_result_too_large.py', args: ['collect'], modes: both, conf: { 'spark.driver.maxResultSize': '1m' } }, // prettier-ignore
  { name: 'result-rdd', code: 'DRIVER_RESULT_TOO_LARGE', job: 'driver_result_too_large.py', args: ['rdd'], modes: local, conf: { 'spark.driver.maxResultSize': '1m' } }, // prettier-ignore
  { name: 'broadcast-timeout', code: 'BROADCAST_TIMEOUT', job: 'broadcast_timeout.py', modes: both, conf: { 'spark.sql.broadcastTimeout': '1', 'spark.sql.adaptive.enabled': 'false' } }, // prettier-ignore
  { name: 'worker-exit', code: 'PYTHON_WORKER_CRASH', job: 'python_worker_crash.py', args: ['exit'], modes: both }, // prettier-ignore
  ...ways({ code: 'PYTHON_WORKER_CRASH', job: 'python_worker_crash.py', modes: local }, 'worker', [
    'abort',
    'segfault',
    'kill',
  ]),
  { name: 'python-version', code: 'PYTHON_VERSION_MISMATCH', job: 'python_version_mismatch.py', modes: both, needs: 'otherPython', conf: { 'spark.pyspark.driver.python': '{python}', 'spark.pyspark.python': '{otherPython}' } }, // prettier-ignore
];

/** What goes wrong between Spark and its executors. In local mode there are none to lose. */
const ofExecutors: readonly FailingCase[] = [
  { name: 'executor-memory-python', code: 'EXECUTOR_MEMORY_KILLED', job: 'executor_memory.py', args: ['python'], modes: cluster, conf: { 'spark.task.maxFailures': '1' }, everyTime: true }, // prettier-ignore
  { name: 'executor-memory-four-times', code: 'EXECUTOR_MEMORY_KILLED', job: 'executor_memory.py', args: ['python'], modes: cluster }, // prettier-ignore
  // YARN's executors end themselves with a SIGTERM when the heap is full; only their own log says why, the driver's does not.
  { name: 'executor-heap', code: 'EXECUTOR_LOST', job: 'executor_memory.py', args: ['heap'], modes: cluster, conf: { 'spark.task.maxFailures': '2' } }, // prettier-ignore
  { name: 'executor-memory-kill-9', code: 'EXECUTOR_MEMORY_KILLED', job: 'executor_memory.py', args: ['kill_9'], modes: cluster, conf: { 'spark.task.maxFailures': '2' } }, // prettier-ignore
  { name: 'executor-lost-exit', code: 'EXECUTOR_LOST', job: 'executor_lost.py', args: ['exit'], modes: cluster, conf: { 'spark.task.maxFailures': '1' } }, // prettier-ignore
  { name: 'executor-lost-four-times', code: 'EXECUTOR_LOST', job: 'executor_lost.py', args: ['exit'], modes: cluster },
  { name: 'executor-lost-term', code: 'EXECUTOR_LOST', job: 'executor_lost.py', args: ['term'], modes: cluster, conf: { 'spark.task.maxFailures': '1' } }, // prettier-ignore
  { name: 'shuffle-files-gone', code: 'SHUFFLE_FETCH_FAILED', job: 'shuffle_fetch_failed.py', modes: both },
  { name: 'stage-row', code: 'STAGE_RETRIES_EXHAUSTED', job: 'stage_retries_exhausted.py', args: ['row'], modes: both },
  { name: 'stage-barrier', code: 'PYTHON_WORKER_CRASH', job: 'stage_retries_exhausted.py', args: ['barrier'], modes: local }, // prettier-ignore
];

/** What goes wrong before a driver runs, or to it from outside. */
const ofCluster: readonly FailingCase[] = [
  { name: 'queue-unknown', code: 'QUEUE_UNKNOWN', job: 'fine.py', spec: { queue: 'nightly' }, modes: cluster, everyTime: true }, // prettier-ignore
  { name: 'queue-full', code: 'QUEUE_FULL', job: 'fine.py', spec: { queue: 'single' }, modes: cluster, meanwhile: 'occupy' }, // prettier-ignore
  { name: 'resources-executor', code: 'NO_RESOURCES', job: 'fine.py', spec: { executorMemory: '20g' }, modes: cluster, everyTime: true }, // prettier-ignore
  { name: 'resources-driver', code: 'NO_RESOURCES', job: 'fine.py', spec: { driverMemory: '20g' }, modes: cluster },
  { name: 'launch-java', code: 'AM_LAUNCH_FAILED', job: 'fine.py', conf: { 'spark.yarn.appMasterEnv.JAVA_HOME': '/usr/lib/jvm/java-8' }, modes: cluster, everyTime: true }, // prettier-ignore
  { name: 'launch-jvm-option', code: 'AM_LAUNCH_FAILED', job: 'fine.py', conf: { 'spark.driver.extraJavaOptions': '-Xmn2x' }, modes: cluster }, // prettier-ignore
  { name: 'submit-size', code: 'SUBMIT_OPTION', job: 'fine.py', conf: { 'spark.executor.memory': '12x' }, modes: both, everyTime: true }, // prettier-ignore
  { name: 'submit-number', code: 'SUBMIT_OPTION', job: 'fine.py', conf: { 'spark.executor.instances': 'many' }, modes: cluster }, // prettier-ignore
  { name: 'submit-small-driver', code: 'SUBMIT_OPTION', job: 'fine.py', spec: { driverMemory: '300m' }, conf: { 'spark.driver.memory': '300m' }, modes: both }, // prettier-ignore
  { name: 'submit-no-file', code: 'SUBMIT_OPTION', job: 'not_there.py', modes: both },
  { name: 'submit-class', code: 'CLASS_NOT_FOUND', job: 'empty.jar', spec: { className: 'com.example.sales.Main' }, modes: both }, // prettier-ignore
  { name: 'submit-python', code: 'PYTHON_NOT_FOUND', job: 'fine.py', conf: { 'spark.pyspark.python': '/opt/python3.12/bin/python3' }, modes: both }, // prettier-ignore
  { name: 'path-refused', code: 'LOCAL_PATH_REFUSED', kind: 'refused', job: 'fine.py', spec: { file: '/etc/jobs/fine.py' }, modes: cluster, everyTime: true }, // prettier-ignore
  { name: 'killed', code: 'KILLED_BY_USER', kind: 'cancelled', job: 'long.py', modes: cluster, meanwhile: 'kill', everyTime: true }, // prettier-ignore
  { name: 'unknown-halt', code: 'UNKNOWN', job: 'unknown.py', modes: both, everyTime: true },
];

/** Every code, each in one way at least. */
export const failures: readonly FailingCase[] = [...ofCode, ...ofData, ...ofSpark, ...ofExecutors, ...ofCluster];

export const cases: readonly FailingCase[] = [...failures, ...successes];
