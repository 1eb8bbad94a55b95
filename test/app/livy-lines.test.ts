import test from 'ava';
import { LivyLines } from '../../src/app/index.js';

const name = 'livywire-6db6ba88562b90967b80ce6601dc6324-a1';
const of = { name, appId: 'application_1795430806876_0002', createdAt: '2026-11-23T11:06:34.000Z' };
const linesOf = (lines: readonly string[], about = new LivyLines(of)) => lines.filter((line) => about.includes(line));

// As Livy 0.7.1 writes, cut.
const before = [
  '2026-11-23 10:47:14,787 INFO BatchSession$: Creating batch session 1: [owner: null, request: [proxyUser: None]]',
  '2026-11-23 10:47:14,829 WARN BatchSession$: spark-submit exited with code 1',
];
const own = [
  `2026-11-23 11:06:34,694 INFO BatchSession$: Creating batch session 1: [owner: null, request: [name: Some(${name})]]`,
  '2026-11-23 11:06:34,694 INFO BatchSessionManager: Registering new session 1',
  `2026-11-23 11:06:34,731 INFO SparkProcessBuilder: Running 'spark-submit' '--name' '${name}'`,
  '2026-11-23 11:06:39,661 INFO LineBufferedStream: 26/11/23 11:06:39 INFO YarnClientImpl: Submitted application application_1795430806876_0002',
];
const others = [
  '2026-11-23 11:06:40,000 INFO BatchSessionManager: Registering new session 12',
  '2026-11-23 11:06:41,241 INFO LineBufferedStream: 26/11/23 11:06:41 WARN NativeCodeLoader: Unable to load native-hadoop library',
];
const deleted = [
  '2026-11-23 11:17:46,851 INFO BatchSessionManager: Deleting BatchSession 1 because it was inactive for more than 3600000.0 ms.',
  '2026-11-23 11:17:46,854 INFO BatchSessionManager: Deleted session 1',
];

test('of the log of Livy’s server the lines about one run are those that name it, and its number', (t) => {
  t.deepEqual(linesOf([...before, ...own, ...others, ...deleted]), [...own, ...deleted]);
});

test('what Livy says in its time of itself, with its trace, and a start without memory belong to it', (t) => {
  const trouble = [
    '2026-11-23 11:06:35,000 ERROR SparkYarnApp: Error whiling refreshing YARN state',
    'java.io.IOException: no',
    '\tat org.apache.livy.utils.SparkYarnApp.run(SparkYarnApp.scala:1)',
    '2026-11-23 11:10:00,000 INFO BatchSessionManager: Recovered 0 batch sessions. Next session id: 0',
  ];
  t.deepEqual(linesOf([...before, ...own, ...trouble, ...others]), [...own, ...trouble]);
});

test('a number that Livy gives to another run after it was started anew is that one’s', (t) => {
  const again = [
    '2026-11-23 11:20:00,000 INFO BatchSession$: Creating batch session 1: [owner: null, request: [name: Some(other)]]',
    '2026-11-23 11:20:00,000 INFO BatchSessionManager: Registering new session 1',
  ];
  const about = new LivyLines(of);
  t.deepEqual(linesOf([...own, ...again], about), own);
  t.is(about.named, own.length);
});

test('of a run that never came to Livy only its time tells, and none of the lines names it', (t) => {
  const about = new LivyLines({ name: 'livywire-0-a1', createdAt: of.createdAt });
  const refused = '2026-11-23 11:06:36,000 ERROR SessionServlet$: internal error';
  t.deepEqual(linesOf([...before, ...own, refused], about), [refused]);
  t.is(about.named, 0);
});
