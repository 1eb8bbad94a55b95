import test from 'ava';
import { livyPlace, readPath, splitList, type Surroundings } from '../../../src/cli/spark-submit/paths.js';

const here = (...files: readonly string[]): Surroundings => ({
  cwd: '/srv',
  livy: 'here',
  exists: (path) => files.includes(path),
});
const elsewhere = (...files: readonly string[]): Surroundings => ({ ...here(...files), livy: 'elsewhere' });

test('a path with a scheme goes as it is', (t) => {
  for (const path of ['s3://b/x.py', 'hdfs:///x.py', 'file:///x.py', 'local:/opt/x.jar', 's3a://b/*.jar']) {
    t.deepEqual(readPath(path, elsewhere()), { kind: 'ok', path });
  }
});

const moved = (path: string) =>
  `as ${path}, which is right if Livy runs on this machine; through a tunnel give an s3:// path`;

test('a relative path becomes absolute where Livy seems to see the same files, with a word on tunnels', (t) => {
  t.deepEqual(readPath('./etl.py', here('/srv/etl.py')), {
    kind: 'ok',
    path: '/srv/etl.py',
    note: moved('/srv/etl.py'),
  });
  t.deepEqual(readPath('../x/env.zip#env', here('/x/env.zip')), {
    kind: 'ok',
    path: '/x/env.zip#env',
    note: moved('/x/env.zip'),
  });
});

test('a relative path that is not there is said to be missing, with the place it was looked for', (t) => {
  t.deepEqual(readPath('etl.py', here()), { kind: 'refused', reason: 'etl.py is not there (/srv/etl.py)' });
});

test('a relative path means nothing to a Livy elsewhere, and the way out is an upload', (t) => {
  const read = readPath('jobs/env.zip#env', elsewhere('/srv/jobs/env.zip'));
  t.is(read.kind, 'refused');
  t.regex(
    read.kind === 'refused' ? read.reason : '',
    /aws s3 cp jobs\/env\.zip s3:\/\/<bucket>\/env\.zip.*s3:\/\/<bucket>\/env\.zip#env/,
  );
  t.is(readPath('etl.py', { ...here('/srv/etl.py'), livy: 'unknown' }).kind, 'refused');
});

test('an absolute path that is on this machine is noted where the cluster will look elsewhere', (t) => {
  const read = readPath('/home/me/etl.py', elsewhere('/home/me/etl.py'));
  t.regex(read.kind === 'ok' ? (read.note ?? '') : '', /is on this machine, but the cluster/);
  t.deepEqual(readPath('/jobs/etl.py', elsewhere()), { kind: 'ok', path: '/jobs/etl.py' });
  t.deepEqual(readPath('/home/me/etl.py', here('/home/me/etl.py')), { kind: 'ok', path: '/home/me/etl.py' });
});

test('a file: address is noted as the plain path is', (t) => {
  for (const path of ['file:///home/me/etl.py', 'file:/home/me/etl.py#x']) {
    const read = readPath(path, elsewhere('/home/me/etl.py'));
    t.regex(read.kind === 'ok' ? (read.note ?? '') : '', /\/home\/me\/etl\.py is on this machine, but the cluster/);
    t.deepEqual(readPath(path, here('/home/me/etl.py')), { kind: 'ok', path });
  }
});

test('an empty path is refused', (t) => {
  t.is(readPath('', here()).kind, 'refused');
});

test('lists are split as Spark splits them', (t) => {
  t.deepEqual(splitList(' a ,b,, c,'), ['a', 'b', 'c']);
  t.deepEqual(splitList(''), []);
});

test('only this very machine counts as here', (t) => {
  for (const url of [
    'http://127.0.0.1:8998',
    'http://localhost:1',
    'https://[::1]:8998',
    'http://127.1.2.3',
    'http://[::ffff:127.0.0.1]',
  ])
    t.is(livyPlace(url), 'here', url);
  for (const url of ['http://10.0.0.1', 'http://localhost.example.com', 'http://127.0.0.1.example.com'])
    t.is(livyPlace(url), 'elsewhere', url);
});
