import test from 'ava';
import { readLogAnswer } from '../../src/hadoop/log-answer.js';
import { bytesOf, recordedLog } from './log-cluster.js';

const read = (name: string, size: number) => readLogAnswer(bytesOf(recordedLog(name)), size, false);

test('a NodeManager gives the last bytes of a file that is still written, and where they stand', (t) => {
  const answer = read('node-last-bytes', -100);
  t.like(answer, { length: 29_146, start: 29_046, isOpen: true });
  t.is(answer?.bytes.length, 100);
  t.true(answer?.bytes.toString('utf8').endsWith('err 10 of 40: 数据处理\n'));
});

test('the first bytes stand at the beginning', (t) => {
  const answer = read('node-first-bytes', 100);
  t.like(answer, { length: 29_146, start: 0 });
  t.true(answer?.bytes.toString('utf8').startsWith('out 1 of 4000: naïve café\n'));
  t.true(answer?.bytes.toString('utf8').endsWith('out 4 of 4000'), 'the trailer is no part of it');
});

test('nothing asked, nothing given, but the length', (t) => {
  const answer = read('node-nothing', 0);
  t.like(answer, { length: 29_146, isOpen: true });
  t.is(answer?.bytes.length, 0);
});

test('bytes may begin within a character: they come as they are', (t) => {
  t.deepEqual(read('node-cut-character', -15)?.bytes.toString('utf8'), ': 数据处理\n');
  t.is(read('node-cut-character', -15)?.bytes.length, 15);
});

test('a log server says the same of what was collected, and that nobody writes it any more', (t) => {
  const answer = read('collected-last-bytes', -100);
  t.like(answer, { length: 119_924, start: 119_824, isOpen: false });
  t.true(answer?.bytes.toString('utf8').endsWith('err 40 of 40: plain\n'));
});

test('a node that has just collected a log gives its own file and then the copy of it, which is no other part', (t) => {
  const recorded = recordedLog('node-and-copy');
  const answer = read('node-and-copy', -300);
  t.like(answer, { length: 15_718, start: 15_418, isOpen: false, hasMore: undefined });
  t.is(answer?.bytes.length, 300);
  const other = recorded.body.replace(/LogLength:15718(?=[^]*$)(?![^]*LogLength)/, 'LogLength:20000');
  t.not(other, recorded.body);
  t.like(readLogAnswer(Buffer.from(other), -300, false), { length: 15_718, hasMore: true }, 'of another length');
  const twice = recorded.body.replace('LogAggregationType: LOCAL', 'LogAggregationType: AGGREGATED');
  t.like(readLogAnswer(Buffer.from(twice), -300, false), { hasMore: true }, 'collected twice');
});

test('the header of Hadoop 2 is read as well', (t) => {
  const answer =
    'Container: container_1_0001_01_000001 on node_8041\n=====\nLogType:stdout\nLog Upload Time:Mon Nov 23 05:00:29 +0000 2026\n' +
    'LogLength:6\nLog Contents:\nhello\nEnd of LogType:stdout\n';
  t.like(readLogAnswer(Buffer.from(answer), -100, false), { length: 6, start: 0, isOpen: false });
});

test('a line of the job that reads as a header is none', (t) => {
  const job = 'LogLength:3\nLogContents:\nabc\n';
  const answer = `LogType:stdout\nLogLength:${job.length}\nLogContents:\n${job}End of LogType:stdout.\n`;
  t.is(readLogAnswer(Buffer.from(answer), -100, false)?.bytes.toString(), job);
});

test('words in place of a log are no log', (t) => {
  t.is(read('collected-no-container', -10), undefined);
  t.is(readLogAnswer(Buffer.from('LogContents:\nwithout a length'), -10, false), undefined);
  t.is(readLogAnswer(Buffer.alloc(0), -10, false), undefined);
});

test('an answer that lacks bytes though it ended is an error; one that was cut by us is not', (t) => {
  const bytes = bytesOf(recordedLog('node-last-bytes')).subarray(0, 320);
  t.throws(() => readLogAnswer(bytes, -100, false), { name: 'BadAnswerError' });
  t.true((readLogAnswer(bytes, -100, true)?.bytes.length ?? 0) < 100);
});
