import test from 'ava';
import { within } from '../../src/local/within.js';

test('an answer in time is given, and so is a failure', async (t) => {
  t.is(await within(60_000, () => Promise.resolve(7)), 7);
  await t.throwsAsync(
    within(60_000, () => Promise.reject(new Error('no'))),
    { message: 'no' },
  );
});

test('what neither answers nor fails when it is told to stop is not waited for', async (t) => {
  let told: AbortSignal | undefined;
  t.is(
    await within(10, (signal) => {
      told = signal;
      return new Promise(() => undefined);
    }),
    undefined,
  );
  t.true(told?.aborted);
});

test('what fails after its time is nobody’s trouble', async (t) => {
  const failing = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => setTimeout(reject, 5, new Error('late'))));
  t.is(await within(10, failing), undefined);
  await new Promise((resolve) => setTimeout(resolve, 20));
});
