import process from 'node:process';
import test from 'ava';
import { type Claim, JobRefusedError, SubmitBusyError } from '../../src/core/index.js';
import { currentIdentity, type Identity } from '../../src/run/index.js';
import { memoryLedger, MemoryBackend, testClock, testLivywire, type TestLivywire } from '../../src/testing/index.js';
import { attemptOf, entryOf } from '../helpers/engine.js';

const spec = { file: 's3://b/j.py' };
const us = currentIdentity();
const LEASE = 60_000;
const GRACE = 120_000 + 60_000;

/** A claim by somebody else on a first attempt that was never sent; then what a submit of ours does about it. */
async function claimedBy(claim: Partial<Claim>, identity: Identity = us) {
  const clock = testClock();
  const ledger = memoryLedger();
  const backend = new MemoryBackend({ clock });
  const lw = testLivywire({ clock, ledger, backend, identity });
  const start = backend.start.bind(backend);
  const stuck: TestLivywire = testLivywire({ clock, ledger, backend, identity });
  backend.start = () => Promise.reject(new Error('stop here'));
  await stuck.submit(spec, { key: 'k' }).catch(() => undefined);
  backend.start = start;
  const { record, version } = await entryOf(ledger, 'k');
  const leaseUntil = new Date(clock.now() + LEASE).toISOString();
  const whole: Claim = { owner: 'somebody/else', host: us.host, pid: us.pid, leaseUntil, ...claim };
  const attempts = [{ ...record.attempts[0]!, phase: 'claimed' as const, posts: [], claim: whole }];
  await ledger.update({ ...record, attempts }, version);
  const from = clock.now();
  return { submit: () => lw.submit(spec, { key: 'k' }), waited: () => clock.now() - from, backend, ledger, clock };
}
/** A pid that nobody has. */
const nobody = 2 ** 22 + 1;

test('a dead owner on this host is taken over at once', async (t) => {
  const { submit, waited } = await claimedBy({
    pid: nobody,
    ...(us.pidStart !== undefined && { pidStart: us.pidStart }),
  });
  t.is((await submit()).how, 'started');
  t.is(waited(), 0);
});

test('an owner whose pid was given to another process is dead', async (t) => {
  const pidStart = us.pidStart?.replace(/^\d+/, '1');
  if (pidStart === undefined) return void t.pass('no /proc here: pids cannot be told from each other');
  const { submit, waited } = await claimedBy({ pidStart });
  t.is((await submit()).how, 'started');
  t.is(waited(), 0);
});

test('an owner on this host that is alive is waited for', async (t) => {
  const { submit, waited } = await claimedBy(us.pidStart === undefined ? {} : { pidStart: us.pidStart });
  await submit();
  t.true(waited() >= LEASE + GRACE);
});

for (const [title, realm] of [
  ['of another container', (start: string) => start.replace(/pid:\[\d+\]/, 'pid:[1]')],
  [
    'of another boot, or of another machine by the same name',
    (start: string) => start.replace(/@[^/]+/, '@other-boot'),
  ],
] as const) {
  test(`the pids ${title} mean nothing here: its owner is not called dead`, async (t) => {
    if (us.pidStart === undefined) return void t.pass('no /proc here');
    const { submit, waited } = await claimedBy({ pid: nobody, pidStart: realm(us.pidStart) });
    await submit();
    t.true(waited() >= LEASE + GRACE);
  });
}

test('an owner on another host is taken over only after lease, longest request and settle time', async (t) => {
  const { submit, waited } = await claimedBy({ host: 'elsewhere', pid: nobody });
  t.is((await submit()).how, 'started');
  t.true(waited() >= LEASE + GRACE);
  t.true(waited() <= LEASE + GRACE + 1_000);
});

test('an owner that renews its lease is never taken over: the other one gives up at its deadline', async (t) => {
  const { ledger, clock, backend, submit } = await claimedBy({ host: 'elsewhere' });
  let isOver = false;
  const renew = (async () => {
    while (!isOver) {
      await clock.sleep(20_000);
      const { record, version } = await entryOf(ledger, 'k');
      const [attempt] = record.attempts;
      const claim = { ...attempt!.claim!, leaseUntil: new Date(clock.now() + LEASE).toISOString() };
      await ledger.update({ ...record, attempts: [{ ...attempt!, claim }] }, version);
    }
  })();
  await t.throwsAsync(submit(), { instanceOf: SubmitBusyError, message: /on elsewhere/ });
  isOver = true;
  await renew;
  t.deepEqual(backend.requests.filter((r) => r.startsWith('POST')).length, 0);
});

test('a worker or a second copy of the code in this process is not taken for one of ours that gave up', async (t) => {
  const { submit, waited } = await claimedBy({ owner: 'another-copy/1', ...us });
  await submit();
  t.true(waited() >= LEASE + GRACE);
});

test('a claim that a submit of this process left behind is taken over at once', async (t) => {
  const clock = testClock();
  const inner = memoryLedger();
  const lw = testLivywire({
    clock,
    ledger: { ...inner, update: () => Promise.reject(new Error('the disk is gone')) },
    identity: us,
  });
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { message: 'the disk is gone' });
  t.not((await attemptOf(inner, 'k')).claim, undefined);
  const from = clock.now();
  const run = await testLivywire({ clock, ledger: inner, backend: lw.backend, identity: us }).submit(spec, {
    key: 'k',
  });
  t.is(run.how, 'started');
  t.is(clock.now(), from);
});

test('an owner that was taken over while it was away sends nothing', async (t) => {
  const clock = testClock();
  const inner = memoryLedger();
  const backend = new MemoryBackend({ clock });
  const slow = testLivywire({
    clock,
    backend,
    identity: { host: 'a', pid: 1 },
    ledger: {
      ...inner,
      update: async (record, version) => {
        await clock.sleep(400_000); // the machine slept before the write of its intent
        return inner.update(record, version);
      },
    },
  });
  const other = testLivywire({ clock, backend, ledger: inner, identity: { host: 'b', pid: 1 } });
  const first = slow.submit(spec, { key: 'k' });
  await clock.sleep(1_000);
  const second = await other.submit(spec, { key: 'k' });
  t.is(second.how, 'started');
  t.is((await first).how, 'adopted');
  t.is(backend.requests.filter((r) => r.startsWith('POST')).length, 1);
});

test('an owner that slept after the write of its intent asks the ledger before it sends', async (t) => {
  const clock = testClock();
  const inner = memoryLedger();
  const backend = new MemoryBackend({ clock });
  let isFirst = true;
  const slow = testLivywire({
    clock,
    backend,
    identity: { host: 'a', pid: 1 },
    ledger: {
      ...inner,
      update: async (record, version) => {
        const answer = await inner.update(record, version);
        if (isFirst) await clock.sleep(900_000);
        isFirst = false;
        return answer;
      },
    },
  });
  const other = testLivywire({ clock, backend, ledger: inner, identity: { host: 'b', pid: 1 } });
  const first = slow.submit(spec, { key: 'k', deadlineMs: 3_600_000 });
  await clock.sleep(1_000);
  const second = await other.submit(spec, { key: 'k' });
  backend.forgetAll(); // so that the name alone would not save us
  t.is((await first).how, 'adopted');
  t.is(backend.applications(second.ref.name), 1);
});

test('a stale owner never removes what its successor started', async (t) => {
  const clock = testClock();
  const inner = memoryLedger();
  const backend = new MemoryBackend({ clock });
  const start = backend.start.bind(backend);
  let isFirst = true;
  backend.start = async (plan) => {
    if (!isFirst) return start(plan);
    isFirst = false;
    backend.failNext('rejected');
    const answer = await start(plan);
    await clock.sleep(2_000_000); // stopped; meanwhile the other one removed the leftover and started the job
    return answer;
  };
  const one = testLivywire({ clock, backend, ledger: inner, identity: { host: 'a', pid: 1 } });
  const two = testLivywire({ clock, backend, ledger: inner, identity: { host: 'b', pid: 1 } });
  const first = one.submit(spec, { key: 'k', deadlineMs: 1e9 });
  await clock.sleep(1_000);
  const second = await two.submit(spec, { key: 'k' });
  t.is(second.how, 'started');
  const removals = backend.requests.filter((r) => r.startsWith('DELETE')).length;
  t.is((await first).how, 'adopted');
  t.is(backend.requests.filter((r) => r.startsWith('DELETE')).length, removals);
  t.is(backend.applications(second.ref.name), 1);
});

test('a stale owner whose job is refused does not remove what its successor holds, however young that looks', async (t) => {
  const clock = testClock();
  const inner = memoryLedger();
  const backend = new MemoryBackend({ clock });
  const start = backend.start.bind(backend);
  let isFirst = true;
  backend.start = async (plan) => {
    if (!isFirst) return start(plan);
    isFirst = false;
    await clock.sleep(2_000_000);
    backend.find = async () => ({ raw: 'starting', state: 'waiting', source: 'test', links: {} });
    return { kind: 'refused', error: new JobRefusedError('no such file any more'), leftover: true };
  };
  const removed: string[] = [];
  const one = testLivywire({ clock, backend, ledger: inner, identity: { host: 'a', pid: 1 } });
  const two = testLivywire({ clock, backend, ledger: inner, identity: { host: 'b', pid: 1 } });
  const first = one.submit(spec, { key: 'k', deadlineMs: 1e9 });
  await clock.sleep(1_000);
  t.is((await two.submit(spec, { key: 'k' })).how, 'started');
  backend.discard = async (name) => void removed.push(name);
  t.is((await first).how, 'adopted');
  t.deepEqual(removed, []);
});

test('this process knows itself', (t) => {
  t.is(us.pid, process.pid);
  t.deepEqual(currentIdentity(), us);
});
