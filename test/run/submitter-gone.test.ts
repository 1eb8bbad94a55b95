import test from 'ava';
import type { RunStatus } from '../../src/core/index.js';
import { testClock } from '../../src/testing/index.js';
import { aName, attemptOf, entryOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { running, type Said, silent, StubBackend, success } from '../helpers/stub-backend.js';

// Who waits for a run whose submitter died before its POST, or after it and before its answer.
const appId = 'application_1_1';
const MINUTE = 60_000;

interface World {
  readonly said?: readonly Said[];
  /** How the submitter left its attempt. */
  readonly left?: Parameters<typeof recordFor>[1];
  readonly withYarn?: boolean;
}

async function setUp({ said = [undefined], left = {}, withYarn = true }: World = {}) {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const backend = new StubBackend(said);
  const parts = rig({ backend, clock, ...(withYarn && { registry }) });
  const { id: _, ...ref } = refFor(clock);
  const posts = [{ at: ref.createdAt, ...(withYarn && { serverMs: clock.now() }) }];
  await parts.ledger.create(recordFor(ref, { phase: 'posting', posts, ...left }));
  const start = clock.now();
  return { ...parts, clock, registry, backend, ref, run: parts.engine.attach(ref), sinceMs: () => clock.now() - start };
}

const claimUntil = (clock: { now(): number }, ms: number) => ({
  owner: 'other/1',
  host: 'elsewhere',
  pid: 9,
  leaseUntil: new Date(clock.now() + ms).toISOString(),
});
/** What a process on another host may have left: its lease, its longest POST and the time to settle are over. */
const staleClaim = claimUntil(testClock(), -10 * MINUTE);
const neverSent = { phase: 'claimed', posts: [], claim: staleClaim } as const;

for (const ask of ['wait', 'status'] as const) {
  test(`${ask} says at once of a run that was never sent that it has to be submitted again`, async (t) => {
    const { run, sinceMs, ledger } = await setUp({ left: neverSent });
    const error = await t.throwsAsync(async () => run[ask](), { code: 'RUN_UNSENT' });
    t.regex(error.message, /never sent; submit again with --key k\b/);
    t.true(sinceMs() < 5_000, `${sinceMs()}`);
    t.is((await attemptOf(ledger, 'k')).outcome, undefined, 'nothing is guessed');
  });
}

test('that it was never sent is known without any server', async (t) => {
  const { run, registry } = await setUp({ left: neverSent, said: [silent] });
  registry.down();
  await t.throwsAsync(async () => run.wait(), { code: 'RUN_UNSENT' });
});

test('one that was to be stopped before it was sent, and never was, is cancelled', async (t) => {
  const { run, clock, sinceMs } = await setUp({
    left: { ...neverSent, cancelAskedAt: new Date(testClock().now()).toISOString() },
    withYarn: false,
  });
  t.is((await run.wait()).kind, 'cancelled');
  t.true(sinceMs() < 5_000, `${clock.now()}`);
});

test('a run that Livy has under its name is adopted, and its end waited for', async (t) => {
  const { run, backend, clock, ledger } = await setUp({
    said: [running],
    left: { claim: staleClaim },
    withYarn: false,
  });
  void clock.sleep(2 * MINUTE).then(() => backend.says(success));
  void clock.sleep(MINUTE).then(async () => {
    const { phase, id, claim } = await attemptOf(ledger, 'k');
    t.deepEqual([phase, id, claim], ['started', '7', undefined], 'for whoever comes next');
  });
  t.is((await run.wait()).kind, 'succeeded');
  t.plan(2);
});

test('one look is enough to adopt it', async (t) => {
  const { run, ledger } = await setUp({ said: [running], withYarn: false });
  t.is((await run.status()).state, 'running');
  const { phase, id } = await attemptOf(ledger, 'k');
  t.deepEqual([phase, id], ['started', '7']);
});

test('a run that only YARN has under its tag is adopted', async (t) => {
  const { run, registry, clock, ledger } = await setUp();
  void clock.sleep(40_000).then(() => registry.set(appId, { tags: [aName] }));
  void clock.sleep(2 * MINUTE).then(() => registry.finish(appId, 'SUCCEEDED'));
  void clock.sleep(100_000).then(async () => {
    const attempt = await attemptOf(ledger, 'k');
    t.deepEqual([attempt.phase, attempt.appId], ['started', appId]);
  });
  t.is((await run.wait()).kind, 'succeeded');
  t.plan(2);
});

for (const withYarn of [true, false]) {
  const who = withYarn ? 'Livy and YARN have' : 'Livy has';
  test(`a request that came to nothing is told apart after a minute in which ${who} no record`, async (t) => {
    const { run, sinceMs, ledger } = await setUp({ left: { claim: staleClaim }, withYarn });
    const status = await run.status();
    t.is(status.state, 'unknown');
    t.regex(status.unclear ?? '', /no server has a record/);
    const error = await t.throwsAsync(async () => run.wait(), { code: 'RUN_UNSENT' });
    t.regex(error.message, /came to nothing.*submit again with --key k\b/);
    t.true(sinceMs() >= MINUTE && sinceMs() < 2 * MINUTE, `${sinceMs()}`);
    t.is((await attemptOf(ledger, 'k')).outcome, undefined);
  });
}

test('an old attempt is settled as fast as a young one', async (t) => {
  const { run, sinceMs, clock } = await setUp();
  await clock.sleep(24 * 60 * MINUTE);
  const from = sinceMs();
  await t.throwsAsync(async () => run.wait(), { code: 'RUN_UNSENT' });
  t.true(sinceMs() - from < 90_000, `${sinceMs() - from}`);
});

test('while the absence proves nothing it is unknown, and in the end that is what is said', async (t) => {
  const { run, registry, sinceMs } = await setUp();
  registry.cannotProve = 'lists are filtered by user';
  const seen: RunStatus[] = [];
  const error = await t.throwsAsync(
    async () => {
      for await (const status of run.watch()) seen.push(status);
    },
    { code: 'SUBMIT_UNKNOWN' },
  );
  t.regex(error.message, /filtered by user/);
  t.deepEqual([...new Set(seen.map(({ state }) => state))], ['unknown']);
  t.regex(seen[0]?.unclear ?? '', /filtered by user/);
  t.true(sinceMs() >= 15 * MINUTE);
});

test('absence counts for nothing where YARN had no time for the first request', async (t) => {
  const { run } = await setUp({ left: { posts: [{ at: new Date().toISOString() }] } });
  await t.throwsAsync(async () => run.wait(), { code: 'SUBMIT_UNKNOWN', message: /its time/ });
});

test('a break in the absence begins the minute anew', async (t) => {
  const { run, registry, clock, sinceMs } = await setUp();
  void clock.sleep(40_000).then(() => registry.down());
  void clock.sleep(50_000).then(() => registry.up());
  await t.throwsAsync(async () => run.wait(), { code: 'RUN_UNSENT' });
  t.true(sinceMs() >= 110_000, `${sinceMs()}`);
});

test('whoever is at work on it is waited for, however long that takes', async (t) => {
  const { run, clock, ledger, backend, ref } = await setUp({ left: { phase: 'claimed', posts: [] }, withYarn: false });
  const write = async (change: Parameters<typeof recordFor>[1]) =>
    ledger.update(recordFor(ref, change), (await entryOf(ledger, 'k')).version);
  await write({ phase: 'claimed', posts: [], claim: claimUntil(clock, 30 * MINUTE) });
  t.regex((await run.status()).unclear ?? '', /submitted by process 9 on elsewhere/);
  void clock.sleep(20 * MINUTE).then(async () => {
    await write({ phase: 'started', id: '7' });
    backend.says(success);
  });
  t.is((await run.wait()).kind, 'succeeded');
});

test('what a refused request left behind in Livy is no run', async (t) => {
  const leftover = { raw: 'starting', state: 'waiting', tail: [] } as const;
  const { run, sinceMs } = await setUp({ said: [leftover], withYarn: false });
  t.is((await run.status()).state, 'unknown');
  await t.throwsAsync(async () => run.wait(), { code: 'RUN_UNSENT' });
  t.true(sinceMs() < 3 * MINUTE, `${sinceMs()}`);
});

test('of what was started for certain Livy’s first word is believed', async (t) => {
  const young = { raw: 'starting', state: 'waiting', tail: [] } as const;
  const { run } = await setUp({ said: [young], left: { phase: 'started' }, withYarn: false });
  t.is((await run.status()).state, 'waiting');
});

test('what was seen to run, and is gone since, is lost: it was started, though the ledger could not be told', async (t) => {
  const { run, backend, clock } = await setUp({ said: [running], withYarn: false });
  await run.status();
  backend.says(undefined);
  t.is((await run.wait()).kind, 'lost', 'written down');
  const other = await setUp({ withYarn: false });
  t.is((await other.engine.attach({ ...other.ref, id: '7' }).wait()).kind, 'lost', `not written down ${clock.now()}`);
});

test('a cancel of what was never sent ends it in the ledger, as before', async (t) => {
  const { run, ledger } = await setUp({ left: neverSent });
  t.is((await run.cancel()).kind, 'cancelled');
  t.is((await attemptOf(ledger, 'k')).phase, 'ended');
});
