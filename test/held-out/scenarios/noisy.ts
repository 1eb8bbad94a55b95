import { type Scenario } from './scenario.js';

type Row = readonly [name: string, how: string, changes?: Partial<Scenario>];

const success =
  (script: string) =>
  ([step, how, changes]: Row): Scenario => ({
    name: `ok-${step.replaceAll('_', '-')}${changes?.spark ? `-${changes.spark.replace('.', '')}` : ''}`,
    code: null,
    how,
    run: [`${script}.py`, step],
    ...changes,
  });

const words: readonly Row[] = [
  ['log_analysis', 'a job over log lines: its data are error messages of every kind'],
  ['log_lines', 'RDD: prints the error lines that it was to find', { spark: '3.4' }],
  ['quality', 'data checks that failed, none of them fatal'],
  ['python_logging', 'logging.exception, error and critical of things that did not matter'],
  ['printed_traceback', 'tracebacks printed to both streams', { spark: '3.3' }],
  ['tools', 'a program that the job calls ends with 2, which is fine'],
  ['python_warnings', "Python's warnings"],
  ['json_log', 'JSON lines of level ERROR and FATAL with a traceback inside'],
  ['unit_tests', 'unittest output with a failure that the job does not mind', { spark: '3.4' }],
  ['side_thread', 'an uncaught exception in a side thread'],
  ['at_exit', 'an exception in an atexit function', { spark: '3.3' }],
  ['destructor', 'an exception in __del__'],
  ['colours', 'a progress bar with carriage returns and colours'],
  ['aborting', '"Aborting", then sys.exit(0)'],
  ['own_metrics', 'metrics named after failures'],
  ['worker_prints', 'tracebacks printed by the workers', { spark: '3.4' }],
  ['jvm_log', 'log4j ERROR and WARN with stack traces, nothing lost'],
  ['error_column', 'columns called error and failed'],
];

const caught: readonly Row[] = [
  ['first_run', 'a parquet path that is absent at the first run, caught'],
  ['bad_udf', 'a job that failed in a worker, caught and printed whole', { spark: '3.4' }],
  ['missing_text', 'an optional text file that is absent, caught', { spark: '3.3' }],
  ['output_there', 'the output was there already, caught'],
  ['sql_fallback', 'queries that do not fit or parse, then one that does'],
  [
    'too_large',
    'a result over maxResultSize, caught; counted instead',
    { conf: { 'spark.driver.maxResultSize': '1m' } },
  ],
  ['slow_broadcast', 'a broadcast that timed out, caught'],
  ['cancelled', 'the job cancels its own slow work', { spark: '3.4' }],
  ['memory_error', 'MemoryError, caught'],
  ['no_class', 'a data source that is absent, caught', { spark: '3.3' }],
  ['no_module', 'an optional module that is absent, caught'],
  ['cast', 'a cast that ANSI mode refuses, then try_cast', { spark: '3.4' }],
  ['bucket', 's3a refuses, the job takes its copy', { needsS3: true }],
  ['lost_and_caught', 'a worker that crashed four times over, caught'],
  ['system_exit', 'SystemExit of a step, caught'],
  ['late_input', 'input that comes at the second attempt'],
  ['missing_files', 'ignoreMissingFiles: FileNotFoundException at WARN'],
  ['corrupt_files', 'ignoreCorruptFiles: stack traces at WARN', { spark: '3.4' }],
];

const ownWords: readonly Row[] = [
  ['flaky_task', 'a task that fails once and then succeeds', { flags: ['--master', 'local[2,4]'] }],
  ['flaky_worker', 'a Python worker that crashes once', { flags: ['--master', 'local[2,4]'], spark: '3.4' }],
  ['lost_executor', 'an executor is killed and replaced', { mode: 'local-cluster' }],
  ['fetch_failed', 'shuffle files are lost, the map stage runs again', { flags: ['--master', 'local[1]'] }],
  [
    'speculation',
    'speculative copies overtake a slow task',
    {
      mode: 'local-cluster',
      conf: {
        'spark.speculation': 'true',
        'spark.speculation.interval': '500ms',
        'spark.speculation.minTaskRuntime': '1s',
      },
    },
  ],
  [
    'plain',
    'deprecated settings',
    {
      conf: {
        'spark.yarn.executor.memoryOverhead': '400',
        'spark.shuffle.consolidateFiles': 'true',
        'spark.kryoserializer.buffer.max.mb': '64',
        'spark.yarn.jar': 'x',
      },
    },
  ],
  [
    'sql',
    'an extension class that is absent: ClassNotFoundException at WARN',
    { conf: { 'spark.sql.extensions': 'io.delta.sql.DeltaSparkSessionExtension' } },
  ],
  ['hints', 'hints that cannot be followed', { spark: '3.4' }],
  ['window', 'a window without partitions'],
  ['wide_plan', 'truncated plans', { spark: '3.3' }],
  ['debug', 'log level DEBUG'],
  ['aqe', 'plans of AQE at WARN'],
  ['large_task', 'a very large task', { spark: '3.3' }],
  ['csv_header', 'CSV headers that do not fit, values that do not parse'],
  [
    'hive',
    'the chatter of a new metastore',
    {
      conf: {
        'spark.sql.catalogImplementation': 'hive',
        'spark.hadoop.javax.jdo.option.ConnectionURL': 'jdbc:derby:memory:meta;create=true',
      },
    },
  ],
  ['stream', 'a stream is stopped in the middle of a batch'],
  ['busy_port', 'the port of the UI is taken', { conf: { 'spark.ui.port': '45140' } }],
  ['two_contexts', 'a second context, refused and caught', { spark: '3.4' }],
];

/** Successes on one machine. */
export const noisy: readonly Scenario[] = [
  ...words.map(success('noisy_words')),
  ...caught.map(success('noisy_caught')),
  ...ownWords.map(success('noisy_spark')),
  {
    name: 'ok-listener',
    code: null,
    how: 'a listener that fails at each stage',
    run: ['noisy_spark.py', 'plain'],
    flags: ['--jars', '{jar}'],
    conf: { 'spark.extraListeners': 'shop.TouchyListener', 'spark.driver.extraClassPath': '{jar}' },
  },
  {
    name: 'ok-example-pi',
    code: null,
    how: "Spark's own pi.py",
    run: ['{spark}/examples/src/main/python/pi.py', '2'],
    flags: ['--name', 'pi'],
    spark: '3.3',
  },
];
