import test from 'ava';
import { Chatter, isChatter } from '../../src/cli/chatter.js';

test("what Spark says of itself is chatter; warnings, the job's own words and stack traces are not", (t) => {
  t.true(isChatter('26/11/23 01:50:29 INFO DAGScheduler: Job 6 finished'));
  t.true(isChatter('2026-11-23T01:50:29,123 INFO  SparkContext: Starting'));
  t.true(isChatter('26/11/23 01:50:29 DEBUG BlockManager: x'));
  for (const line of [
    '26/11/23 01:50:29 WARN NativeCodeLoader: Unable to load',
    '26/11/23 01:50:29 ERROR TaskSetManager: Task 0 in stage 0.0 failed',
    'INFO: 42 rows',
    '      82  the',
    '\tat org.apache.spark.rdd.RDD.count(RDD.scala:1296)',
    '26/11/23 INFORMATION about the day',
  ]) {
    t.false(isChatter(line), line);
  }
});

const foldedOf = (lines: readonly string[]) => {
  const chatter = new Chatter();
  return lines.filter((text) => !chatter.includes({ stream: 'stderr', source: 'container_1_0001_01_000001', text }));
};

test('what Spark says over several lines is folded as a whole', (t) => {
  const lines = [
    '26/11/23 04:36:58 INFO Client: ',
    '\t client token: N/A',
    '\t diagnostics: AM container is launched, waiting for AM container to Register with RM',
    '\t final status: UNDEFINED',
    '26/11/23 04:37:40 INFO ApplicationMaster: ',
    '===============================================================================',
    'Default YARN executor launch context:',
    '  env:',
    '',
    '===============================================================================',
    "Using Spark's default log4j profile: org/apache/spark/log4j2-defaults.properties",
  ];
  t.deepEqual(foldedOf(lines), []);
});

test("the job's own indented lines and rulers stay", (t) => {
  const lines = [
    '  indented',
    '======================================',
    '',
    '\tat x.Y(Z.scala:1)',
    'Traceback:',
    '  File "x.py"',
  ];
  t.deepEqual(foldedOf(['26/11/23 04:36:58 INFO Client: Submitted', ...lines]), lines);
  t.deepEqual(foldedOf(['26/11/23 04:36:58 INFO Client: ', '\t user: me', 'mine', '\tmine too']), [
    'mine',
    '\tmine too',
  ]);
});

test('a line of one stream does not fold what another one says', (t) => {
  const chatter = new Chatter();
  chatter.includes({ stream: 'stderr', source: 'a', text: '26/11/23 04:36:58 INFO Client: ' });
  t.false(chatter.includes({ stream: 'stdout', source: 'a', text: '  a table' }));
  t.false(chatter.includes({ stream: 'stderr', source: 'b', text: '  of another container' }));
});

test('what YARN repeats of the log behind it is folded, in its diagnostics and within them; the driver may repeat itself', (t) => {
  const chatter = new Chatter();
  const from = (stream: 'stderr' | 'yarn', lines: readonly string[]) =>
    lines.filter((text) => !chatter.includes({ stream, source: stream, text }));
  const stack = ['org.apache.spark.SparkException: no', '\tat org.apache.spark.X.y(X.scala:1)'];
  t.deepEqual(from('stderr', [...stack, ...stack]), [...stack, ...stack]);
  const last = ['Last 4096 bytes of stderr :', ...stack, ''];
  const said = [
    'Application a failed 2 times',
    ...last,
    '[t2] Container exited with 13',
    ...last,
    '. Failing the application.',
  ];
  const shown = [said[0], last[0], '', said[5], '', said.at(-1)];
  t.deepEqual(from('yarn', said), shown);
  t.is(chatter.leftOut, '5 lines that YARN repeats are not shown; --verbose shows them');
});

test('without the log of the driver YARN’s words are shown, once', (t) => {
  const chatter = new Chatter();
  const words = ['Exit code: 13', 'Traceback', 'Exit code: 13', 'Traceback'];
  t.deepEqual(
    words.filter((text) => !chatter.includes({ stream: 'yarn', source: 'livy', text })),
    ['Exit code: 13', 'Traceback'],
  );
});

test('of a long log the lines just before its end are known again, and no more', (t) => {
  const chatter = new Chatter();
  for (let i = 0; i < 600; i++) chatter.includes({ stream: 'stdout', source: 'c', text: `line ${i}` });
  t.true(chatter.includes({ stream: 'yarn', source: 'livy', text: 'line 599' }));
  t.false(chatter.includes({ stream: 'yarn', source: 'livy', text: 'line 0' }));
});
