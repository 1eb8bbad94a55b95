import test from 'ava';
import { ConfigError, KeyConflictError } from '../../src/core/index.js';
import { memoryLedger, MemoryBackend, type Script, testClock, testLivywire } from '../../src/testing/index.js';
import { entryOf } from '../helpers/engine.js';

const spec = { file: 's3://b/j.py' };
const posts = (backend: MemoryBackend) => backend.requests.filter((r) => r.startsWith('POST')).length;

/** An engine whose first jobs end as told, one after the other; the last word stays. */
function ending(...outcomes: readonly NonNullable<Script['outcome']>[]) {
  const left = [...outcomes];
  return testLivywire({
    script: () => ({ outcome: (left.length > 1 ? left.shift() : left[0]) ?? 'succeeded' }),
  });
}

for (const kind of ['failed', 'cancelled'] as const) {
  test(`an event that is delivered again gets the outcome of the run that ${kind}, not a new attempt`, async (t) => {
    const lw = ending(kind);
    await (await lw.submit(spec, { key: 'k', attempt: 1 })).wait();
    const again = await lw.submit(spec, { key: 'k', attempt: 1 });
    t.is(again.outcome?.kind, kind);
    t.is(posts(lw.backend), 1);
  });

  test(`a redrive of a run that ${kind} is a new attempt, once`, async (t) => {
    const lw = ending(kind);
    await (await lw.submit(spec, { key: 'k', attempt: 1 })).wait();
    const redriven = await lw.submit(spec, { key: 'k', attempt: 2 });
    t.deepEqual([redriven.how, redriven.ref.attempt], ['started', 2]);
    await redriven.wait();
    const repeated = await lw.submit(spec, { key: 'k', attempt: 2 });
    t.deepEqual([repeated.how, repeated.ref.attempt, repeated.outcome?.kind], ['adopted', 2, kind]);
    t.is(posts(lw.backend), 2);
  });
}

test('a redrive adopts what still runs', async (t) => {
  const lw = ending('failed');
  const run = await lw.submit(spec, { key: 'k', attempt: 1 });
  const again = await lw.submit(spec, { key: 'k', attempt: 2 });
  t.deepEqual([again.how, again.ref], ['adopted', run.ref]);
  t.is(posts(lw.backend), 1);
});

test('a redrive adopts what succeeded', async (t) => {
  const lw = ending('succeeded');
  await (await lw.submit(spec, { key: 'k', attempt: 1 })).wait();
  t.is((await lw.submit(spec, { key: 'k', attempt: 5 })).outcome?.kind, 'succeeded');
  t.is(posts(lw.backend), 1);
});

test('a redrive sees an end that nobody has written down yet', async (t) => {
  const lw = ending('failed');
  await lw.submit(spec, { key: 'k', attempt: 1 });
  await lw.clock.sleep(60_000);
  t.is((await lw.submit(spec, { key: 'k', attempt: 2 })).ref.attempt, 2);
});

test('a redrive of a lost run is a new attempt', async (t) => {
  const lw = ending('succeeded');
  const run = await lw.submit(spec, { key: 'k', attempt: 1 });
  lw.backend.forgetAll();
  t.is((await run.wait()).kind, 'lost');
  t.is((await lw.submit(spec, { key: 'k', attempt: 1 })).outcome?.kind, 'lost');
  t.is((await lw.submit(spec, { key: 'k', attempt: 2 })).ref.attempt, 2);
});

test('a lost run is not redriven at another endpoint, for it may run where it was', async (t) => {
  const clock = testClock();
  const ledger = memoryLedger();
  const there = testLivywire({ clock, ledger });
  const run = await there.submit(spec, { key: 'k', attempt: 1 });
  there.backend.forgetAll();
  await run.wait();
  const here = testLivywire({ clock, ledger, backend: new MemoryBackend({ clock, endpoint: 'memory://other' }) });
  await t.throwsAsync(here.submit(spec, { key: 'k', attempt: 2 }), { instanceOf: KeyConflictError });
  t.is(posts(here.backend), 0);
});

test('ten redrives at once are one new attempt', async (t) => {
  const lw = ending('failed');
  await (await lw.submit(spec, { key: 'k', attempt: 1 })).wait();
  const all = await Promise.all(Array.from({ length: 10 }, () => lw.submit(spec, { key: 'k', attempt: 2 })));
  t.deepEqual([...new Set(all.map(({ ref }) => ref.attempt))], [2]);
  t.is(posts(lw.backend), 2);
});

test('attempts that were refused do not use up those that were asked for', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger, script: () => ({ outcome: 'failed' }) });
  lw.backend.failNext('rejected');
  await t.throwsAsync(lw.submit(spec, { key: 'k', attempt: 1 }), { name: 'JobRefusedError' });
  const corrected = await lw.submit({ file: 's3://b/right.py' }, { key: 'k', attempt: 1 });
  t.is(corrected.how, 'started');
  await corrected.wait();
  t.is((await lw.submit({ file: 's3://b/right.py' }, { key: 'k', attempt: 1 })).outcome?.kind, 'failed');
  t.is((await lw.submit({ file: 's3://b/right.py' }, { key: 'k', attempt: 2 })).ref.attempt, 3);
  t.is((await entryOf(ledger, 'k')).record.attempts.length, 3);
});

for (const [attempt, title] of [
  [0, 'an attempt 0'],
  [1.5, 'half an attempt'],
  ['2', 'an attempt that is a text'],
] as const) {
  test(`${title} is refused, and nothing is sent`, async (t) => {
    const lw = testLivywire();
    const options = { key: 'k', attempt: attempt as number };
    const error = await t.throwsAsync(lw.submit(spec, options), { instanceOf: ConfigError });
    t.is(error.field, 'attempt');
    t.deepEqual(lw.backend.requests, []);
  });
}

test('an attempt needs a key', async (t) => {
  const noKey = await t.throwsAsync(testLivywire().submit(spec, { attempt: 1 }), { instanceOf: ConfigError });
  t.regex(noKey.message, /^attempt needs the key/);
});

test('with retryOf failed an attempt leaves what is lost as it is, and is a new one after a failure', async (t) => {
  const lost = ending('succeeded');
  const run = await lost.submit(spec, { key: 'k', attempt: 1, retryOf: 'failed' });
  lost.backend.forgetAll();
  t.is((await run.wait()).kind, 'lost');
  t.is((await lost.submit(spec, { key: 'k', attempt: 2, retryOf: 'failed' })).outcome?.kind, 'lost');
  t.is((await lost.submit(spec, { key: 'k', attempt: 2, retryOf: 'lost' })).ref.attempt, 2);
  const failed = ending('failed');
  await (await failed.submit(spec, { key: 'k', attempt: 1, retryOf: 'failed' })).wait();
  t.is((await failed.submit(spec, { key: 'k', attempt: 1, retryOf: 'failed' })).ref.attempt, 1, 'it is one of one');
  t.is((await failed.submit(spec, { key: 'k', attempt: 2, retryOf: 'failed' })).ref.attempt, 2);
});
