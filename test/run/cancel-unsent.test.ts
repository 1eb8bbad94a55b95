import test from 'ava';
import type { Ledger, RunOutcome, StartAnswer } from '../../src/core/index.js';
import { memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { attemptOf, entryOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { StubBackend } from '../helpers/stub-backend.js';

// A cancel that comes before the job was sent keeps it from being sent.
const spec = { file: 's3://b/j.py' };
const by = (outcome: RunOutcome | undefined) => (outcome?.kind === 'cancelled' ? outcome.by : outcome?.kind);
const full: StartAnswer = { kind: 'busy', message: 'too many sessions' };

function setUp({ ledger = memoryLedger(), answer = full }: { ledger?: Ledger; answer?: StartAnswer } = {}) {
  const clock = testClock();
  const lw = testLivywire({ clock, ledger });
  let posts = 0;
  lw.backend.start = async () => {
    posts++;
    return answer;
  };
  return { clock, ledger, lw, posts: () => posts };
}

test('a run that waits for a free session is cancelled at once, and never sent again', async (t) => {
  const { lw, clock, ledger, posts } = setUp();
  const submitting = lw.submit(spec, { key: 'k' });
  await clock.sleep(20_000);
  const asked = clock.now();
  const outcome = await (await lw.find('k')).cancel();
  t.is(by(outcome), 'livywire');
  t.true(clock.now() - asked < 5_000);
  const sent = posts();
  const run = await submitting;
  t.is(run.how, 'adopted');
  t.is(by(run.outcome), 'livywire');
  t.is(by(await run.wait()), 'livywire');
  t.is(posts(), sent);
  const { phase, claim, posts: kept } = await attemptOf(ledger, 'k');
  t.deepEqual([phase, claim, kept], ['ended', undefined, []]);
});

test('one whose submitter died before it sent anything ends at once', async (t) => {
  const { engine, ledger, clock, backend } = rig({ backend: new StubBackend([undefined]) });
  backend.stop = async () => t.fail('there is nothing to stop');
  const ref = refFor(clock);
  const leaseUntil = new Date(clock.now() + 60_000).toISOString();
  const claim = { owner: 'gone/1', host: 'elsewhere', pid: 1, leaseUntil };
  await ledger.create(recordFor(ref, { phase: 'claimed', posts: [], claim }));
  t.is(by(await engine.attach(ref).cancel()), 'livywire');
  t.is((await attemptOf(ledger, 'k')).phase, 'ended');
});

test('a cancel that comes while a request is under way counts if that request started nothing', async (t) => {
  const { lw, clock, posts } = setUp();
  let answer = (_: StartAnswer) => {};
  lw.backend.start = async () => new Promise((resolve) => (answer = resolve));
  const submitting = lw.submit(spec, { key: 'k' });
  await clock.sleep(1_000);
  const cancelling = lw.find('k').then((run) => run.cancel());
  await clock.sleep(10_000);
  lw.backend.start = async () => t.fail('sent again');
  answer(full);
  t.is(by(await cancelling), 'livywire');
  t.is(by((await submitting).outcome), 'livywire');
  t.is(posts(), 0);
});

test('whoever holds the claim finds a cancel in the ledger before it sends', async (t) => {
  const { lw, ledger, clock, posts } = setUp();
  const ref = refFor(clock);
  const cancelAskedAt = new Date(clock.now()).toISOString();
  const plan = await testLivywire({ ledger }).plan(spec, { key: 'k' });
  await ledger.create(recordFor({ ...ref, name: String(plan.name) }, { phase: 'claimed', posts: [], cancelAskedAt }));
  const run = await lw.submit(spec, { key: 'k' });
  t.is(run.how, 'adopted');
  t.is(by(run.outcome), 'livywire');
  t.is(posts(), 0);
});

test('a request of unknown fate that is proven to have started nothing is not repeated after a cancel', async (t) => {
  const clock = testClock();
  const lw = testLivywire({ clock });
  lw.backend.failNext('request-lost');
  const submitting = lw.submit(spec, { key: 'k' });
  await clock.sleep(20_000);
  const cancelling = lw.find('k').then((run) => run.cancel());
  const run = await submitting;
  t.is(by(run.outcome), 'livywire');
  t.is(by(await cancelling), 'livywire');
  t.is(lw.backend.requests.filter((one) => one.startsWith('POST')).length, 1);
});

test('a new attempt that is cancelled before it was sent is not followed by another', async (t) => {
  const clock = testClock();
  const ledger = memoryLedger();
  await (
    await testLivywire({ clock, ledger, script: () => ({ outcome: 'failed' }) }).submit(spec, { key: 'k' })
  ).wait();
  const { lw } = setUp({ ledger });
  const submitting = lw.submit(spec, { key: 'k', retryOf: 'failed' });
  await lw.clock.sleep(20_000);
  t.is(by(await (await lw.find('k')).cancel()), 'livywire');
  const run = await submitting;
  t.is(run.ref.attempt, 2);
  t.is(by(run.outcome), 'livywire');
});

for (const [what, prepare] of [
  ['a key that nobody had', () => undefined],
  [
    'a claim that its owner left',
    (ledger: Ledger, name: string) =>
      ledger.create(
        recordFor(refFor(testClock(), { name, endpoint: 'memory://test' }), { phase: 'claimed', posts: [] }),
      ),
  ],
] as const) {
  test(`a cancel is the answer to a submit that asked for a new attempt, on ${what}`, async (t) => {
    const { lw, clock, ledger } = setUp();
    await prepare(ledger, String((await lw.plan(spec, { key: 'k' })).name));
    const submitting = lw.submit(spec, { key: 'k', retryOf: 'failed' });
    await clock.sleep(20_000);
    t.is(by(await (await lw.find('k')).cancel()), 'livywire');
    const run = await submitting;
    t.is(run.ref.attempt, 1);
    t.is(by(run.outcome), 'livywire');
  });
}

test('whoever asked for a new attempt while another was sending one sends none when that is cancelled', async (t) => {
  const { lw, clock, ledger } = setUp();
  const other = testLivywire({ clock, ledger });
  const submitting = lw.submit(spec, { key: 'k' });
  await clock.sleep(5_000);
  const waiting = other.submit(spec, { key: 'k', retryOf: 'failed' });
  await clock.sleep(20_000);
  t.is(by(await (await lw.find('k')).cancel()), 'livywire');
  t.is(by((await submitting).outcome), 'livywire');
  t.is(by((await waiting).outcome), 'livywire');
  t.is(other.backend.requests.length, 0);
});

test('after that a new attempt is sent when one is asked for', async (t) => {
  const { lw, clock, ledger } = setUp();
  const submitting = lw.submit(spec, { key: 'k' });
  await clock.sleep(20_000);
  await (await lw.find('k')).cancel();
  await submitting;
  const run = await testLivywire({ clock, ledger }).submit(spec, { key: 'k', retryOf: 'failed' });
  t.is(run.how, 'started');
  t.is(run.ref.attempt, 2);
});

test('the time for which nobody had a record begins anew where it was not started yet in between', async (t) => {
  const { engine, ledger, clock } = rig({ backend: new StubBackend([undefined]) });
  const { id: _, ...ref } = refFor(clock);
  const askedAt = ref.createdAt;
  const record = recordFor(ref, { phase: 'posting', cancelAskedAt: askedAt });
  await ledger.create(record);
  const mark = async (asked: boolean) => {
    const { record, version } = await entryOf(ledger, 'k');
    const { cancelAskedAt: _old, ...rest } = record.attempts[0]!;
    const attempt = asked ? { ...rest, cancelAskedAt: askedAt } : rest;
    await ledger.update({ ...record, attempts: [attempt] }, version);
  };
  void clock.sleep(50_000).then(() => mark(false));
  void clock.sleep(70_000).then(() => mark(true));
  const start = clock.now();
  t.is((await engine.attach(ref).wait()).kind, 'lost');
  t.true(clock.now() - start >= 130_000, `${clock.now() - start}`);
});
