import test from 'ava';
import { isChatter } from '../../src/cli/chatter.js';

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
