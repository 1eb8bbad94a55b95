import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import type { ProcessId } from '../../src/local/model.js';
import {
  identify,
  isAlive,
  MARK,
  markedProcesses,
  signalProcess,
  startTicks,
  stopMarked,
  waitGone,
} from '../../src/local/process-id.js';

/** A process that says one word when it is ready. */
async function start(t: ExecutionContext, script: string, token = ''): Promise<{ child: ChildProcess; id: ProcessId }> {
  const child = spawn('sh', ['-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, [MARK]: token },
  });
  t.teardown(() => child.kill('SIGKILL'));
  if (child.stdout) await once(child.stdout, 'data');
  const id = child.pid === undefined ? undefined : await identify(child.pid);
  if (id === undefined) throw new Error('the process is gone already');
  return { child, id };
}

test('the start time is found behind a program name with brackets and spaces', (t) => {
  const fields = ['S', ...Array.from({ length: 18 }, (_, index) => String(index)), '4711', '0'];
  t.is(startTicks(`42 (a) b (c d)) ${fields.join(' ')}`), '4711');
});

test('a zombie counts as gone', (t) => {
  t.is(startTicks(`42 (sh) Z ${Array.from({ length: 19 }, () => '1').join(' ')}`), undefined);
});

test('a living process is known again, and a later one under its number is not taken for it', async (t) => {
  const { child, id } = await start(t, 'echo ready; exec sleep 60');
  t.true(await isAlive(id));
  const later = { ...id, started: `${id.started}0` };
  t.false(await isAlive(later));
  t.false(await signalProcess(later, 'SIGKILL'));
  t.true(await isAlive(id), 'the wrong start time must not have killed it');

  t.true(await signalProcess(id, 'SIGKILL'));
  await once(child, 'exit');
  t.false(await isAlive(id));
  t.false(await signalProcess(id, 'SIGKILL'));
});

test('nobody answers to a number that is not in use', async (t) => {
  t.is(await identify(2 ** 22 + 1), undefined);
});

test('everything that an instance started is found by its token, also what left its group', async (t) => {
  const token = randomUUID();
  const other = await start(t, 'echo ready; exec sleep 60', randomUUID());
  const own = await start(t, 'setsid sleep 60 & echo ready; exec sleep 60', token);
  let found = await markedProcesses(token);
  // setsid forks first and turns into sleep a little later.
  for (let tries = 0; found.length < 2 && tries < 100; tries++) found = await markedProcesses(token);
  t.true(found.some(({ pid }) => pid === own.id.pid));
  t.is(found.length, 2);

  t.deepEqual(await stopMarked(token, 1_000), []);
  t.deepEqual(await waitGone(found, 1_000), []);
  t.true(await isAlive(other.id));
});

test('what ignores being asked is killed', async (t) => {
  const token = randomUUID();
  const { id } = await start(t, "trap '' TERM; echo ready; while :; do sleep 0.2; done", token);
  t.deepEqual(await stopMarked(token, 100), []);
  t.false(await isAlive(id));
});
