import test from 'ava';
import { diagnose } from '../../src/diagnosis/index.js';
import { readRecorded, recordedIn } from '../helpers/recorded-failures.js';

const set = new URL('../fixtures/failures/', import.meta.url).pathname;
const cluster = recordedIn(set).filter((name) => /-cluster$/.test(name));
const ofDriver = new Set(['stdout', 'stderr']);

/** As where no YARN was named, or where nobody has the log of the driver's container any more. */
function withoutDriverLog(name: string) {
  const { code, facts } = readRecorded(set, name);
  return { code, facts: { ...facts, lines: facts.lines.filter(({ source }) => !ofDriver.has(source)) } };
}

for (const name of cluster) {
  const { code, facts } = withoutDriverLog(name);
  if (code === null) continue;
  test(`${name} without its driver's log is ${code}, or unknown, and nothing else`, (t) => {
    const seen = diagnose(facts).code;
    t.true(seen === code || seen === 'UNKNOWN', seen);
  });
}

const submitted = [
  '26/11/23 04:23:36 INFO Client: Submitting application application_9_2 to ResourceManager',
  '26/11/23 04:23:36 INFO ShutdownHookManager: Shutdown hook called',
].map((text) => ({ source: 'stdout', text }));
const status = { raw: 'dead', state: 'failed', appId: 'application_9_2' } as const;
const exited = (code: number) => ({ source: 'yarn', text: `User application exited with status ${code}` });

test('that Python ended with 1 is all that an exception leaves at YARN: without its log nobody says it was an exit code', (t) => {
  const diagnosis = diagnose({ status, lines: [...submitted, exited(1)] });
  t.is(diagnosis.code, 'UNKNOWN');
  t.regex(diagnosis.title, /exited with status 1/);
  t.regex(diagnosis.next[0] ?? '', /--yarn-url/);
});

test('of the files of spark-submit alone it is said whose log they are', (t) => {
  const words = {
    source: 'stderr',
    text: '26/11/23 04:23:57 ERROR Client: Application diagnostics message: User application exited with status 1',
  };
  const end = {
    source: 'stderr',
    text: 'Exception in thread "main" org.apache.spark.SparkException: Application application_9_2 finished with failed status',
  };
  const { code, title, next } = diagnose({
    status: { raw: 'unknown', state: 'unknown' },
    lines: [...submitted, words, end],
  });
  t.is(code, 'UNKNOWN');
  t.regex(title, /^It failed: /);
  t.regex(next[0] ?? '', /give the driver's own stdout and stderr/);
});

test('a code that no exception leaves is the job’s own, and what spark-submit said last are not its last words', (t) => {
  const { code, title } = diagnose({
    status,
    lines: [...submitted, { source: 'stdout', text: 'stdin: is not a tty' }, exited(3)],
  });
  t.is(code, 'USER_EXIT_CODE');
  t.is(title, 'The job ended itself with exit code 3');
});

test('with the log of its driver an exit code of 1 is one', (t) => {
  const lines = [
    { source: 'stdout', text: 'no rows for today' },
    { source: 'stderr', text: '26/11/23 04:23:40 ERROR ApplicationMaster: User application exited with status 1' },
  ];
  const { code, title } = diagnose({ status, lines });
  t.is(code, 'USER_EXIT_CODE');
  t.regex(title, /exit code 1; its last words: no rows for today/);
});
