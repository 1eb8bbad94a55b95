import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { instanceLogs } from '../../src/local/index.js';
import { identify } from '../../src/local/process-id.js';
import { writeRecord } from '../../src/local/record.js';

/** An instance whose Livy is a `sleep`, with a log that the test writes. */
async function pretend(t: ExecutionContext, log: string): Promise<{ stateDir: string; log: string; end: () => void }> {
  const stateDir = await mkdtemp(join(tmpdir(), 'state-'));
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await rm(stateDir, { recursive: true });
  });
  const file = join(stateDir, 'livy.log');
  await writeFile(file, log);
  const id = await identify(child.pid ?? 0);
  if (id === undefined) throw new Error('sleep ended');
  await writeRecord(join(stateDir, 'x'), {
    v: 1,
    name: 'x',
    token: '01234567-89ab-cdef',
    createdAt: '2026-01-01T00:00:00.000Z',
    yarn: false,
    wish: '{}',
    state: 'up',
    by: id,
    servers: [
      {
        name: 'livy',
        url: 'http://127.0.0.1:9',
        health: '/version',
        healthy: '',
        launch: { command: 'x', args: [], env: {}, cwd: '/', log: file },
        process: id,
      },
    ],
  });
  return { stateDir, log: file, end: () => child.kill('SIGKILL') };
}

async function all(lines: AsyncGenerator<string>): Promise<string[]> {
  const out: string[] = [];
  for await (const line of lines) out.push(line);
  return out;
}

test('the last lines of a log are given, none when none are wanted', async (t) => {
  const { stateDir } = await pretend(t, 'one\ntwo\nthree\n');
  t.deepEqual(await all(instanceLogs({ name: 'x', stateDir })), ['one', 'two', 'three']);
  t.deepEqual(await all(instanceLogs({ name: 'x', stateDir, tail: 2 })), ['two', 'three']);
  t.deepEqual(await all(instanceLogs({ name: 'x', stateDir, tail: 0 })), []);
});

test('a followed log goes on with what is written later and ends with the server', async (t) => {
  const { stateDir, log, end } = await pretend(t, 'one\ntwo\n');
  const lines = instanceLogs({ name: 'x', stateDir, tail: 1, follow: true });
  t.is((await lines.next()).value, 'two');
  // A character cut in two by the end of what is there now.
  const cafe = Buffer.from('café\n');
  await appendFile(log, cafe.subarray(0, 4));
  await appendFile(log, cafe.subarray(4));
  t.is((await lines.next()).value, 'café');
  await appendFile(log, 'last words');
  end();
  t.is((await lines.next()).value, 'last words');
  t.true((await lines.next()).done);
});

test('a server that the instance has not is refused', async (t) => {
  const { stateDir } = await pretend(t, '');
  await t.throwsAsync(all(instanceLogs({ name: 'x', stateDir, server: 'nodemanager' })), { code: 'CONFIG_INVALID' });
});
