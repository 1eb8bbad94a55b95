import test from 'ava';
import { testClock } from '../../src/testing/index.js';
import { aName, attemptOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { dead, type Said, silent, StubBackend } from '../helpers/stub-backend.js';

// What nobody has a record of: for how long, and who still may be at it.
const appId = 'application_1_1';
const DAY_MS = 86_400_000;
async function setUp(said: readonly Said[], change: Parameters<typeof recordFor>[1] = {}) {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const backend = new StubBackend(said);
  const { engine, ledger } = rig({ backend, registry, clock });
  const ref = refFor(clock);
  const at = new Date(clock.now()).toISOString();
  await ledger.create(recordFor(ref, { posts: [{ at, serverMs: clock.now() }], ...change }));
  return { clock, registry, backend, engine, ledger, ref, run: engine.attach(ref) };
}

test('an application that comes to YARN 45 s after its Livy died is not called cancelled before', async (t) => {
  const { registry, backend, run, clock, ledger } = await setUp([undefined]);
  backend.onStop = async () => 'no-record';
  void clock.sleep(45_000).then(() => registry.set(appId, { tags: [aName] }));
  const outcome = await run.cancel();
  t.is(outcome.kind, 'cancelled');
  t.true(registry.requests.includes(`kill ${appId}`), 'by the kill, not by its absence');
  t.is((await attemptOf(ledger, 'k')).appId, appId);
});

test('an application that comes to YARN 45 s after its Livy died is not lost before', async (t) => {
  const { registry, run, clock } = await setUp([undefined]);
  void clock.sleep(45_000).then(() => registry.set(appId, { tags: [aName] }));
  void clock.sleep(90_000).then(() => registry.finish(appId, 'SUCCEEDED'));
  t.is((await run.wait()).kind, 'succeeded');
});

test('a request of a process that died is settled by a cancel: proven absent, it is cancelled', async (t) => {
  const { backend, run, clock, ledger } = await setUp([undefined], { phase: 'posting' });
  backend.onStop = async () => 'no-record';
  await clock.sleep(DAY_MS);
  const outcome = await run.cancel();
  t.is(outcome.kind, 'cancelled');
  t.is((await attemptOf(ledger, 'k')).outcome?.kind, 'cancelled');
});

test('a request of a process that died, where absence cannot be proven, is lost by a cancel', async (t) => {
  const { registry, backend, run, clock } = await setUp([undefined], { phase: 'posting' });
  registry.cannotProve = 'lists are filtered by user';
  backend.onStop = async () => 'no-record';
  await clock.sleep(DAY_MS);
  t.is((await run.cancel()).kind, 'lost');
});

test('a DELETE that was taken ends what YARN calls over without saying how', async (t) => {
  const { registry, backend, run } = await setUp([{ raw: 'running', state: 'running', appId }]);
  registry.set(appId, { tags: [aName] });
  backend.onStop = async () => {
    registry.set(appId, { raw: 'FINISHED', finalStatus: 'UNDEFINED', state: 'unknown', unclear: 'client mode' });
    backend.says(undefined);
    return 'asked';
  };
  const outcome = await run.cancel();
  t.is(outcome.kind, 'cancelled');
  t.is(outcome.kind === 'cancelled' && outcome.by, 'livywire');
});

test('a cancel of what ended by itself, and nobody can say how, does not call that end its own', async (t) => {
  const { registry, backend, run, clock } = await setUp([undefined], { appId });
  registry.set(appId, {
    tags: [aName],
    raw: 'FINISHED',
    finalStatus: 'UNDEFINED',
    state: 'unknown',
    unclear: 'client mode',
  });
  backend.onStop = async () => 'no-record';
  await clock.sleep(DAY_MS);
  t.is((await run.wait()).kind, 'lost');
  t.is((await run.cancel()).kind, 'lost');
  t.false(registry.requests.some((request) => request.startsWith('kill')));
});

test('that Livy is out of reach is said, at once and in the outcome, while YARN is watched', async (t) => {
  const { registry, run, clock } = await setUp([silent]);
  registry.set(appId, { tags: [aName] });
  void clock.sleep(60_000).then(() => registry.finish(appId, 'SUCCEEDED'));
  const notices: string[] = [];
  for await (const event of run.events()) {
    if (event.type === 'notice') notices.push(event.text);
    if (event.type === 'outcome') t.regex(event.outcome.notes?.join() ?? '', /out of reach for a time/);
  }
  t.true(
    notices.some((text) => /Livy does not answer; going on with what yarn says/.test(text)),
    notices.join(),
  );
});

test('a reading of what Livy calls dead, and YARN cannot speak to, says both', async (t) => {
  const { registry, run } = await setUp([dead]);
  registry.cannotProve = 'lists are filtered by user';
  const status = await run.status();
  t.is(status.state, 'unknown');
  t.is(status.raw, 'dead');
  t.regex(status.unclear ?? '', /filtered by user/);
});
