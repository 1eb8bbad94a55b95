import test from 'ava';
import { systemClock } from '../../src/core/index.js';

test('a sleep that is aborted rejects with the caller’s reason', async (t) => {
  const abort = new AbortController();
  const why = { plain: 'object' };
  const nap = systemClock.sleep(60_000, abort.signal);
  abort.abort(why);
  t.is(await nap.catch((error: unknown) => error), why);
  t.is(await systemClock.sleep(60_000, AbortSignal.abort(why)).catch((error: unknown) => error), why);
});

test('a sleep longer than a timer can hold does not end at once', async (t) => {
  const abort = new AbortController();
  let isOver = false;
  const nap = systemClock.sleep(1e12, abort.signal).then(
    () => (isOver = true),
    () => undefined,
  );
  await systemClock.sleep(20);
  t.false(isOver);
  abort.abort();
  await nap;
});

test('a sleep of nothing, or less, ends', async (t) => {
  await systemClock.sleep(0);
  await systemClock.sleep(-5);
  t.pass();
});
