import test from 'ava';
import { levels } from '../../src/report/sections/log.js';

for (const [line, level] of [
  ['26/11/23 04:08:32 INFO Configuration: resource-types.xml not found', 'info'],
  ['2026-11-23 04:08:32,123 WARN  [main] o.a.s.X: slow', 'warn'],
  ['2026-11-23T04:08:32.123Z ERROR X: broken', 'error'],
  ['26/11/23 04:08:32 FATAL X: gone', 'fatal'],
  ['Traceback (most recent call last):', 'error'],
  ['ValueError: region 3 has no budget', 'error'],
  ['Exception in thread "main" java.lang.OutOfMemoryError', 'error'],
  ['region 3: 141,587.36', ''],
  ['INFO is only a word here', ''],
] as const) {
  test(`the level of ${JSON.stringify(line)} is ${level || 'none'}`, (t) => t.deepEqual(levels([line]), [level]));
}

test('a stack trace belongs to the line that it stands under, and what follows it does not', (t) => {
  const lines = [
    '26/11/23 04:08:33 ERROR Task: lost',
    'java.lang.IllegalStateException: x',
    '\tat a.B.c(B.java:1)',
    'Caused by: java.io.IOException: y',
    '\t... 3 more',
    'done',
  ];
  t.deepEqual(levels(lines), ['error', 'error', 'error', 'error', 'error', '']);
});
