// The program itself, as a process: signals, pipes, exit codes.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { tempFolder } from '../helpers/cli.js';
import { livyStub, type LivyStub } from '../helpers/livy-stub.js';

const bin = join(import.meta.dirname, '../../src/cli/bin.ts');
const node = [process.execPath, '--import=tsx', bin] as const;
const shellWords = node.map((word) => `'${word}'`).join(' ');
const JOB = 's3://b/etl.py';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function launch(t: ExecutionContext, command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    detached: true, // a process group of its own, as a shell gives one
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (part) => (text.stdout += String(part)));
  child.stderr.on('data', (part) => (text.stderr += String(part)));
  const done = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, ...text })));
  t.teardown(() => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  });
  return { child, done, text };
}

async function following(
  t: ExecutionContext,
  flags: readonly string[] = [],
): Promise<{ livy: LivyStub; child: ChildProcess; done: Promise<Ended> }> {
  const livy = await livyStub(t);
  const env = { LIVYWIRE_URL: livy.url, LIVYWIRE_LEDGER: await tempFolder(t) };
  const { child, done } = launch(t, [...node, 'run', '--key', 'k', ...flags, JOB], env);
  await livy.seen(/GET \/batches\/0$/);
  return { livy, child, done };
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} leaves the job running and exits with ${code}, one line on stderr`, async (t) => {
    const { livy, child, done } = await following(t, ['-q']);
    child.kill(signal);
    t.deepEqual(await done, {
      code,
      stdout: '',
      stderr: 'livywire: left running: k; come back with: livywire attach k\n',
    });
    t.false(livy.requests.some((request) => request.startsWith('DELETE')));
  });
}

test('SIGTERM with --on-signal cancel stops the job and exits with 5', async (t) => {
  const { livy, child, done } = await following(t, ['--on-signal', 'cancel']);
  child.kill('SIGTERM');
  const { code, stdout } = await done;
  t.is(code, 5);
  t.regex(stdout, /^cancelled {2}k/);
  t.true(livy.requests.some((request) => request.startsWith('DELETE')));
});

test('SIGTERM with --on-signal cancel ends also when Livy never answers the DELETE', async (t) => {
  const { livy, child, done } = await following(t, ['--on-signal', 'cancel']);
  livy.onDelete = 'hangs';
  child.kill('SIGTERM');
  const { code, stderr } = await done;
  t.is(code, 143);
  t.regex(stderr, /asked to stop, without an answer so far; may be running: k; come back with: livywire attach k\n$/);
});

test('under bash -c a signal to the group ends both, and bash sees our code', async (t) => {
  const livy = await livyStub(t);
  const env = { LIVYWIRE_URL: livy.url, LIVYWIRE_LEDGER: await tempFolder(t) };
  const { child, done } = launch(
    t,
    ['bash', '-c', `trap 'true' TERM; ${shellWords} run -q --key k ${JOB}; echo "code $?"`],
    env,
  );
  await livy.seen(/GET \/batches\/0$/);
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  const { stdout, stderr } = await done;
  t.is(stdout, 'code 143\n');
  t.regex(stderr, /^livywire: left running: k;/);
});

const unshare = 'unshare';
const namespace = ['--pid', '--fork', '--mount-proc', '--kill-child'] as const;
const unshareFlags: readonly string[] | undefined = [[...namespace], ['--user', '--map-root-user', ...namespace]].find(
  (flags) => {
    try {
      execFileSync(unshare, [...flags, 'true'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  },
);

const testAsPid1 = unshareFlags === undefined ? test.skip : test; // no PID namespaces here
testAsPid1('as PID 1, where signals without a handler do nothing, SIGTERM works all the same', async (t) => {
  const flags = unshareFlags ?? [];
  const livy = await livyStub(t);
  const env = { LIVYWIRE_URL: livy.url, LIVYWIRE_LEDGER: await tempFolder(t) };
  const { child, done } = launch(t, [unshare, ...flags, ...node, 'run', '-q', '--key', 'k', JOB], env);
  await livy.seen(/GET \/batches\/0$/);
  const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim());
  t.regex(readFileSync(`/proc/${pid}/status`, 'utf8'), /^NSpid:\s+\d+\s+1$/m);
  process.kill(pid, 'SIGTERM');
  const { code, stderr } = await done;
  t.is(code, 143);
  t.regex(stderr, /left running: k; come back with: livywire attach k/);
});

test('a reader that goes away ends logs -f without a word', async (t) => {
  const livy = await livyStub(t);
  const env = { LIVYWIRE_URL: livy.url, LIVYWIRE_LEDGER: await tempFolder(t) };
  t.is((await launch(t, [...node, 'submit', '--key', 'k', JOB], env).done).code, 0);
  const batch = livy.batches[0];
  if (!batch) throw new Error('no batch');
  batch.lines.push('one');
  const writer = setInterval(() => batch.lines.push(`line ${batch.lines.length}`), 100);
  t.teardown(() => clearInterval(writer));
  const { done } = launch(
    t,
    ['bash', '-c', `${shellWords} logs -f k | head -n 1; echo "codes \${PIPESTATUS[*]}"`],
    env,
  );
  t.deepEqual(await done, { code: 0, stdout: 'one\ncodes 0 0\n', stderr: '' });
});

test('an exception of our own is 70 and a short message, never 1', async (t) => {
  const livy = await livyStub(t);
  const env = { LIVYWIRE_URL: livy.url, LIVYWIRE_LEDGER: await tempFolder(t) };
  for (const boom of ['throw new Error("boom")', 'Promise.reject(new Error("boom"))']) {
    // As soon as the program has its own way with exceptions, which Node would end with 1.
    const crash = `data:text/javascript,setInterval(()=>{if(process.listenerCount('uncaughtException')>0){${boom}}},20)`;
    const { code, stdout, stderr } = await launch(
      t,
      [process.execPath, '--import=tsx', `--import=${crash}`, bin, 'run', '-q', JOB],
      env,
    ).done;
    t.is(code, 70);
    t.is(stdout, '');
    t.regex(stderr, /^livywire: This is a mistake in livywire [\d.]+, not in your job: boom\n$/);
  }
});

test('what an exception of our own says reaches the terminal without control characters and secrets', async (t) => {
  const livy = await livyStub(t);
  const env = { LIVYWIRE_URL: livy.url, LIVYWIRE_LEDGER: await tempFolder(t) };
  const boom = 'throw new Error("a"+String.fromCharCode(27)+"[31mb http://ada:hunter2@h/")';
  const crash = `data:text/javascript,setInterval(()=>{if(process.listenerCount('uncaughtException')>0){${boom}}},20)`;
  const command = [process.execPath, '--import=tsx', `--import=${crash}`, bin, 'run', '-q', JOB];
  const { code, stderr } = await launch(t, command, env).done;
  t.is(code, 70);
  t.regex(stderr, /not in your job: ab http:/);
  t.notRegex(stderr, /hunter2/);
});

test('the whole way as a process: started, followed, ended', async (t) => {
  const { livy, done } = await following(t, ['--json']);
  const batch = livy.batches[0];
  if (!batch) throw new Error('no batch');
  batch.lines.push('hello');
  batch.state = 'success';
  const { code, stdout, stderr } = await done;
  t.is(code, 0);
  t.is(stdout.split('\n').length, 2);
  t.like(JSON.parse(stdout), { kind: 'succeeded', ref: { key: 'k', id: '0' } });
  t.regex(stderr, /^hello$/m);
});
