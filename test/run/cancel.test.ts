import test from 'ava';
import { AuthError, LedgerError, type RunOutcome, UnreachableError, WaitTimeoutError } from '../../src/core/index.js';
import { memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { aName, attemptOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { running, type Said, silent, starting, StubBackend } from '../helpers/stub-backend.js';

const spec = { file: 's3://b/j.py' };
const appId = 'application_1_1';
const by = (outcome: RunOutcome) => (outcome.kind === 'cancelled' ? outcome.by : outcome.kind);
async function setUp(said: readonly Said[], { yarn = true, known = false } = {}) {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const backend = new StubBackend(said);
  const { engine, ledger, warnings } = rig({ backend, clock, ...(yarn && { registry }) });
  const ref = refFor(clock, known ? { appId } : {});
  await ledger.create(recordFor(ref, { posts: [{ at: ref.createdAt, serverMs: clock.now() }] }));
  return { clock, registry, backend, engine, ledger, ref, warnings, run: engine.attach(ref) };
}

test('a running job is stopped, and the outcome says that it was us', async (t) => {
  const ledger = memoryLedger();
  const run = await testLivywire({ ledger, script: () => ({ afterMs: 1e9 }) }).submit(spec, { key: 'k' });
  const outcome = await run.cancel();
  t.is(by(outcome), 'livywire');
  const { cancelAskedAt, cancelTakenAt } = await attemptOf(ledger, 'k');
  t.truthy(cancelAskedAt);
  t.truthy(cancelTakenAt);
});

test('another process that sees our cancel knows whose it was', async (t) => {
  const lw = testLivywire({ script: () => ({ afterMs: 1e9 }) });
  const run = await lw.submit(spec, { key: 'k' });
  const watching = lw.attach(run.ref).wait();
  await run.cancel();
  t.is(by(await watching), 'livywire');
});

test('a job that ended is not touched: its outcome is what it was', async (t) => {
  const lw = testLivywire({ script: () => ({ outcome: 'failed' }) });
  const run = await lw.submit(spec, { key: 'k' });
  await run.wait();
  t.is((await run.cancel()).kind, 'failed');
  lw.backend.forgetAll();
  t.is((await run.cancel()).kind, 'failed');
  t.false(lw.backend.requests.some((request) => request.startsWith('DELETE')));
});

test('a job that ended unseen is not touched either', async (t) => {
  const clock = testClock();
  const lw = testLivywire({ clock });
  const run = await lw.submit(spec, { key: 'k' });
  await clock.sleep(60_000);
  t.is((await run.cancel()).kind, 'succeeded');
  t.false(lw.backend.requests.some((request) => request.startsWith('DELETE')));
});

test('somebody else’s kill is somebody else’s', async (t) => {
  const { run } = await setUp([{ raw: 'killed', state: 'cancelled' }], { yarn: false });
  t.is(by(await run.wait()), 'someone');
});

test('a job that is stopped while starting, and never came to YARN, is cancelled, not lost', async (t) => {
  const { run, backend } = await setUp([starting]);
  backend.onStop = async () => (backend.says(undefined), 'asked');
  t.is(by(await run.cancel()), 'livywire');
});

test('a job that is stopped while starting, and came to YARN all the same, is killed there', async (t) => {
  const { run, backend, registry, clock } = await setUp([starting]);
  backend.onStop = async () => {
    backend.says(undefined);
    void clock.sleep(5_000).then(() => registry.set(appId, { tags: [aName] }));
    return 'asked';
  };
  t.is(by(await run.cancel()), 'livywire');
  t.true(registry.requests.includes(`kill ${appId}`));
});

test('Livy is down: YARN stops it', async (t) => {
  const { run, backend, registry } = await setUp([silent], { known: true });
  registry.set(appId, { tags: [aName] });
  backend.onStop = () => Promise.reject(silent);
  t.is(by(await run.cancel()), 'livywire');
});

test('Livy forgot it: YARN stops it, by its tag', async (t) => {
  const { run, backend, registry } = await setUp([undefined]);
  registry.set(appId, { tags: [aName] });
  backend.onStop = async () => 'no-record';
  t.is(by(await run.cancel()), 'livywire');
});

test('Livy took it and YARN goes on: YARN is told, too', async (t) => {
  const { run, registry } = await setUp([running], { known: true });
  registry.set(appId, { tags: [aName] });
  t.is(by(await run.cancel()), 'livywire');
  t.is(registry.app(appId)?.raw, 'KILLED');
});

test('nobody takes the cancel: that is said, and nothing is claimed', async (t) => {
  const { run, backend, ledger } = await setUp([running], { yarn: false });
  backend.onStop = () => Promise.reject(new UnreachableError('no way', 'no'));
  await t.throwsAsync(run.cancel(), { instanceOf: UnreachableError, message: 'no way' });
  const { cancelTakenAt, outcome } = await attemptOf(ledger, 'k');
  t.is(cancelTakenAt, undefined);
  t.is(outcome, undefined);
});

test('a job that would not stop is a WaitTimeoutError at the limit, not a cancelled run', async (t) => {
  const { run, clock, ledger } = await setUp([running], { yarn: false });
  const start = clock.now();
  await t.throwsAsync(run.cancel({ timeoutMs: 60_000 }), { instanceOf: WaitTimeoutError });
  t.is(clock.now() - start, 60_000);
  t.is((await attemptOf(ledger, 'k')).outcome, undefined);
});

test('our cancel that Livy took, and then forgot the batch: cancelled by us', async (t) => {
  const { run, backend } = await setUp([running], { yarn: false });
  backend.onStop = async () => (backend.says(undefined), 'asked');
  t.is(by(await run.cancel()), 'livywire');
});

test('a cancel that nobody took does not make a forgotten run a cancelled one', async (t) => {
  const { run, backend } = await setUp([running], { yarn: false });
  backend.onStop = async () => (backend.says(undefined), Promise.reject(new UnreachableError('reply lost', 'maybe')));
  await t.throwsAsync(run.cancel(), { instanceOf: UnreachableError });
  t.is((await run.wait()).kind, 'lost');
});

test('a cancel whose answer was lost, and an application that provably never came to YARN: cancelled by us', async (t) => {
  const { run, backend, ledger } = await setUp([starting]);
  backend.onStop = async () => (backend.says(undefined), Promise.reject(new UnreachableError('reply lost', 'maybe')));
  await t.throwsAsync(run.cancel(), { instanceOf: UnreachableError });
  t.is((await attemptOf(ledger, 'k')).cancelTakenAt, undefined);
  t.is(by(await run.wait()), 'livywire');
});

test('our cancel that YARN took, and an application that both forgot: lost, for it may have succeeded first', async (t) => {
  const { run, backend, registry } = await setUp([running], { known: true });
  registry.set(appId, { tags: [aName] });
  backend.onStop = async () => (backend.says(undefined), registry.restart(), 'asked');
  t.is((await run.cancel()).kind, 'lost');
});

test('a job that finished before the cancel came through has succeeded', async (t) => {
  const { run, backend, registry } = await setUp([running], { known: true });
  registry.set(appId, { tags: [aName] });
  backend.onStop = async () => (registry.finish(appId, 'SUCCEEDED'), 'asked');
  t.is((await run.cancel()).kind, 'succeeded');
});

test('a ledger that cannot be written does not keep a job from being stopped', async (t) => {
  const inner = memoryLedger();
  const ledger = { ...inner, update: () => Promise.reject(new LedgerError('disk full')) };
  const backend = new StubBackend([running]);
  backend.onStop = async () => (backend.says({ raw: 'killed', state: 'cancelled' }), 'asked');
  const { engine, clock, warnings } = rig({ backend, ledger });
  const ref = refFor(clock);
  await inner.create(recordFor(ref));
  t.is((await engine.attach(ref).cancel()).kind, 'cancelled');
  t.regex(warnings.join(), /cancelAskedAt, cancelMarks could not be written/);
});

test('a cancel can be aborted', async (t) => {
  const { run, clock } = await setUp([running], { yarn: false });
  const abort = new AbortController();
  const why = new Error('enough');
  void clock.sleep(20_000).then(() => abort.abort(why));
  await t.throwsAsync(run.cancel({ signal: abort.signal }), { is: why });
});

test('the cancel of a batch that livywire did not start asks YARN for no tag of that name', async (t) => {
  const { engine, registry, backend, clock } = await setUp([starting]);
  registry.set('application_1_99', { tags: ['etl'], user: 'somebody-else' });
  backend.onStop = async () => (backend.says(undefined), 'no-record');
  const run = engine.attach(refFor(clock, { attempt: 0, key: 'livy:7', name: 'etl' }));
  const outcome = await run.cancel();
  t.is(outcome.ref.appId, undefined);
  t.is(registry.app('application_1_99')?.raw, 'RUNNING');
  t.deepEqual(registry.requests, []);
});

for (const yarn of [false, true]) {
  const where = yarn ? 'over a YARN that cannot know it' : 'without YARN';
  test(`a batch that is in no ledger of ours is cancelled once Livy took it, ${where}`, async (t) => {
    const { engine, backend, clock } = await setUp([running], { yarn });
    backend.onStop = async () => (backend.says(undefined), 'asked');
    const start = clock.now();
    t.is(by(await engine.attach(refFor(clock, { attempt: 0, key: 'livy:7', name: 'etl' })).cancel()), 'livywire');
    t.true(clock.now() - start < 10_000);
  });
}

test('a run of another ledger is cancelled by us, and not lost', async (t) => {
  const clock = testClock();
  const here = testLivywire({ clock, script: () => ({ afterMs: 1e9 }) });
  const run = await here.submit(spec, { key: 'k' });
  const there = testLivywire({ clock, backend: here.backend });
  t.is(by(await there.attach(run.ref).cancel()), 'livywire');
});

test('a run of another ledger that is killed while we watch says who it was', async (t) => {
  const { engine, backend, clock } = await setUp([running], { yarn: false });
  backend.onStop = async () => (backend.says({ raw: 'killed', state: 'cancelled' }), 'asked');
  t.is(by(await engine.attach(refFor(clock, { key: 'other' })).cancel()), 'livywire');
});

test('a cancel that comes during the POST is asked again once the batch is there', async (t) => {
  const clock = testClock();
  const lw = testLivywire({ clock, script: () => ({ afterMs: 3_600_000 }) });
  const start = lw.backend.start.bind(lw.backend);
  lw.backend.start = async (plan) => (await clock.sleep(20_000), start(plan));
  const submitting = lw.submit(spec, { key: 'k' });
  await clock.sleep(2_000);
  const cancelled = (await lw.find('k')).cancel();
  await submitting;
  t.is(by(await cancelled), 'livywire');
});

for (const [what, error] of [
  ['refused', new AuthError(403, 'not yours')],
  ['that never arrived', new UnreachableError('no way', 'no')],
] as const) {
  test(`a cancel ${what} is withdrawn: a later kill is somebody else’s`, async (t) => {
    const { run, backend, ledger } = await setUp([running], { yarn: false });
    backend.onStop = () => Promise.reject(error);
    await t.throwsAsync(run.cancel(), { is: error });
    t.is((await attemptOf(ledger, 'k')).cancelAskedAt, undefined);
    backend.says({ raw: 'killed', state: 'cancelled' });
    t.is(by(await run.wait()), 'someone');
  });
}

test('a cancel that fails takes its own mark back, and not that of another one that came meanwhile', async (t) => {
  const { run, engine, backend, ledger, clock, ref, registry } = await setUp([running], { yarn: false });
  let refuse = (_: Error) => {};
  backend.onStop = () => new Promise((_, reject) => (refuse = reject));
  const failing = run.cancel();
  await clock.sleep(100);
  t.truthy((await attemptOf(ledger, 'k')).cancelAskedAt);
  const other = rig({ backend, clock, ledger, registry }).engine.attach(ref);
  backend.onStop = async () => 'asked';
  const heard = other.cancel();
  await clock.sleep(100);
  const { cancelAskedAt, cancelTakenAt } = await attemptOf(ledger, 'k');
  t.truthy(cancelTakenAt);
  refuse(new AuthError(403, 'not yours'));
  await t.throwsAsync(failing, { instanceOf: AuthError });
  t.is((await attemptOf(ledger, 'k')).cancelAskedAt, cancelAskedAt);
  backend.says({ raw: 'killed', state: 'cancelled' });
  t.is(by(await heard), 'livywire');
  t.is(by(await engine.attach(ref).wait()), 'livywire');
});

for (const order of ['first', 'second'] as const) {
  test(`of two cancels that both fail nothing stays, whose answer comes ${order === 'first' ? 'in their order' : 'the other way round'}`, async (t) => {
    const { run, backend, ledger, clock, ref, registry } = await setUp([running], { yarn: false });
    const refusals: ((error: Error) => void)[] = [];
    backend.onStop = () => new Promise((_, reject) => refusals.push(reject));
    const other = rig({ backend, clock, ledger, registry }).engine.attach(ref);
    const cancels: Promise<unknown>[] = [];
    for (const one of [run, other]) {
      cancels.push(t.throwsAsync(one.cancel(), { instanceOf: AuthError }));
      await clock.sleep(100);
    }
    const standing = (await attemptOf(ledger, 'k')).cancelAskedAt;
    t.is(refusals.length, 2);
    const [mine, next] = order === 'first' ? [0, 1] : [1, 0];
    refusals[mine]?.(new AuthError(403, 'not yours'));
    await cancels[mine];
    const { cancelAskedAt } = await attemptOf(ledger, 'k');
    // The one that still waits for its answer may be heard.
    t.truthy(cancelAskedAt);
    t.is(cancelAskedAt === standing, order === 'first');
    refusals[next]?.(new AuthError(403, 'not yours'));
    await cancels[next];
    const left = await attemptOf(ledger, 'k');
    t.deepEqual([left.cancelAskedAt, left.cancelMarks, left.cancels], [undefined, undefined, undefined]);
    backend.says({ raw: 'killed', state: 'cancelled' });
    t.is(by(await run.wait()), 'someone');
  });
}

test('what an older livywire asks meanwhile, which keeps no marks, stays when a cancel is withdrawn', async (t) => {
  const { run, backend, ledger, clock } = await setUp([running], { yarn: false });
  let refuse = (_: Error) => {};
  backend.onStop = () => new Promise((_, reject) => (refuse = reject));
  const failing = run.cancel();
  await clock.sleep(100);
  const cancelAskedAt = new Date(clock.now()).toISOString();
  const { record, version } = (await ledger.get('k'))!;
  await ledger.update({ ...record, attempts: [{ ...record.attempts[0]!, cancelAskedAt }] }, version);
  refuse(new AuthError(403, 'not yours'));
  await t.throwsAsync(failing, { instanceOf: AuthError });
  t.is((await attemptOf(ledger, 'k')).cancelAskedAt, cancelAskedAt);
});

test('who else cancelled meanwhile stays written down when a cancel is withdrawn', async (t) => {
  const clock = testClock();
  const backend = new StubBackend([running]);
  const actorOf = (who: string) => async () => ({ who, proof: 'claimed', host: 'h', livywire: '1' }) as const;
  const first = rig({ backend, clock, actor: actorOf('ann') });
  const ref = refFor(clock);
  await first.ledger.create(recordFor(ref));
  const second = rig({ backend, clock, ledger: first.ledger, actor: actorOf('bob') });
  let refuse = (_: Error) => {};
  backend.onStop = () => new Promise((_, reject) => (refuse = reject));
  const failing = first.engine.attach(ref).cancel();
  await clock.sleep(100);
  backend.onStop = async () => 'asked';
  const heard = second.engine.attach(ref).cancel();
  await clock.sleep(100);
  const who = async () => (await attemptOf(first.ledger, 'k')).cancels?.map(({ by }) => by.who);
  t.deepEqual(await who(), ['ann', 'bob']);
  refuse(new AuthError(403, 'not yours'));
  await t.throwsAsync(failing, { instanceOf: AuthError });
  t.deepEqual(await who(), ['bob']);
  backend.says({ raw: 'killed', state: 'cancelled' });
  await heard;
});

test('a kill that YARN took and forgot is sent again for as long as the application is seen to run', async (t) => {
  const { run, registry, backend } = await setUp([silent], { known: true });
  registry.set(appId, { tags: [aName] });
  backend.onStop = () => Promise.reject(silent);
  const kill = registry.kill.bind(registry);
  const kills: string[] = [];
  registry.kill = async (id) => (kills.push(id) < 3 ? 'asked' : kill(id));
  t.is(by(await run.cancel()), 'livywire');
  t.is(kills.length, 3);
});

test('a cancel whose answer was lost may have been taken: the kill that follows is ours', async (t) => {
  const { run, backend } = await setUp([running], { yarn: false });
  backend.onStop = () => Promise.reject(new UnreachableError('reply lost', 'maybe'));
  await t.throwsAsync(run.cancel(), { instanceOf: UnreachableError });
  backend.says({ raw: 'killed', state: 'cancelled' });
  t.is(by(await run.wait()), 'livywire');
});

test('a cancel that found nobody to take it is withdrawn when its time is up', async (t) => {
  const backend = new StubBackend([undefined]);
  backend.onStop = async () => 'no-record';
  const { engine, ledger, clock } = rig({ backend });
  const ref = refFor(clock);
  await ledger.create(recordFor(ref, { phase: 'posting' }));
  await t.throwsAsync(engine.attach(ref).cancel({ timeoutMs: 20_000 }), { instanceOf: WaitTimeoutError });
  t.is((await attemptOf(ledger, 'k')).cancelAskedAt, undefined);
});
