import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { alone, together } from '../../src/local/alone.js';

test('work under one lock runs one after the other, and the second is told that it waits', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'alone-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const said: string[] = [];
  let letFirstEnd = (): void => undefined;
  const firstMayEnd = new Promise<void>((resolve) => (letFirstEnd = resolve));
  let firstRuns = (): void => undefined;
  const firstIsRunning = new Promise<void>((resolve) => (firstRuns = resolve));

  const first = alone(dir, 'x', {}, async () => {
    firstRuns();
    await firstMayEnd;
    said.push('first done');
  });
  await firstIsRunning;
  const second = alone(
    dir,
    'x',
    {
      onWait: () => {
        said.push('second waits');
        letFirstEnd();
      },
    },
    async () => said.push('second done'),
  );
  await Promise.all([first, second]);
  t.deepEqual(said, ['second waits', 'first done', 'second done']);
});

test('locks of other names do not wait for each other', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'alone-'));
  t.teardown(() => rm(dir, { recursive: true }));
  t.is(await alone(dir, 'x', {}, () => alone(dir, 'y', {}, async () => 'both')), 'both');
});

test('a lock that is let go takes no other of the same folder along', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'alone-'));
  t.teardown(() => rm(dir, { recursive: true }));
  let endFirst = (): void => undefined;
  const first = alone(dir, 'x', {}, () => new Promise<void>((resolve) => (endFirst = resolve)));
  while (!(await readdir(dir)).includes('.x.lock')) await delay(5);
  await alone(dir, 'y', {}, async () => {
    endFirst();
    await first;
    t.deepEqual(await readdir(dir), ['.y.lock']);
  });
  t.deepEqual(await readdir(dir), []);
});

test('a lock is let go when the work fails, and waiting ends with the signal', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'alone-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const failure = new Error('no');
  t.is(await t.throwsAsync(alone(dir, 'x', {}, () => Promise.reject(failure))), failure);
  await alone(dir, 'x', {}, async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const waiting = alone(dir, 'x', { signal: stop.signal, onWait: () => stop.abort(reason) }, async () => 'never');
    t.is(await t.throwsAsync(waiting), reason);
  });
});

test('of works side by side the first failure stops the others and is the one that is thrown', async (t) => {
  const failure = new Error('first');
  let wasStopped = false;
  const patient = (signal: AbortSignal): Promise<void> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        wasStopped = true;
        reject(new Error('second'));
      });
    });
  t.is(await t.throwsAsync(together(undefined, patient, () => Promise.reject(failure))), failure);
  t.true(wasStopped);
});
