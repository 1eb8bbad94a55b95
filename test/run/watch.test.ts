import test from 'ava';
import { AuthError, type RunStatus, UnreachableError, WaitTimeoutError } from '../../src/core/index.js';
import { MemoryBackend, memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { aName, attemptOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { dead, running, silent, starting, StubBackend, success } from '../helpers/stub-backend.js';

const spec = { file: 's3://b/j.py' };
const all = async (watch: AsyncIterable<RunStatus>): Promise<RunStatus[]> => {
  const seen: RunStatus[] = [];
  for await (const status of watch) seen.push(status);
  return seen;
};

test('every reading is yielded until the final one', async (t) => {
  const { engine, clock } = rig({ backend: new StubBackend([starting, running, running, success]) });
  const seen = await all(engine.attach(refFor(clock)).watch());
  t.deepEqual(
    seen.map(({ raw }) => raw),
    ['starting', 'running', 'running', 'success'],
  );
});

test('a state that nobody has ever seen is shown and waited on', async (t) => {
  const strange = { raw: 'hibernating', state: 'unknown' } as const;
  const { engine, clock } = rig({ backend: new StubBackend([strange, strange, success]) });
  const run = engine.attach(refFor(clock));
  t.deepEqual(
    (await all(run.watch())).map(({ raw }) => raw),
    ['hibernating', 'hibernating', 'success'],
  );
});

test('reads come at the pace of the age, and on common ticks', async (t) => {
  const clock = testClock();
  const backend = new MemoryBackend({ clock, script: () => ({ afterMs: 3_600_000 }) });
  const lw = testLivywire({ clock, backend });
  const run = await lw.submit(spec);
  const start = clock.now();
  const times: number[] = [];
  for await (const _ of run.watch()) times.push(clock.now() - start);
  const gaps = times.slice(1, -1).map((time, i) => time - times[i]!);
  t.true(gaps.every((gap) => gap >= 900 && gap <= 60_500));
  t.true(
    gaps.every((gap, i) => gap <= Math.max(1_000, times[i]! * 0.05) + 1_000),
    'never much slower than 5 %',
  );
  t.true(times.length < 160, 'an hour costs few reads');
});

test('a Livy with YARN behind it is asked every 5 s at most', async (t) => {
  const { engine, clock } = rig({
    backend: new StubBackend([...Array.from({ length: 4 }, () => ({ ...running, appId: 'application_1_1' })), success]),
  });
  const times: number[] = [];
  for await (const _ of engine.attach(refFor(clock)).watch()) times.push(clock.now());
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  t.true(gaps.every((gap) => gap >= 4_500));
});

test('a wait that runs out says so with the ref, after a last read on the deadline; the job goes on', async (t) => {
  const clock = testClock();
  const backend = new MemoryBackend({ clock, script: () => ({ afterMs: 3_600_000 }) });
  const run = await testLivywire({ clock, backend }).submit(spec, { key: 'k' });
  const reads: number[] = [];
  const status = backend.status.bind(backend);
  backend.status = (ref) => (reads.push(clock.now()), status(ref));
  const start = clock.now();
  const error = await t.throwsAsync(run.wait({ timeoutMs: 123_456 }), { instanceOf: WaitTimeoutError });
  t.is(clock.now() - start, 123_456);
  t.is(reads.at(-1), start + 123_456);
  t.deepEqual(error.ref, run.ref);
  t.is((await run.wait()).kind, 'succeeded');
});

test('a wait of no time reads once', async (t) => {
  const backend = new StubBackend([running]);
  const { engine, clock } = rig({ backend });
  await t.throwsAsync(engine.attach(refFor(clock)).wait({ timeoutMs: 0 }), { instanceOf: WaitTimeoutError });
  t.is(backend.requests.length, 1);
});

test('a wait can be aborted, and the reason is what rejects', async (t) => {
  const clock = testClock();
  const lw = testLivywire({ clock, script: () => ({ afterMs: 1e9 }) });
  const run = await lw.submit(spec);
  const abort = new AbortController();
  const why = new Error('enough');
  void clock.sleep(100_000).then(() => abort.abort(why));
  await t.throwsAsync(run.wait({ signal: abort.signal }), { is: why });
  await t.throwsAsync(run.wait({ signal: AbortSignal.abort(why) }), { is: why });
});

test('an outage is waited out', async (t) => {
  const clock = testClock();
  const lw = testLivywire({ clock, script: () => ({ afterMs: 300_000 }) });
  const run = await lw.submit(spec);
  void clock.sleep(10_000).then(() => lw.backend.down());
  void clock.sleep(600_000).then(() => lw.backend.up());
  t.is((await run.wait()).kind, 'succeeded');
});

test('an outage without an end is an UnreachableError, and the run is not called lost', async (t) => {
  const { engine, clock, ledger } = rig({ backend: new StubBackend([running, silent]) });
  const ref = refFor(clock);
  await ledger.create(recordFor(ref));
  const start = clock.now();
  await t.throwsAsync(engine.attach(ref).wait(), { instanceOf: UnreachableError, message: /15 minutes/ });
  t.true(clock.now() - start >= 900_000);
  t.is((await attemptOf(ledger, 'k')).outcome, undefined);
});

test('two outages with a reading between them are not one', async (t) => {
  const clock = testClock();
  const backend = new StubBackend([running]);
  const { engine } = rig({ backend, clock });
  void (async () => {
    for (let i = 0; i < 3; i++) {
      await clock.sleep(100_000);
      backend.says(silent);
      await clock.sleep(700_000);
      backend.says(running);
    }
    backend.says(success);
  })();
  t.is((await engine.attach(refFor(clock)).wait()).kind, 'succeeded');
});

test('refused credentials end a wait the second time, not the first', async (t) => {
  const refused = new AuthError(401, 'no');
  const once = rig({ backend: new StubBackend([running, refused, running, refused, success]) });
  t.is((await once.engine.attach(refFor(once.clock)).wait()).kind, 'succeeded');
  const twice = rig({ backend: new StubBackend([running, refused, refused, success]) });
  await t.throwsAsync(twice.engine.attach(refFor(twice.clock)).wait(), { is: refused });
});

test('an error that is no service’s answer is a bug, and not swallowed', async (t) => {
  const { engine, clock } = rig({ backend: new StubBackend([new TypeError('a bug')]) });
  await t.throwsAsync(engine.attach(refFor(clock)).wait(), { instanceOf: TypeError });
});

test('an application id goes to the ledger when it is first seen', async (t) => {
  const backend = new StubBackend([running, { ...running, appId: 'application_1_1' }]);
  const { engine, clock, ledger } = rig({ backend });
  const ref = refFor(clock);
  await ledger.create(recordFor(ref));
  const run = engine.attach(ref);
  await t.throwsAsync(run.wait({ timeoutMs: 60_000 }), { instanceOf: WaitTimeoutError });
  t.is((await attemptOf(ledger, 'k')).appId, 'application_1_1');
  t.is((await attemptOf(ledger, 'k')).phase, 'started');
  t.is(run.ref.appId, 'application_1_1');
});

test('a run whose ref has no application id yet is watched through YARN as soon as it has', async (t) => {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  registry.set('application_1_1', { tags: [aName] });
  const backend = new StubBackend([starting, { ...running, appId: 'application_1_1' }, dead]);
  const { engine } = rig({ backend, registry, clock });
  void clock.sleep(60_000).then(() => registry.finish('application_1_1', 'SUCCEEDED'));
  t.is((await engine.attach(refFor(clock)).wait()).kind, 'succeeded');
  t.is(backend.requests.length, 2, 'Livy is not asked when YARN answers');
});

test('a watch that is left early leaves nothing that waits', async (t) => {
  const clock = testClock({ auto: false });
  const { engine } = rig({ backend: new StubBackend([running]), clock });
  for await (const status of engine.attach(refFor(clock)).watch()) {
    t.is(status.raw, 'running');
    break;
  }
  await clock.advance(1_000_000);
  t.pass();
});

test('status reads once', async (t) => {
  const { engine, clock } = rig({ backend: new StubBackend([running]) });
  const run = engine.attach(refFor(clock));
  t.is((await run.status()).raw, 'running');
});

test('an end that status sees is kept: when Livy has forgotten it, it is still known', async (t) => {
  for (const outcome of ['succeeded', 'failed'] as const) {
    const clock = testClock();
    const ledger = memoryLedger();
    const lw = testLivywire({ clock, ledger, script: () => ({ outcome }) });
    const run = await lw.submit(spec, { key: 'k' });
    await clock.sleep(60_000);
    t.is((await run.status()).state, outcome);
    t.is((await attemptOf(ledger, 'k')).phase, 'ended');
    lw.backend.forgetAll();
    t.is((await run.wait()).kind, outcome);
  }
});

test('an application id that status learns is kept', async (t) => {
  const { engine, clock, ledger } = rig({ backend: new StubBackend([{ ...running, appId: 'application_1_1' }]) });
  const ref = refFor(clock);
  await ledger.create(recordFor(ref));
  await engine.attach(ref).status();
  t.is((await attemptOf(ledger, 'k')).appId, 'application_1_1');
});

test('the status of a run that is recorded as lost says so', async (t) => {
  const lw = testLivywire({ script: () => ({ afterMs: 1e9 }) });
  const run = await lw.submit(spec, { key: 'k' });
  lw.backend.forgetAll();
  t.is((await run.wait()).kind, 'lost');
  t.like(await (await lw.find('k')).status(), { raw: 'lost', state: 'unknown', source: 'ledger' });
});

test('the last reading of a watch is final, or says that the run is lost', async (t) => {
  const ended = testLivywire();
  const run = await ended.submit(spec, { key: 'k' });
  await run.wait();
  ended.backend.forgetAll();
  t.deepEqual(
    (await all(ended.attach(run.ref).watch())).map(({ raw, state }) => [raw, state]),
    [['succeeded', 'succeeded']],
  );
  const lost = rig({ backend: new StubBackend([running, undefined]) });
  const seen = await all(lost.engine.attach(refFor(lost.clock)).watch());
  t.deepEqual(
    seen.map(({ raw, state }) => [raw, state]),
    [
      ['running', 'running'],
      ['lost', 'unknown'],
    ],
  );
});

test('a read that hangs does not keep a wait past its deadline', async (t) => {
  const clock = testClock();
  const backend = new StubBackend([running]);
  backend.status = async () => (await clock.sleep(600_000), Promise.reject(silent));
  const { engine } = rig({ backend, clock });
  const start = clock.now();
  await t.throwsAsync(engine.attach(refFor(clock)).wait({ timeoutMs: 5_000 }), { instanceOf: WaitTimeoutError });
  t.is(clock.now() - start, 5_000);
  await t.throwsAsync(engine.attach(refFor(clock)).wait({ timeoutMs: 0 }), { instanceOf: WaitTimeoutError });
  t.true(clock.now() - start < 60_000, 'the one read of a wait of no time has its limit, too');
});

test('a ledger that hangs does not keep a wait past its deadline', async (t) => {
  const clock = testClock();
  const ledger = { ...memoryLedger(), get: async () => (await clock.sleep(600_000), undefined) };
  const { engine } = rig({ backend: new StubBackend([undefined]), clock, ledger });
  const start = clock.now();
  await t.throwsAsync(engine.attach(refFor(clock)).wait({ timeoutMs: 5_000 }), { instanceOf: WaitTimeoutError });
  t.is(clock.now() - start, 5_000);
});
