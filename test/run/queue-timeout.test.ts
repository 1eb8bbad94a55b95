import test from 'ava';
import { type Clock, UnreachableError, WaitTimeoutError } from '../../src/core/index.js';
import { testClock } from '../../src/testing/index.js';
import { aName, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { running, type Said, silent, starting, StubBackend, success } from '../helpers/stub-backend.js';

// How long a job may wait before it runs.
const MINUTE = 60_000;
const after = (clock: Clock, ms: number, act: () => void) => void clock.sleep(ms).then(act);

function setUp(...said: readonly Said[]) {
  const clock = testClock();
  const backend = new StubBackend(said);
  const { engine, ledger } = rig({ backend, clock });
  const ref = refFor(clock);
  return { clock, backend, ledger, engine, ref, run: engine.attach(ref), start: clock.now() };
}

test('a job that does not run in time is left waiting, and the error says which limit it was', async (t) => {
  const { run, clock, start, ref } = setUp(starting);
  const error = await t.throwsAsync(run.wait({ queueTimeoutMs: 5 * MINUTE, timeoutMs: 60 * MINUTE }), {
    instanceOf: WaitTimeoutError,
    message: /is not running 5 min after it was submitted/,
  });
  t.is(error.limit, 'queue-timeout');
  t.deepEqual(error.ref, ref);
  t.is(clock.now() - start, 5 * MINUTE, 'the last read falls on the limit');
});

test('the other limit is named so', async (t) => {
  const { run } = setUp(starting);
  const error = await t.throwsAsync(run.wait({ queueTimeoutMs: 60 * MINUTE, timeoutMs: MINUTE }));
  t.is((error as WaitTimeoutError).limit, 'timeout');
});

test('a job that ran once has used up its waiting, though a second master has to wait again', async (t) => {
  const { run, backend, clock } = setUp(starting);
  after(clock, MINUTE, () => backend.says(running));
  after(clock, 4 * MINUTE, () => backend.says(starting));
  after(clock, 60 * MINUTE, () => backend.says(success));
  t.is((await run.wait({ queueTimeoutMs: 5 * MINUTE })).kind, 'succeeded');
});

test('whoever attaches counts from the submit too: a job that waits for longer is over the limit at once', async (t) => {
  const { run, clock } = setUp(starting);
  await clock.sleep(10 * MINUTE);
  const start = clock.now();
  await t.throwsAsync(run.wait({ queueTimeoutMs: 5 * MINUTE }), { instanceOf: WaitTimeoutError });
  t.is(clock.now(), start);
});

test('whoever attaches to a job that runs waits for its end', async (t) => {
  const { run, backend, clock } = setUp(running);
  await clock.sleep(10 * MINUTE);
  after(clock, 60 * MINUTE, () => backend.says(success));
  t.is((await run.wait({ queueTimeoutMs: 5 * MINUTE })).kind, 'succeeded');
});

test('back-pressure before the request is no waiting in a queue: the last request counts', async (t) => {
  const { run, clock, ledger, ref, start } = setUp(starting);
  await ledger.create(recordFor(ref, { posts: [{ at: new Date(start + 8 * MINUTE).toISOString() }] }));
  await clock.sleep(9 * MINUTE);
  await t.throwsAsync(run.wait({ queueTimeoutMs: 5 * MINUTE }), { instanceOf: WaitTimeoutError });
  t.is(clock.now() - start, 13 * MINUTE);
});

test('while nobody says that it waits nothing is cut off: it may be running', async (t) => {
  const { run, backend, clock, start } = setUp(silent);
  after(clock, 8 * MINUTE, () => backend.says(starting));
  await t.throwsAsync(run.wait({ queueTimeoutMs: 5 * MINUTE }), { instanceOf: WaitTimeoutError });
  t.true(clock.now() - start >= 8 * MINUTE);
});

test('where YARN is asked its RUNNING counts', async (t) => {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const { engine } = rig({ backend: new StubBackend([running]), clock, registry });
  const appId = 'application_1_1';
  registry.set(appId, { tags: [aName], raw: 'ACCEPTED' });
  const run = engine.attach(refFor(clock, { appId }));
  await t.throwsAsync(run.wait({ queueTimeoutMs: MINUTE }), { instanceOf: WaitTimeoutError });
  registry.set(appId, { raw: 'RUNNING' });
  after(clock, 60 * MINUTE, () => registry.finish(appId, 'SUCCEEDED'));
  t.is((await run.wait({ queueTimeoutMs: MINUTE })).kind, 'succeeded');
});

test('whoever attaches to a job whose second master waits does not cut it off: it ran', async (t) => {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const { engine } = rig({ backend: new StubBackend([starting]), clock, registry });
  const appId = 'application_1_1';
  registry.set(appId, { tags: [aName], raw: 'ACCEPTED', attempts: 2 });
  const run = engine.attach(refFor(clock, { appId }));
  await clock.sleep(10 * MINUTE);
  after(clock, 60 * MINUTE, () => registry.finish(appId, 'SUCCEEDED'));
  t.is((await run.wait({ queueTimeoutMs: 5 * MINUTE })).kind, 'succeeded');
});

test('a Livy that was started anew does not know whether the job has run: nothing is cut off on its word', async (t) => {
  const { run, backend, clock } = setUp({ ...starting, raw: 'recovering' });
  await clock.sleep(10 * MINUTE);
  after(clock, 5 * MINUTE, () => backend.says(starting));
  after(clock, 60 * MINUTE, () => backend.says(success));
  t.is((await run.wait({ queueTimeoutMs: MINUTE })).kind, 'succeeded');
});

/** An attacher on a host whose clock is `ahead` of the submitter's and YARN's. */
async function elsewhere(ahead: number) {
  const clock = testClock();
  const here: Clock = { now: () => clock.now() + ahead, sleep: (ms, signal) => clock.sleep(ms, signal) };
  const registry = new FakeRegistry(clock);
  const { engine, ledger } = rig({ backend: new StubBackend([starting]), clock: here, registry });
  const ref = refFor(clock);
  const sent = { at: new Date(clock.now()).toISOString(), serverMs: clock.now() };
  await ledger.create(recordFor(ref, { posts: [sent] }));
  return { clock, registry, run: engine.attach(ref), start: clock.now() };
}

for (const ahead of [60 * MINUTE, -60 * MINUTE]) {
  test(`a clock that is ${ahead / MINUTE} minutes off the submitter's does not count: YARN's does`, async (t) => {
    const { clock, run, start } = await elsewhere(ahead);
    await clock.sleep(2 * MINUTE);
    await t.throwsAsync(run.wait({ queueTimeoutMs: 5 * MINUTE }), { instanceOf: WaitTimeoutError });
    t.is(clock.now() - start, 5 * MINUTE);
  });
}

test('while YARN cannot be asked how old the job is, it counts from the beginning of the wait', async (t) => {
  const { clock, run, registry, start } = await elsewhere(60 * MINUTE);
  registry.serverTime = () => Promise.reject(new UnreachableError('no answer', 'no'));
  await clock.sleep(2 * MINUTE);
  await t.throwsAsync(run.wait({ queueTimeoutMs: 5 * MINUTE }), { instanceOf: WaitTimeoutError });
  t.is(clock.now() - start, 7 * MINUTE);
});

test('a clock that is set forward ends neither limit early', async (t) => {
  for (const limits of [{ timeoutMs: 120 * MINUTE }, { queueTimeoutMs: 120 * MINUTE }]) {
    const clock = testClock();
    let offset = 0;
    const jumpy: Clock = { now: () => clock.now() + offset, sleep: (ms, signal) => clock.sleep(ms, signal) };
    const { engine } = rig({ backend: new StubBackend([starting]), clock: jumpy });
    const run = engine.attach(refFor(jumpy));
    const start = clock.now();
    after(clock, MINUTE, () => (offset = 180 * MINUTE));
    await t.throwsAsync(run.wait(limits), { instanceOf: WaitTimeoutError });
    t.is(clock.now() - start, 120 * MINUTE);
  }
});

test('events end at the limit as wait does', async (t) => {
  const { run } = setUp(starting);
  const error = await t.throwsAsync(async () => {
    for await (const _ of run.events({ queueTimeoutMs: MINUTE }));
  });
  t.is((error as WaitTimeoutError).limit, 'queue-timeout');
});

test('how old an attempt is, is asked of YARN only while it waits', async (t) => {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const backend = new StubBackend([running]);
  const { engine, ledger } = rig({ backend, clock, registry });
  const ref = refFor(clock);
  await ledger.create(recordFor(ref, { posts: [{ at: ref.createdAt, serverMs: clock.now() }] }));
  const times = () => registry.requests.filter((one) => one === 'time').length;
  const waiting = () => engine.attach(ref).wait({ queueTimeoutMs: 5 * MINUTE, timeoutMs: MINUTE });
  await t.throwsAsync(waiting(), { instanceOf: WaitTimeoutError });
  t.is(times(), 0);
  backend.says(starting);
  await t.throwsAsync(waiting(), { instanceOf: WaitTimeoutError });
  t.is(times(), 1);
});
