import test from 'ava';
import type { DiagnosisLine } from '../../src/core/index.js';
import { diagnose, type Facts } from '../../src/diagnosis/index.js';

const linesOf = (source: string, text: string): DiagnosisLine[] =>
  text.split('\n').map((line, i) => ({ source, line: i + 1, text: line }));
const failed = { raw: 'dead', state: 'failed' } as const;
const unknown = { raw: 'unknown', state: 'unknown' } as const;

const date = '26/11/23 00:36:07';
const begun = `${date} INFO SparkContext: Running Spark version 3.5.8`;
const traceback = `Traceback (most recent call last):
  File "/srv/jobs/etl.py", line 12, in main
    raise ValueError("no such month: 13")
ValueError: no such month: 13`;

/** What a job that looks after other jobs prints: the words of YARN, of spark-submit and of Livy about some other run. */
const printed = [
  'Application application_1_1 failed 2 times due to AM Container for appattempt_1_1_000002 exited with  exitCode: 137',
  'Application application_1_1 failed 2 times due to AM Container for appattempt_1_1_000002 exited with  exitCode: -104',
  'Application application_1_1 was killed by user alice at 10.0.0.7',
  'Application killed by user.',
  'Diagnostics: Application application_1_1 was killed by user alice',
  'Diagnostics: Kill Application command received',
  'Diagnostics: Container preempted by scheduler',
  '\t diagnostics: Container preempted by scheduler',
  'diagnostics: User class threw exception: java.lang.OutOfMemoryError: Java heap space',
  'User application exited with status 3',
  '\t final status: KILLED',
  'Container exited with a non-zero exit code 137',
  '[2026-11-23 04:21:28.231]Container exited with a non-zero exit code 134. Error file: prelaunch.err.',
  'Container [pid=1,containerID=container_1_1_01_000001] is running 1B beyond the PHYSICAL memory limit. 1 GB of 1 GB physical memory used',
  'Application application_1_1 submitted by user alice to unknown queue: nightly',
  'Failing this attempt.Diagnostics: Max number of executor failures (3) reached',
  'File does not exist: hdfs:///x and Invalid resource request, requested memory < 0',
  'Error: Missing application resource.',
  'Error: Failed to load class com.example.Main.',
  'error: Local path /etc/x cannot be added to user sessions',
  'Rejected, Reason: Local path /etc/x cannot be added to user sessions.',
  '{"msg":"requirement failed: Local path /etc/x cannot be added to user sessions."}',
  `Exception in thread "main" org.apache.spark.SparkException: Application application_1_1 finished with failed status`,
  `${date} ERROR ApplicationMaster: User class threw exception: java.lang.OutOfMemoryError: Java heap space`,
  `${date} ERROR Client: Application diagnostics message: Application application_1_1 was killed by user alice`,
  `${date} INFO ApplicationMaster: Final app status: FAILED, exitCode: 13, (reason: Uncaught exception: java.io.IOException: gone)`,
];
const mixed = printed.filter((line) => !line.startsWith(date));

for (const words of printed) {
  test(`a job that printed ${JSON.stringify(words.slice(0, 140))} failed of its own exception`, (t) => {
    const stdout = linesOf('stdout', `${words}\n${traceback}`);
    const { code, lines } = diagnose({ status: failed, lines: [...stdout, ...linesOf('stderr', begun)] });
    t.is(code, 'PYTHON_EXCEPTION');
    t.false(lines.some(({ text }) => text === words));
  });

  test(`a job that printed ${JSON.stringify(words.slice(0, 140))} and ended itself did just that`, (t) => {
    const master = `${begun}\n${date} INFO ApplicationMaster: Final app status: FAILED, exitCode: 1, (reason: User application exited with status 4)`;
    const lines = [...linesOf('stdout', `rows: 7\n${words}`), ...linesOf('stderr', master)];
    const app = {
      raw: 'FINISHED',
      finalStatus: 'FAILED',
      diagnostics: 'User application exited with status 4',
    };
    const { code, title } = diagnose({ status: failed, lines, app });
    t.is(code, 'USER_EXIT_CODE');
    t.regex(title, /exit code 4/);
  });

  test(`of a job that printed ${JSON.stringify(words.slice(0, 140))} and came to its end nothing is claimed`, (t) => {
    const log = `${begun}\n${date} INFO SparkContext: Successfully stopped SparkContext`;
    const lines = [...linesOf('stdout', `${words}\nrows: 7`), ...linesOf('stderr', log)];
    t.is(diagnose({ status: unknown, lines }).code, 'UNKNOWN');
    const master = `${log}\n${date} INFO ApplicationMaster: Final app status: SUCCEEDED, exitCode: 0`;
    const told = diagnose({ status: unknown, lines: [...lines.slice(0, 2), ...linesOf('stderr', master)] });
    t.is(told.code, 'UNKNOWN');
    t.regex(told.title, /^It succeeded/);
  });
}

for (const words of mixed) {
  test(`in one file with Spark's own log ${JSON.stringify(words.slice(0, 140))} is still the job's print`, (t) => {
    const { code } = diagnose({ status: failed, lines: linesOf('driver.log', `${begun}\n${words}\n${traceback}`) });
    t.is(code, 'PYTHON_EXCEPTION');
    t.is(diagnose({ status: unknown, lines: linesOf('driver.log', `${begun}\n${words}`) }).code, 'UNKNOWN');
  });
}

/** YARN's report of an application whose master gave its own reason. */
const reported = (diagnostics: string): Facts => ({
  status: failed,
  lines: linesOf('stderr', begun),
  app: { raw: 'FINISHED', finalStatus: 'FAILED', diagnostics },
});

test("words in the message of the job's own exception are not YARN's, though YARN repeats them", (t) => {
  for (const words of printed) {
    const trace = '\tat com.example.Etl.main(Etl.scala:7)';
    const said = `User class threw exception: java.lang.RuntimeException: bad\n${words}\n${trace}`;
    t.is(diagnose(reported(said)).code, 'JAVA_EXCEPTION', words);
  }
});

test('words at the end of the stderr that YARN quotes are not its own', (t) => {
  const head = `Application application_9_9 failed 1 times due to AM Container for appattempt_9_9_000001 exited with  exitCode: 13
Failing this attempt.Diagnostics: [2026-11-23 04:21:28.228]Exception from container-launch.
Last 4096 bytes of stderr :
SLF4J: bound`;
  for (const words of mixed.filter((line) => /application_1_1|Container/.test(line))) {
    const { code, title } = diagnose({ ...reported(`${head}\n${words}`), lines: [] });
    t.is(code, 'AM_LAUNCH_FAILED', words);
    t.regex(title, /exit code 13/);
  }
});

test('what YARN itself says counts, also where the job printed the very same', (t) => {
  const [, words = ''] = printed;
  const lines = [...linesOf('stdout', words), ...linesOf('stderr', begun)];
  const app = { raw: 'FINISHED', finalStatus: 'FAILED', diagnostics: words };
  t.is(diagnose({ status: failed, lines, app }).code, 'DRIVER_OOM');
  t.is(diagnose({ status: { ...failed, message: words }, lines }).code, 'DRIVER_OOM');
});

test('a run is killed where YARN counts it as killed, and never where it failed', (t) => {
  const diagnostics = 'Application application_9_9 was killed by user alice at 10.0.0.7';
  const of = (status: Facts['status'], finalStatus: string, raw = finalStatus): string =>
    diagnose({ status, lines: linesOf('stderr', begun), app: { raw, finalStatus, diagnostics } }).code;
  t.is(of({ raw: 'killed', state: 'cancelled' }, 'KILLED'), 'KILLED_BY_USER');
  t.is(of(failed, 'KILLED'), 'KILLED_BY_USER');
  t.is(of(failed, 'FAILED', 'FINISHED'), 'UNKNOWN');
});
