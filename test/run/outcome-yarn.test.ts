import test from 'ava';
import { AuthError, type Clock, type OutcomeSource, UnreachableError, WaitTimeoutError } from '../../src/core/index.js';
import { testClock } from '../../src/testing/index.js';
import { aName, attemptOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { dead, running, type Said, silent, StubBackend, success } from '../helpers/stub-backend.js';

// Where Livy and YARN both have a word, YARN's counts.
const appId = 'application_1_1';
function setUp(said: readonly Said[], change: { readonly appId?: string; readonly sources?: OutcomeSource[] } = {}) {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const backend = new StubBackend(said);
  const { engine, ledger } = rig({ backend, registry, clock, sources: change.sources ?? [] });
  const ref = refFor(clock, change.appId === undefined ? {} : { appId: change.appId });
  return { clock, registry, backend, engine, ledger, ref, run: engine.attach(ref) };
}

test('Livy says dead while YARN runs it: it goes on, and YARN says how it ended', async (t) => {
  const { registry, run, clock } = setUp([dead]);
  registry.set(appId, { tags: [aName] });
  void clock.sleep(300_000).then(() => registry.finish(appId, 'SUCCEEDED'));
  const start = clock.now();
  t.is((await run.wait()).kind, 'succeeded');
  t.true(clock.now() - start >= 300_000);
});

test('YARN says RUNNING with finalStatus SUCCEEDED: that is not an end yet', async (t) => {
  const { registry, run, clock } = setUp([running], { appId });
  registry.set(appId, { finalStatus: 'SUCCEEDED' });
  void clock.sleep(60_000).then(() => registry.finish(appId, 'FAILED', 'exit code 1'));
  const outcome = await run.wait();
  t.is(outcome.kind, 'failed');
  t.regex(outcome.kind === 'failed' ? outcome.diagnosis.title : '', /exit code 1/);
});

test('Livy says success, YARN says FAILED: it failed', async (t) => {
  const { registry, run } = setUp([success]);
  registry.set(appId, { tags: [aName], raw: 'FINISHED', finalStatus: 'FAILED' });
  t.is((await run.wait()).kind, 'failed');
});

test('Livy says killed, YARN says SUCCEEDED: it succeeded', async (t) => {
  const { registry, run } = setUp([{ raw: 'killed', state: 'cancelled' }]);
  registry.set(appId, { tags: [aName], raw: 'FINISHED', finalStatus: 'SUCCEEDED' });
  t.is((await run.wait()).kind, 'succeeded');
});

for (const [finalStatus, kind] of [
  ['SUCCEEDED', 'succeeded'],
  ['FAILED', 'failed'],
  ['KILLED', 'cancelled'],
] as const) {
  test(`Livy forgot it, YARN knows ${finalStatus}: ${kind}, with what it used`, async (t) => {
    const { registry, run } = setUp([undefined]);
    registry.set(appId, { tags: [aName], usage: { memoryMbSeconds: 42 } });
    registry.finish(appId, finalStatus);
    const outcome = await run.wait();
    t.is(outcome.kind, kind);
    t.is(outcome.usage?.memoryMbSeconds, 42);
    t.is(outcome.ref.appId, appId);
  });
}

test('Livy is down: the run is watched through YARN alone', async (t) => {
  const { registry, run, clock } = setUp([silent]);
  registry.set(appId, { tags: [aName] });
  void clock.sleep(3_600_000).then(() => registry.finish(appId, 'SUCCEEDED'));
  t.is((await run.wait()).kind, 'succeeded');
});

test('YARN is silent when Livy says it ended: after half a minute Livy’s word stands, with a note', async (t) => {
  const { registry, run, clock } = setUp([success]);
  registry.down();
  const start = clock.now();
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded');
  t.true(clock.now() - start >= 30_000);
  t.regex(outcome.notes?.join() ?? '', /YARN does not answer.*word alone/);
});

test('YARN is back in time: its word replaces Livy’s', async (t) => {
  const { registry, run, clock } = setUp([dead]);
  registry.set(appId, { tags: [aName] });
  registry.down();
  void clock.sleep(20_000).then(() => registry.up());
  void clock.sleep(90_000).then(() => registry.finish(appId, 'SUCCEEDED'));
  t.is((await run.wait()).kind, 'succeeded');
});

test('a YARN that Livy cannot reach either makes no failure: Livy’s dead waits for YARN through the outage', async (t) => {
  const { registry, run, clock } = setUp([dead]);
  registry.set(appId, { tags: [aName] });
  registry.down();
  void clock.sleep(600_000).then(() => (registry.up(), registry.finish(appId, 'SUCCEEDED')));
  t.is((await run.wait()).kind, 'succeeded');
});

test('an outage without an end leaves Livy’s dead, with a note', async (t) => {
  const { registry, run, clock } = setUp([dead]);
  registry.down();
  const start = clock.now();
  const outcome = await run.wait();
  t.is(outcome.kind, 'failed');
  t.true(clock.now() - start >= 900_000);
  t.regex(outcome.notes?.join() ?? '', /YARN does not answer.*word alone/);
});

test('who looks for seconds only, again and again, learns after a quarter of an hour what Livy alone says', async (t) => {
  const { registry, engine, ledger, ref, clock } = setUp([dead]);
  await ledger.create(recordFor(ref, { phase: 'started' }));
  registry.down();
  const start = clock.now();
  const looks = async (until: number) => {
    while (clock.now() < until) {
      const look = await engine
        .attach(ref)
        .wait({ timeoutMs: 10_000 })
        .catch((error: unknown) => error);
      if (!(look instanceof WaitTimeoutError)) return look;
      await clock.sleep(60_000);
    }
    return undefined;
  };
  t.is(await looks(start + 600_000), undefined);
  // It answers once, and that proves nothing: what was before does not count any more.
  registry.cannotProve = 'its lists are filtered';
  registry.up();
  await t.throwsAsync(engine.attach(ref).wait({ timeoutMs: 10_000 }), { instanceOf: WaitTimeoutError });
  registry.down();
  t.is((await attemptOf(ledger, 'k')).yarnOutage, undefined);
  const again = clock.now();
  t.is(await looks(again + 850_000), undefined);
  t.like(await looks(again + 3_600_000), { kind: 'failed' });
  t.true(clock.now() - again < 1_200_000);
  t.is((await attemptOf(ledger, 'k')).yarnOutage, undefined);
});

test('looks between which YARN may have been there for long are no long outage', async (t) => {
  const { registry, engine, ledger, ref, clock } = setUp([dead]);
  await ledger.create(recordFor(ref, { phase: 'started' }));
  registry.down();
  for (let i = 0; i < 10; i++) {
    await t.throwsAsync(engine.attach(ref).wait({ timeoutMs: 10_000 }), { instanceOf: WaitTimeoutError });
    await clock.sleep(3_600_000);
  }
});

test('two silences of YARN with its word between them are not one', async (t) => {
  const { registry, run, clock } = setUp([success]);
  registry.set(appId, { tags: [aName] });
  const at = (ms: number, act: () => void) => void clock.sleep(ms).then(act);
  registry.down();
  at(20_000, () => registry.up());
  at(40_000, () => registry.down());
  at(60_000, () => registry.up());
  at(90_000, () => registry.finish(appId, 'FAILED'));
  t.is((await run.wait()).kind, 'failed');
});

test('a clock that is set forward makes no long silence of YARN', async (t) => {
  const clock = testClock();
  let offset = 0;
  const jumpy: Clock = { now: () => clock.now() + offset, sleep: (ms, signal) => clock.sleep(ms, signal) };
  const registry = new FakeRegistry(clock);
  const { engine } = rig({ backend: new StubBackend([success]), clock: jumpy, registry });
  const run = engine.attach(refFor(clock));
  registry.set(appId, { tags: [aName] });
  registry.down();
  void clock.sleep(2_000).then(() => (offset = 60_000));
  void clock.sleep(8_000).then(() => (registry.up(), registry.finish(appId, 'FAILED')));
  t.is((await run.wait()).kind, 'failed');
});

test('Livy says dead and YARN never had it: it failed before it came to YARN', async (t) => {
  const { run, ledger, ref, clock } = setUp([dead]);
  await ledger.create(recordFor(ref, { posts: [{ at: ref.createdAt, serverMs: clock.now() }] }));
  const start = clock.now();
  const outcome = await run.wait();
  t.is(outcome.kind, 'failed');
  t.is(clock.now(), start, 'at once: its absence is proven');
  t.regex(outcome.notes?.join() ?? '', /YARN has no record/);
});

for (const [title, known] of [
  ['an application that YARN had and has forgotten', { appId }],
  ['what a YARN without its memory may have forgotten', {}],
] as const) {
  test(`Livy says dead of ${title}: lost, for it says so of any such one`, async (t) => {
    const { registry, run, ledger, ref, clock } = setUp([dead], known);
    await ledger.create(recordFor(ref, { posts: [{ at: ref.createdAt, serverMs: clock.now() - 1 }] }));
    registry.restart();
    const outcome = await run.wait();
    t.is(outcome.kind, 'lost');
    t.true(clock.now() - Date.parse(ref.createdAt) >= 30_000, 'not at once: a YARN may be on its way back');
    t.regex(outcome.notes?.join() ?? '', /YARN has forgotten/);
    t.regex(JSON.stringify(outcome.evidence), /"dead"/);
  });

  test(`Livy says success of ${title}: it saw YARN say so, and that stands, with a note`, async (t) => {
    const { registry, run, ledger, ref, clock } = setUp([success], known);
    await ledger.create(recordFor(ref, { posts: [{ at: ref.createdAt, serverMs: clock.now() - 1 }] }));
    registry.restart();
    const outcome = await run.wait();
    t.is(outcome.kind, 'succeeded');
    t.regex(outcome.notes?.join() ?? '', /word alone/);
  });
}

test('two outages of YARN with an answer between them that proves nothing are not one', async (t) => {
  const { registry, run, ledger, ref, clock } = setUp([dead]);
  await ledger.create(recordFor(ref, { posts: [{ at: ref.createdAt, serverMs: clock.now() - 1 }] }));
  const at = (ms: number, act: () => void) => void clock.sleep(ms).then(act);
  registry.down();
  at(600_000, () => (registry.restart(), registry.up()));
  at(620_000, () => registry.down());
  await t.throwsAsync(run.wait(), { instanceOf: UnreachableError, message: /15 minutes/ });
  t.is((await attemptOf(ledger, 'k')).outcome, undefined, 'nobody knows, so nobody says');
  registry.up();
  registry.set(appId, { tags: [aName], raw: 'KILLED', finalStatus: 'KILLED' });
  t.is((await run.wait()).kind, 'cancelled');
});

test('an outage of YARN is no part of the half minute in which it answers and cannot say', async (t) => {
  const { registry, run, clock } = setUp([dead]);
  registry.cannotProve = 'its lists are filtered';
  const at = (ms: number, act: () => void) => void clock.sleep(ms).then(act);
  registry.down();
  at(60_000, () => registry.up());
  at(80_000, () => registry.set(appId, { tags: [aName], raw: 'FINISHED', finalStatus: 'SUCCEEDED' }));
  t.is((await run.wait()).kind, 'succeeded');
});

test('Livy says dead of what was sent at a time unknown, and YARN is young enough to have forgotten it: lost', async (t) => {
  for (const [isYoung, kind] of [
    [true, 'lost'],
    [false, 'failed'],
  ] as const) {
    const { registry, run, ledger, ref } = setUp([dead]);
    await ledger.create(recordFor(ref, { posts: [{ at: ref.createdAt }] }));
    if (isYoung) registry.restart();
    t.is((await run.wait()).kind, kind);
  }
});

test('an application that YARN has no record of and then has again goes on', async (t) => {
  const { registry, run, clock } = setUp([dead], { appId });
  void clock.sleep(20_000).then(() => registry.set(appId, { tags: [aName] }));
  void clock.sleep(25_000).then(() => registry.restart());
  void clock
    .sleep(45_000)
    .then(() => registry.set(appId, { tags: [aName], raw: 'FINISHED', finalStatus: 'SUCCEEDED' }));
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded', 'two gaps do not add up');
  t.deepEqual(outcome.notes ?? [], []);
});

test('never lost while YARN is silent, with the application id known or not', async (t) => {
  for (const known of [{}, { appId }]) {
    const { registry, run, ledger, ref } = setUp([undefined], known);
    await ledger.create(recordFor(ref));
    registry.down();
    await t.throwsAsync(run.wait(), { instanceOf: UnreachableError });
    t.is((await attemptOf(ledger, 'k')).outcome, undefined);
  }
});

test('never lost while Livy is silent, though YARN has no record', async (t) => {
  const { run } = setUp([silent], { appId });
  await t.throwsAsync(run.wait(), { instanceOf: UnreachableError });
});

test('Livy forgot it, and so did a YARN without its memory: lost, with YARN’s doubt in the evidence', async (t) => {
  const { registry, run, ledger, ref } = setUp([undefined]);
  await ledger.create(recordFor(ref, { posts: [{ at: ref.createdAt, serverMs: 0 }] }));
  registry.restart();
  const outcome = await run.wait();
  t.is(outcome.kind, 'lost');
  t.regex(JSON.stringify(outcome.evidence), /restarted after the first request/);
});

test('YARN knows that it is over, not how: Livy’s word on the end stands, with a note', async (t) => {
  const { registry, run } = setUp([running, dead]);
  registry.set(appId, { tags: [aName], raw: 'FINISHED', state: 'unknown', unclear: 'client mode' });
  const outcome = await run.wait();
  t.is(outcome.kind, 'failed');
  t.regex(outcome.notes?.join() ?? '', /not how \(client mode\)/);
});

test('YARN knows that it is over, not how, and Livy forgot it: lost, never guessed, and never waited on for ever', async (t) => {
  const { registry, run } = setUp([undefined], { appId });
  registry.set(appId, { tags: [aName], raw: 'FINISHED', state: 'unknown', unclear: 'client mode' });
  t.is((await run.wait()).kind, 'lost');
});

test('the History Server knows that it stopped, not how: lost, with its word in the evidence', async (t) => {
  const history: OutcomeSource = {
    source: 'history-server',
    status: async () => ({
      raw: 'COMPLETED',
      state: 'unknown',
      unclear: 'the driver has stopped',
      source: 'history-server',
      links: { history: 'http://hs:18080/history/application_1_1' },
    }),
  };
  const { run } = setUp([undefined], { appId, sources: [history] });
  const outcome = await run.wait();
  t.is(outcome.kind, 'lost');
  t.is(outcome.links.history, 'http://hs:18080/history/application_1_1');
  t.regex(JSON.stringify(outcome.evidence), /the driver has stopped/);
});

test('a driver that YARN started twice is in the notes', async (t) => {
  const { registry, run } = setUp([running], { appId });
  registry.set(appId, { raw: 'FINISHED', finalStatus: 'SUCCEEDED', attempts: 2 });
  t.regex((await run.wait()).notes?.join() ?? '', /started the driver 2 times/);
});

test('a YARN that refuses our credentials is a silence, not the end of the wait', async (t) => {
  const { registry, run } = setUp([running, running, running, success], { appId });
  registry.byId = () => Promise.reject(new AuthError(403, 'not for you'));
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded');
  t.regex(outcome.notes?.join() ?? '', /not for you/);
});

test('nobody has a record: lost, and the evidence names everybody', async (t) => {
  const history: OutcomeSource = { source: 'history-server', status: async () => undefined };
  const { run } = setUp([undefined], { appId, sources: [history] });
  const outcome = await run.wait();
  t.is(outcome.kind, 'lost');
  t.deepEqual([...new Set(outcome.evidence.map(({ source }) => source))].sort(), [
    'history-server',
    'ledger',
    'livy',
    'yarn',
  ]);
});

test('YARN and Livy forgot it, the History Server knows: that is the outcome', async (t) => {
  const history: OutcomeSource = {
    source: 'history-server',
    status: async ({ appId: id }) =>
      id === appId ? { raw: 'completed', state: 'succeeded', source: 'history-server', links: {}, appId } : undefined,
  };
  const { run } = setUp([undefined], { appId, sources: [history] });
  t.is((await run.wait()).kind, 'succeeded');
});

test('never lost while a source is silent', async (t) => {
  const history: OutcomeSource = {
    source: 'history-server',
    status: () => Promise.reject(new UnreachableError('no route', 'no')),
  };
  const { run } = setUp([undefined], { appId, sources: [history] });
  await t.throwsAsync(run.wait(), { instanceOf: UnreachableError, message: /no route/ });
});

test('two applications under one tag: the first one counts', async (t) => {
  const { registry, run, clock } = setUp([undefined]);
  registry.set('application_1_2', { tags: [aName], startedMs: clock.now() });
  registry.finish('application_1_2', 'FAILED');
  registry.set('application_1_1', { tags: [aName], startedMs: clock.now() - 1_000 });
  registry.finish('application_1_1', 'SUCCEEDED');
  t.is((await run.wait()).ref.appId, 'application_1_1');
});

test('a batch that livywire did not start is not looked for by its name as a tag, and Livy’s word on its end stands', async (t) => {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  registry.set('application_1_99', { tags: ['etl'], user: 'somebody-else' });
  const { engine } = rig({ backend: new StubBackend([dead]), registry, clock });
  const start = clock.now();
  const outcome = await engine.attach(refFor(clock, { attempt: 0, key: 'livy:7', name: 'etl' })).wait();
  t.is(outcome.kind, 'failed');
  t.is(outcome.ref.appId, undefined);
  t.is(clock.now(), start, 'there is nothing to wait for');
  t.deepEqual(registry.requests, []);
  t.regex(outcome.notes?.join() ?? '', /YARN was not asked/);
});
