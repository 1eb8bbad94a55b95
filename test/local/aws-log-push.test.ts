import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { logFiles, LogPush } from '../../src/local/aws-log-push.js';

async function world(t: ExecutionContext, files: Readonly<Record<string, string>>) {
  const dir = await mkdtemp(join(tmpdir(), 'livywire-logs-'));
  t.teardown(() => rm(dir, { recursive: true, force: true }));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  let now = 0;
  const there = new Map<string, string>();
  const push = new LogPush({
    delayMs: 5_000,
    clock: { now: () => now, sleep: () => Promise.resolve() },
    put: async (to, content) => {
      if (to.includes('refused')) throw new Error('no');
      there.set(to, gunzipSync(content).toString('utf8'));
    },
    files: () =>
      logFiles({
        containers: join(dir, 'nm-logs'),
        steps: () => [{ dir: join(dir, 'steps/s-1'), to: 'b/logs/j-1/steps/s-1/' }],
        livyLog: join(dir, 'livy.log'),
        to: 'b/logs/j-1',
        primary: 'i-1',
      }),
  });
  return { push, there, write, later: (ms: number) => (now += ms) };
}

const container = 'application_1_0001/container_1_0001_01_000001';

test('logs are in S3 under the keys that EMR gives them, as late as was said', async (t) => {
  const { push, there, later } = await world(t, {
    [`nm-logs/${container}/stdout`]: 'hello\n',
    [`nm-logs/${container}/launch_container.sh`]: 'exec\n',
    'steps/s-1/stderr': 'step\n',
    'livy.log': 'livy\n',
  });
  await push.look();
  later(4_999);
  await push.look();
  t.is(there.size, 0);
  later(1);
  await push.look();
  t.deepEqual(Object.fromEntries(there), {
    [`b/logs/j-1/containers/${container}/stdout.gz`]: 'hello\n',
    'b/logs/j-1/steps/s-1/stderr.gz': 'step\n',
    'b/logs/j-1/node/i-1/applications/livy/livy-livy-server.out.gz': 'livy\n',
  });
});

test('a log that grew is copied again as a whole, one that did not is left alone', async (t) => {
  const { push, there, write, later } = await world(t, { 'livy.log': 'one\n' });
  const look = async (): Promise<string | undefined> => {
    there.clear();
    await push.look();
    later(5_000);
    await push.look();
    return [...there.values()][0];
  };
  t.is(await look(), 'one\n');
  t.is(await look(), undefined);
  await write('livy.log', 'one\ntwo\n');
  t.is(await look(), 'one\ntwo\n');
});

test('one log that S3 refuses does not keep the others back', async (t) => {
  const { push, there } = await world(t, { [`nm-logs/refused/stdout`]: 'x', 'livy.log': 'livy\n' });
  push.delayMs = 0;
  await t.throwsAsync(push.look(), { message: 'no' });
  t.is(there.size, 1);
});
