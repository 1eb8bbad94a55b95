import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { testLivywire } from '../../src/testing/index.js';
import { cli, oneDocument, tempFolder } from '../helpers/cli.js';

const traceback = [
  'Traceback (most recent call last):',
  '  File "/srv/jobs/etl.py", line 42, in load',
  '    raise ValueError("no such month: 13")',
  'ValueError: no such month: 13',
];
const url = ['--url', 'http://livy.test:8998'];

test('a log on stdin is explained, with where its proof stands', async (t) => {
  const { code, stdout } = await cli(['diagnose', '-'], { stdin: `starting\n${traceback.join('\n')}\n` });
  t.is(code, 0);
  t.regex(stdout, /PYTHON_EXCEPTION {2}ValueError: no such month: 13 \(etl\.py:42 in load\)/);
  t.regex(stdout, /stdin:5 {2}ValueError: no such month: 13/);
  t.regex(stdout, /next: Fix line 42 of etl\.py/);
});

test('a log that holds no failure is no answer: exit code 6', async (t) => {
  const { code, stdout } = await cli(['diagnose', '--json', '-'], { stdin: 'all is well\n' });
  t.is(code, 6);
  t.like(oneDocument(t, stdout), { kind: 'diagnosis', diagnosis: { code: 'UNKNOWN' } });
});

test('packed files are read as EMR leaves them, several at once', async (t) => {
  const cwd = await tempFolder(t);
  await mkdir(join(cwd, 'c'));
  const files = { [join(cwd, 'c/stdout.gz')]: '', [join(cwd, 'c/stderr.gz')]: '' };
  await writeFile(join(cwd, 'c/stdout.gz'), gzipSync(`${traceback.join('\n')}\n`));
  await writeFile(
    join(cwd, 'c/stderr.gz'),
    gzipSync('26/11/23 00:36:09 INFO ShutdownHookManager: Shutdown hook called\n'),
  );
  const { code, stdout } = await cli(['diagnose', 'c/stdout.gz', 'c/stderr.gz'], { cwd, files });
  t.is(code, 0);
  t.regex(stdout, /stdout:4 {2}ValueError/);
});

test("of what yarn logs prints the driver's container counts", async (t) => {
  const stdin = [
    'Container: container_1_0001_01_000002 on host_1',
    'LogType:stdout',
    'LogContents:',
    ...traceback.map((line) => line.replace('month: 13', 'task')),
    'End of LogType:stdout',
    'Container: container_1_0001_01_000001 on host_1',
    'LogType:stdout',
    'LogContents:',
    ...traceback,
    'End of LogType:stdout',
  ].join('\n');
  const { stdout } = await cli(['diagnose', '-'], { stdin });
  t.regex(stdout, /no such month: 13 \(etl\.py:42/);
  t.regex(stdout, /stdout:15 /);
});

test('a log that says it succeeded is an answer', async (t) => {
  const stdin = [
    'java.lang.IllegalStateException: survived',
    '26/11/23 00:36:09 INFO ApplicationMaster: Final app status: SUCCEEDED, exitCode: 0',
  ].join('\n');
  const { code, stdout } = await cli(['diagnose', '--json', '-'], { stdin });
  t.is(code, 0);
  t.like(oneDocument(t, stdout), { kind: 'diagnosis', state: 'succeeded', diagnosis: undefined });
  t.regex((await cli(['diagnose', '-'], { stdin })).stdout, /^It succeeded/);
});

test('a run may be called as a folder is', async (t) => {
  const cwd = await tempFolder(t);
  await mkdir(join(cwd, 'etl'));
  const livywire = testLivywire({ script: () => ({ outcome: 'failed', lines: traceback }) });
  await (await livywire.submit({ file: 's3://b/x.py' }, { key: 'etl' })).wait();
  const { code, stdout } = await cli(['diagnose', ...url, 'etl'], { livywire, cwd, files: { [join(cwd, 'etl')]: '' } });
  t.is(code, 0);
  t.regex(stdout, /^failed.*etl[\s\S]*PYTHON_EXCEPTION/);
});

test('of a long log the end is looked at, and its lines keep their numbers', async (t) => {
  const long = `${'x'.repeat(3_000_000)}\r\n`;
  const { code, stdout } = await cli(['diagnose', '-'], {
    stdin: `${long}${'all is well\n'.repeat(60_000)}${traceback.join('\n')}`,
  });
  t.is(code, 0);
  t.regex(stdout, /stdin:60005 {2}ValueError/);
});

test('a packed file that is broken cannot be read, and is named', async (t) => {
  const cwd = await tempFolder(t);
  const path = join(cwd, 'stderr.gz');
  await writeFile(path, gzipSync('x'.repeat(9_999)).subarray(0, 20));
  const { code, stderr } = await cli(['diagnose', 'stderr.gz'], { cwd, files: { [path]: '' } });
  t.is(code, 2);
  t.regex(stderr, /stderr\.gz cannot be read/);
});

test('a run is read again; one that succeeded has nothing to explain', async (t) => {
  const livywire = testLivywire({
    script: ({ args }) => ({ outcome: args?.[0] === 'bad' ? 'failed' : 'succeeded', lines: traceback }),
  });
  await (await livywire.submit({ file: 's3://b/x.py', args: ['bad'] }, { key: 'bad' })).wait();
  await (await livywire.submit({ file: 's3://b/x.py' }, { key: 'good' })).wait();
  const bad = await cli(['diagnose', ...url, 'bad'], { livywire });
  t.is(bad.code, 0);
  t.regex(bad.stdout, /^failed.*bad[\s\S]*PYTHON_EXCEPTION {2}ValueError: no such month: 13/);
  const good = await cli(['diagnose', ...url, '--json', 'good'], { livywire });
  t.is(good.code, 0);
  t.is(oneDocument(t, good.stdout).diagnosis, undefined);
});

test('explain says what a code means, and names the nearest for one that there is not', async (t) => {
  const known = await cli(['explain', 'DRIVER_OOM']);
  t.is(known.code, 0);
  t.regex(known.stdout, /DRIVER_OOM[\s\S]*next: .*--driver-memory/);
  const wrong = await cli(['explain', 'DRIVER_OMM']);
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /did you mean DRIVER_OOM/);
});
