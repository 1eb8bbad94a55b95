import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { down, instances, instanceStatus, killServer, packageRoot } from '../../src/local/index.js';
import { instanceDir } from '../../src/local/paths.js';
import { MARK } from '../../src/local/process-id.js';
import { readRecord, writeRecord } from '../../src/local/record.js';

const record = {
  v: 1,
  name: 'x',
  token: '01234567-89ab-cdef',
  createdAt: '2026-01-01T00:00:00.000Z',
  yarn: false,
  wish: '{}',
  state: 'starting',
  by: { pid: 2 ** 22 + 1, started: 'long ago' },
  servers: [],
} as const;

test('a name that could lead out of the state folder is refused', (t) => {
  for (const name of ['..', 'a/b', '', '.x', '-x', 'a'.repeat(41)]) {
    t.throws(() => instanceDir(name, { stateDir: '/s' }), { code: 'CONFIG_INVALID' }, name);
  }
  t.is(instanceDir('dev-2', { stateDir: '/s' }), '/s/dev-2');
});

test('the sample jobs are found from the package', async (t) => {
  t.true((await readdir(join(packageRoot(), 'jobs'))).includes('wordcount.py'));
});

test('an instance is written whole and read again, for its owner only', async (t) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'state-'));
  t.teardown(() => rm(stateDir, { recursive: true }));
  const dir = join(stateDir, 'x');
  await writeRecord(dir, { ...record, servers: [] });
  t.deepEqual(await readRecord(dir), { ...record, servers: [] });
  t.deepEqual(await readdir(dir), ['instance.json']);
});

test('an up that died half-way is shown as broken, and down clears it', async (t) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'state-'));
  t.teardown(() => rm(stateDir, { recursive: true }));
  await writeRecord(join(stateDir, 'x'), { ...record, servers: [] });
  t.is((await instanceStatus('x', { stateDir }))?.state, 'broken');
  t.true(await down({ name: 'x', stateDir }));
  t.deepEqual(await instances({ stateDir }), []);
  t.false(await down({ name: 'x', stateDir }));
});

test('a folder with a damaged record is no instance, and down removes it', async (t) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'state-'));
  t.teardown(() => rm(stateDir, { recursive: true }));
  await mkdir(join(stateDir, 'x'));
  await writeFile(join(stateDir, 'x', 'instance.json'), '{"v":1,');
  t.is(await instanceStatus('x', { stateDir }), undefined);
  t.false(await down({ name: 'x', stateDir }));
  t.deepEqual(
    (await readdir(stateDir)).filter((entry) => !entry.startsWith('.')),
    [],
  );
});

test('a server of no instance cannot be killed', async (t) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'state-'));
  t.teardown(() => rm(stateDir, { recursive: true }));
  await t.throwsAsync(killServer({ name: 'x', stateDir }), { code: 'CONFIG_INVALID', message: /no local instance x/ });
});

test('what a record of another version started is still found and stopped', async (t) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'state-'));
  t.teardown(() => rm(stateDir, { recursive: true }));
  const token = randomUUID();
  const child = spawn('sleep', ['60'], { stdio: 'ignore', env: { ...process.env, [MARK]: token } });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  await mkdir(join(stateDir, 'x'));
  await writeFile(join(stateDir, 'x', 'instance.json'), JSON.stringify({ v: 2, token, other: 'fields' }));
  const ended = once(child, 'exit');
  t.true(await down({ name: 'x', stateDir }));
  t.deepEqual(await ended, [null, 'SIGTERM']);
});
