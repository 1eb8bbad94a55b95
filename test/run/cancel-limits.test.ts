import test from 'ava';
import { AuthError, type StopState, UnreachableError, WaitTimeoutError } from '../../src/core/index.js';
import { testClock } from '../../src/testing/index.js';
import { aName, attemptOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { dead, running, type Said, StubBackend, success } from '../helpers/stub-backend.js';

const appId = 'application_1_1';
const never = () => new Promise<never>(() => undefined);

async function setUp(said: readonly Said[], { yarn = true, known = false } = {}) {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const backend = new StubBackend(said);
  const { engine, ledger } = rig({ backend, clock, ...(yarn && { registry }) });
  const ref = refFor(clock, known ? { appId } : {});
  await ledger.create(recordFor(ref, { posts: [{ at: ref.createdAt, serverMs: clock.now() }] }));
  return { clock, registry, backend, engine, ledger, ref, run: engine.attach(ref) };
}

for (const [raw, said, kind] of [
  ['dead', dead, 'failed'],
  ['success', success, 'succeeded'],
] as const) {
  test(`a batch that Livy knows as ${raw}, and that YARN cannot vouch for yet, is not thrown away: ${kind}`, async (t) => {
    const { run, backend, registry, ledger } = await setUp([said]);
    registry.cannotProve = 'YARN hides what is not ours';
    backend.onStop = async () => 'ended';
    t.is((await run.cancel()).kind, kind);
    const { cancelAskedAt, cancelTakenAt } = await attemptOf(ledger, 'k');
    t.is(cancelAskedAt, undefined, 'it had ended before');
    t.is(cancelTakenAt, undefined);
  });
}

test('a batch that somebody killed before our cancel is somebody else’s', async (t) => {
  const { run, backend, registry } = await setUp([{ raw: 'killed', state: 'cancelled' }]);
  registry.cannotProve = 'YARN hides what is not ours';
  backend.onStop = async () => 'ended';
  t.like(await run.cancel(), { kind: 'cancelled', by: 'someone' });
});

test('a batch that Livy calls dead, and YARN has as running once it answers again, is killed at YARN', async (t) => {
  const { run, backend, registry, clock } = await setUp([dead], { known: true });
  registry.set(appId, { tags: [aName] });
  registry.down();
  backend.onStop = async () => 'ended';
  void clock.sleep(60_000).then(() => registry.up());
  t.like(await run.cancel(), { kind: 'cancelled', by: 'livywire' });
  t.is(registry.app(appId)?.raw, 'KILLED');
});

test('Livy hangs, YARN does not: the application is killed there within the 4 s of a signal', async (t) => {
  const { run, backend, registry, clock } = await setUp([running], { known: true });
  registry.set(appId, { tags: [aName] });
  registry.byId = async (id) => (await clock.sleep(1), registry.app(id));
  backend.status = never;
  backend.onStop = never;
  const start = clock.now();
  t.like(await run.cancel({ timeoutMs: 4_000 }), { kind: 'cancelled', by: 'livywire' });
  t.true(clock.now() - start < 4_000);
});

test('a DELETE that hangs keeps nobody from killing at YARN', async (t) => {
  const { run, backend, registry, clock } = await setUp([running]);
  registry.set(appId, { tags: [aName] });
  backend.onStop = never;
  const start = clock.now();
  t.like(await run.cancel({ timeoutMs: 30_000 }), { kind: 'cancelled', by: 'livywire' });
  t.true(clock.now() - start < 15_000, `${clock.now() - start} ms`);
});

test('a look that hangs keeps nobody from asking, and the mark stays: the answer may only be late', async (t) => {
  const { run, backend, clock, ledger } = await setUp([running], { yarn: false });
  backend.status = never;
  backend.onStop = never;
  const states: StopState[] = [];
  const start = clock.now();
  const error = await t.throwsAsync(run.cancel({ timeoutMs: 4_000, onStop: (state) => states.push(state) }), {
    instanceOf: WaitTimeoutError,
    message: 'Run k was asked to stop, without an answer within 4 s; it may be running',
  });
  t.is(error.stop, 'sent');
  t.true(clock.now() - start <= 15_000);
  t.deepEqual(states, ['sent']);
  t.true(backend.requests.includes(`DELETE ${aName}`));
  t.truthy((await attemptOf(ledger, 'k')).cancelAskedAt);
});

test('a cancel that nobody took says so, and one that was taken and had no effect says that', async (t) => {
  const nobody = await setUp([undefined], { yarn: false });
  nobody.backend.onStop = async () => 'no-record';
  nobody.backend.says(running);
  const unsent = await t.throwsAsync(nobody.run.cancel({ timeoutMs: 20_000 }), { instanceOf: WaitTimeoutError });
  t.is(unsent.stop, 'unsent');
  t.is(unsent.message, 'Run k could not be asked to stop within 20 s, and may be running');

  const { run } = await setUp([running], { yarn: false });
  const taken = await t.throwsAsync(run.cancel({ timeoutMs: 120_000 }), { instanceOf: WaitTimeoutError });
  t.is(taken.stop, 'taken');
  t.is(taken.message, 'Run k was asked to stop, and has not been seen to stop within 2 min');
});

test('a cancel that YARN refuses and Livy does not answer is an error that names one of them', async (t) => {
  const { run, backend, registry } = await setUp([running], { known: true });
  registry.set(appId, { tags: [aName] });
  registry.kill = () => Promise.reject(new UnreachableError('YARN is away', 'no'));
  backend.onStop = () => Promise.reject(new UnreachableError('Livy is away', 'no'));
  await t.throwsAsync(run.cancel(), { instanceOf: UnreachableError, message: 'Livy is away' });
});

for (const livy of ['takes the DELETE, and nothing comes of it', 'does not answer'] as const) {
  test(`a kill at YARN whose answer is lost is sent again where Livy ${livy}`, async (t) => {
    const { run, backend, registry, clock } = await setUp([running], { known: true });
    registry.set(appId, { tags: [aName] });
    if (livy === 'does not answer') backend.onStop = () => Promise.reject(new UnreachableError('Livy is away', 'no'));
    const kill = registry.kill.bind(registry);
    let lost = 0;
    // Longer than the tries of one request for a kill.
    registry.kill = (id) =>
      ++lost <= 5 ? Promise.reject(new UnreachableError('the answer was lost', 'maybe')) : kill(id);
    const start = clock.now();
    t.like(await run.cancel(), { kind: 'cancelled', by: 'livywire' });
    t.is(registry.app(appId)?.raw, 'KILLED');
    t.is(lost, 6);
    t.true(clock.now() - start < 60_000);
  });
}

test('a kill that YARN forbids is not sent again and again', async (t) => {
  const { run, registry } = await setUp([running], { known: true });
  registry.set(appId, { tags: [aName] });
  let kills = 0;
  registry.kill = () => (kills++, Promise.reject(new AuthError(403, 'not yours')));
  await t.throwsAsync(run.cancel({ timeoutMs: 60_000 }), { instanceOf: WaitTimeoutError });
  t.true(kills <= 3, `${kills}`);
});

for (const [what, hang] of [
  ['a ledger that hangs', 'get'],
  ['one whose writes hang', 'update'],
] as const) {
  test(`${what} keeps no request to stop back within the 4 s of a signal`, async (t) => {
    const { clock, ledger, ref, backend, registry } = await setUp([running], { known: true });
    registry.set(appId, { tags: [aName] });
    const { engine } = rig({ backend, clock, registry, ledger: { ...ledger, [hang]: never } });
    backend.onStop = async () => (registry.finish(appId, 'KILLED'), 'asked');
    const states: StopState[] = [];
    const cancelling = engine.attach(ref).cancel({ timeoutMs: 4_000, onStop: (state) => states.push(state) });
    cancelling.catch(() => undefined); // its outcome cannot be written down
    await clock.sleep(4_000);
    t.true(states.includes('taken'), states.join());
    t.is(registry.app(appId)?.raw, 'KILLED');
  });
}

test('to find out who asks keeps no request to stop back, either', async (t) => {
  const { clock, ledger, ref, backend, registry } = await setUp([running], { known: true });
  registry.set(appId, { tags: [aName] });
  const { engine } = rig({ backend, clock, registry, ledger, actor: never });
  backend.onStop = async () => (registry.finish(appId, 'KILLED'), 'asked');
  const start = clock.now();
  t.like(await engine.attach(ref).cancel({ timeoutMs: 4_000 }), { kind: 'cancelled', by: 'livywire' });
  t.true(clock.now() - start < 4_000);
  t.truthy((await attemptOf(ledger, 'k')).cancelTakenAt);
});
