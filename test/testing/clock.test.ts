import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { testClock } from '../../src/testing/index.js';

test('a day of sleep takes no time', async (t) => {
  const clock = testClock({ start: new Date('2026-11-01T00:00:00Z') });
  await clock.sleep(86_400_000);
  t.is(new Date(clock.now()).toISOString(), '2026-11-02T00:00:00.000Z');
});

test('sleepers wake in the order of their time', async (t) => {
  const clock = testClock();
  const start = clock.now();
  const woken: number[] = [];
  await Promise.all([300, 100, 200].map((ms) => clock.sleep(ms).then(() => woken.push(clock.now() - start))));
  t.deepEqual(woken, [100, 200, 300]);
});

test('sleepers that are due at one time wake in one turn, as with the machine’s timers', async (t) => {
  const clock = testClock();
  let awake = 0;
  const seen: number[] = [];
  const nap = async () => {
    await clock.sleep(100);
    awake++;
    setImmediate(() => seen.push(awake));
  };
  await Promise.all(Array.from({ length: 50 }, nap));
  await new Promise((resolve) => setImmediate(resolve));
  t.true(seen.every((count) => count === 50));
});

test('time does not go on while somebody works on a file', async (t) => {
  const clock = testClock();
  const start = clock.now();
  const file = join(tmpdir(), `livywire-clock-${process.pid}`);
  let isOver = false;
  const other = (async () => {
    while (!isOver) await clock.sleep(10);
  })();
  for (let i = 0; i < 20; i++) {
    await writeFile(file, 'x'.repeat(100_000));
    await readFile(file);
  }
  const passed = clock.now() - start;
  isOver = true;
  await other;
  // Without looking at files, thousands of sleeps went by here.
  t.true(passed <= 20 * 20 * 10, `${passed} ms`);
});

test('a sleep that is aborted rejects with the reason, and leaves nobody asleep', async (t) => {
  const clock = testClock({ auto: false });
  const abort = new AbortController();
  const why = new Error('enough');
  const nap = clock.sleep(1_000, abort.signal);
  abort.abort(why);
  await t.throwsAsync(nap, { is: why });
  await t.throwsAsync(clock.sleep(1, AbortSignal.abort(why)), { is: why });
});

test('by hand, time moves only when told, and wakes whoever is due on the way', async (t) => {
  const clock = testClock({ auto: false });
  const start = clock.now();
  const woken: number[] = [];
  void (async () => {
    for (;;) {
      await clock.sleep(1_000);
      woken.push(clock.now() - start);
    }
  })();
  await clock.advance(500);
  t.deepEqual(woken, []);
  await clock.advance(2_600);
  t.deepEqual(woken, [1_000, 2_000, 3_000]);
  t.is(clock.now() - start, 3_100);
});
