import test from 'ava';
import { ConfigError, KeyConflictError, type RunOutcome } from '../../src/core/index.js';
import { type Script, memoryLedger, MemoryBackend, testClock, testLivywire } from '../../src/testing/index.js';
import { attemptOf, entryOf } from '../helpers/engine.js';

const spec = { file: 's3://b/j.py' };
const posts = (backend: MemoryBackend) => backend.requests.filter((r) => r.startsWith('POST')).length;
const ofKind = (outcome: Script['outcome']) => testLivywire({ script: () => ({ outcome: outcome ?? 'succeeded' }) });

for (const many of [2, 10]) {
  test(`${many} submits of one key at once are one application`, async (t) => {
    const lw = testLivywire();
    const runs = await Promise.all(Array.from({ length: many }, () => lw.submit(spec, { key: 'k' })));
    t.is(posts(lw.backend), 1);
    t.is(new Set(runs.map((run) => run.ref.id)).size, 1);
    t.is(runs.filter((run) => run.how === 'started').length, 1);
    t.is(lw.backend.applications(runs[0]!.ref.name), 1);
  });
  test(`${many} submits of one key at once, through engines of their own, are one application`, async (t) => {
    const clock = testClock();
    const [ledger, backend] = [memoryLedger(), new MemoryBackend({ clock })];
    backend.failNext('reply-lost');
    const all = Array.from({ length: many }, () => testLivywire({ clock, ledger, backend }).submit(spec, { key: 'k' }));
    const runs = await Promise.all(all);
    t.is(posts(backend), 1);
    t.is(backend.applications(runs[0]!.ref.name), 1);
  });
}

test('submits without a key are runs of their own', async (t) => {
  const lw = testLivywire();
  const [one, two] = [await lw.submit(spec), await lw.submit(spec)];
  t.not(one.ref.name, two.ref.name);
  t.is(posts(lw.backend), 2);
});

test('a running run is adopted, and nothing is sent', async (t) => {
  const lw = testLivywire();
  const one = await lw.submit(spec, { key: 'k' });
  const two = await lw.submit(spec, { key: 'k' });
  t.is(two.how, 'adopted');
  t.deepEqual(two.ref, one.ref);
  t.is(posts(lw.backend), 1);
});

for (const kind of ['succeeded', 'failed', 'cancelled'] as const) {
  test(`a run that ${kind} is the answer to the same key, and nothing is sent`, async (t) => {
    const lw = ofKind(kind);
    await (await lw.submit(spec, { key: 'k' })).wait();
    lw.backend.forgetAll();
    const again = await lw.submit(spec, { key: 'k' });
    t.is(again.how, 'adopted');
    t.is((await again.wait()).kind, kind);
    t.is(posts(lw.backend), 1);
  });
}

for (const kind of ['failed', 'cancelled'] as const) {
  test(`a run that was ${kind} gets attempt 2 under a name of its own when asked`, async (t) => {
    const lw = ofKind(kind);
    const one = await lw.submit(spec, { key: 'k' });
    await one.wait();
    const two = await lw.submit(spec, { key: 'k', retryOf: 'failed' });
    t.is(two.how, 'started');
    t.is(two.ref.attempt, 2);
    t.is(two.ref.name, one.ref.name.replace(/-a1$/, '-a2'));
    t.is(posts(lw.backend), 2);
  });
}

test('a run that succeeded gets no new attempt, whatever is asked', async (t) => {
  const lw = testLivywire();
  await (await lw.submit(spec, { key: 'k' })).wait();
  t.is((await lw.submit(spec, { key: 'k', retryOf: 'lost' })).ref.attempt, 1);
  t.is(posts(lw.backend), 1);
});

test('a failure that nobody saw yet is seen by the submit that asks for a new attempt', async (t) => {
  const lw = ofKind('failed');
  await lw.submit(spec, { key: 'k' });
  await lw.clock.sleep(60_000);
  t.is((await lw.submit(spec, { key: 'k', retryOf: 'failed' })).ref.attempt, 2);
});

test('a run that still goes on is adopted although a new attempt of a failure is asked for', async (t) => {
  const lw = ofKind('failed');
  await lw.submit(spec, { key: 'k' });
  const again = await lw.submit(spec, { key: 'k', retryOf: 'failed' });
  t.is(again.how, 'adopted');
  t.is(posts(lw.backend), 1);
});

test('a lost run needs retryOf lost', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  const run = await lw.submit(spec, { key: 'k' });
  lw.backend.forgetAll();
  t.is((await run.wait()).kind, 'lost');
  t.is((await lw.submit(spec, { key: 'k', retryOf: 'failed' })).ref.attempt, 1);
  t.is((await lw.submit(spec, { key: 'k', retryOf: 'lost' })).ref.attempt, 2);
});

test('another spec under a key is a KeyConflictError with the difference, and nothing is sent', async (t) => {
  const lw = testLivywire();
  await lw.submit({ ...spec, args: ['--password', 'hunter2', 'a'] }, { key: 'k' });
  const other = { ...spec, args: ['--password', 'hunter3', 'b'] };
  const error = await t.throwsAsync(lw.submit(other, { key: 'k' }), { instanceOf: KeyConflictError });
  t.regex(error?.message ?? '', /"a"\].*there.*"b"\].*here/);
  t.notRegex(error?.message ?? '', /hunter/);
  t.is(posts(lw.backend), 1);
});

test('another endpoint under a key is a KeyConflictError', async (t) => {
  const clock = testClock();
  const ledger = memoryLedger();
  await testLivywire({ clock, ledger }).submit(spec, { key: 'k' });
  const backend = new MemoryBackend({ clock, endpoint: 'memory://other' });
  await t.throwsAsync(testLivywire({ clock, ledger, backend }).submit(spec, { key: 'k' }), {
    instanceOf: KeyConflictError,
    message: /endpoint: memory:\/\/test there, memory:\/\/other here/,
  });
  t.is(posts(backend), 0);
});

test('another label is the same run', async (t) => {
  const lw = testLivywire();
  await lw.submit({ ...spec, name: 'a' }, { key: 'k' });
  t.is((await lw.submit({ ...spec, name: 'b' }, { key: 'k' })).how, 'adopted');
});

test('a secret never reaches the ledger', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  const secret = 'Tr0ub4dor';
  await lw.submit(
    {
      file: `https://user:${secret}@host/j.py`,
      args: ['--db-password', secret, `token=${secret}`],
      jars: [`https://b.s3.amazonaws.com/x.jar?X-Amz-Signature=${secret}`],
      conf: { 'spark.hadoop.fs.s3a.secret.key': secret },
    },
    { key: 'k' },
  );
  t.notRegex(JSON.stringify(await entryOf(ledger, 'k')), new RegExp(secret));
});

for (const key of [
  'livy:7',
  'application_1700000000000_0042',
  `livywire-${'0a'.repeat(16)}-a1`,
  '',
  '  ',
  'a\nb',
  'k'.repeat(1_025),
]) {
  test(`the key ${JSON.stringify(key.slice(0, 40))} is refused before anything is written or sent`, async (t) => {
    const ledger = memoryLedger();
    const lw = testLivywire({ ledger });
    const error = await t.throwsAsync(lw.submit(spec, { key }), { instanceOf: ConfigError });
    t.is(error.field, 'key');
    t.deepEqual(lw.backend.requests, []);
    t.is(await ledger.get(key), undefined);
  });
}

test('a retryOf that does not exist is a ConfigError', async (t) => {
  const options = { key: 'k', retryOf: 'cancelled' as 'failed' };
  const error = await t.throwsAsync(testLivywire().submit(spec, options), { instanceOf: ConfigError });
  t.is(error.field, 'retryOf');
});

test('a bad spec is refused before anything is written or sent', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  await t.throwsAsync(lw.submit({ file: '' }, { key: 'k' }), { instanceOf: ConfigError });
  t.is(await ledger.get('k'), undefined);
});

test('the outcome of an earlier attempt stays in the record', async (t) => {
  const ledger = memoryLedger();
  let outcome: 'failed' | 'succeeded' = 'failed';
  const lw = testLivywire({ ledger, script: () => ({ outcome }) });
  await (await lw.submit(spec, { key: 'k' })).wait();
  outcome = 'succeeded';
  await (await lw.submit(spec, { key: 'k', retryOf: 'failed' })).wait();
  const { attempts } = (await entryOf(ledger, 'k')).record;
  t.deepEqual(
    attempts.map((a) => (a.outcome as RunOutcome).kind),
    ['failed', 'succeeded'],
  );
  t.is((await attemptOf(ledger, 'k')).attempt, 2);
});
