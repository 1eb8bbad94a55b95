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
