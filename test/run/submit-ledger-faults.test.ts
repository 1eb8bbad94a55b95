import fc from 'fast-check';
import test from 'ava';
import {
  ConfigError,
  type Ledger,
  LedgerConflictError,
  LedgerError,
  type RunRecord,
  SubmitUnknownError,
  UnreachableError,
} from '../../src/core/index.js';
import { type Fault, MemoryBackend, memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { attemptOf, entryOf, rig } from '../helpers/engine.js';
import { faultyLedger, type LedgerFault } from '../helpers/faulty-ledger.js';

const spec = { file: 's3://b/j.py' };
const total = (lw: ReturnType<typeof testLivywire>) =>
  lw.backend.names.reduce((sum, name) => sum + lw.backend.applications(name), 0);

test('a write that fails before anything was sent sends nothing', async (t) => {
  for (const writes of [['before'], ['none', 'before']] satisfies LedgerFault[][]) {
    const lw = testLivywire({ ledger: faultyLedger(memoryLedger(), { writes }) });
    await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: LedgerError });
    t.is(total(lw), 0);
    t.is((await lw.submit(spec, { key: 'k' })).how, 'started');
    t.is(total(lw), 1);
  }
});

test('an intent that was written though its answer was lost is as good as any', async (t) => {
  const lw = testLivywire({ ledger: faultyLedger(memoryLedger(), { writes: ['none', 'after'] }) });
  t.is((await lw.submit(spec, { key: 'k' })).how, 'started');
  t.is(total(lw), 1);
});

test('a start whose first write fails is written down all the same', async (t) => {
  const ledger = faultyLedger(memoryLedger(), { writes: ['none', 'none', 'before', 'before'] });
  const run = await testLivywire({ ledger }).submit(spec, { key: 'k' });
  t.is(run.how, 'started');
  t.is(run.ref.id, '0');
  t.is((await attemptOf(ledger, 'k')).phase, 'started');
});

test('a start that cannot be written down is not lost for its caller, and the next submit finds it', async (t) => {
  const writes: LedgerFault[] = ['none', 'none', ...Array.from({ length: 6 }, () => 'before' as const)];
  const inner = memoryLedger();
  const ledger = faultyLedger(inner, { writes });
  const backend = new MemoryBackend({ clock: testClock(), script: () => ({ afterMs: 1e9 }) });
  const { engine, warnings } = rig({ backend, ledger });
  const run = await engine.submit(spec, { key: 'k' });
  t.is(run.how, 'started');
  t.is(run.ref.id, '0');
  t.is((await run.status()).state, 'running');
  t.regex(warnings.join(), /could not be written to the ledger \(.+\)/);
  t.is((await attemptOf(inner, 'k')).phase, 'posting');
  writes.length = 0;
  t.is((await engine.submit(spec, { key: 'k' })).how, 'adopted');
  t.is((await attemptOf(inner, 'k')).phase, 'started');
  t.is(backend.applications(run.ref.name), 1);
});

test('nor where the store of the ledger fails in its own words', async (t) => {
  const inner = memoryLedger();
  let writes = 0;
  const update: Ledger['update'] = (...entry) =>
    ++writes > 1 ? Promise.reject(new ConfigError('the credentials have expired')) : inner.update(...entry);
  const backend = new MemoryBackend({ clock: testClock(), script: () => ({ afterMs: 1e9 }) });
  const { engine } = rig({ backend, ledger: { ...inner, update } });
  t.like(await engine.submit(spec, { key: 'k' }), { how: 'started', ref: { id: '0' } });
  t.is((await attemptOf(inner, 'k')).phase, 'posting');
});

test('a ledger that fails after a request of unknown fate does not read as nothing started', async (t) => {
  const writes: LedgerFault[] = [];
  const lw = testLivywire({ ledger: faultyLedger(memoryLedger(), { writes }) });
  lw.backend.failNext('reply-lost');
  const start = lw.backend.start.bind(lw.backend);
  lw.backend.start = async (plan) => {
    const answer = await start(plan);
    lw.backend.down();
    const find = lw.backend.find.bind(lw.backend);
    lw.backend.find = () => Promise.reject(new UnreachableError('Livy does not answer', 'no'));
    void lw.clock.sleep(120_000).then(() => ((lw.backend.find = find), lw.backend.up()));
    writes.push(...Array.from({ length: 50 }, () => 'before' as const));
    return answer;
  };
  const error = await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: SubmitUnknownError });
  t.true(error.cause instanceof LedgerError);
  await lw.clock.sleep(200_000);
  t.is((await lw.attach(error.ref).wait()).kind, 'succeeded');
  t.is(total(lw), 1);
});

test('a ledger that says conflict to its own create is read again, not waited for', async (t) => {
  const inner = memoryLedger();
  const ledger = {
    ...inner,
    create: async (record: RunRecord) => {
      await inner.create(record);
      throw new LedgerConflictError('a retry inside the store met its own first try');
    },
  };
  const lw = testLivywire({ ledger });
  const start = lw.clock.now();
  t.is((await lw.submit(spec, { key: 'k' })).how, 'started');
  t.is(lw.clock.now(), start);
  t.is(total(lw), 1);
});

test('a ledger that is too slow to be safe is a LedgerError at the deadline, and nothing was sent', async (t) => {
  const inner = memoryLedger();
  const lw = testLivywire({
    ledger: {
      ...inner,
      update: async (record: RunRecord, version: string) => {
        await lw.clock.sleep(40_000);
        return inner.update(record, version);
      },
    },
  });
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: LedgerError, message: /too slow/ });
  t.is(total(lw), 0);
  t.deepEqual((await attemptOf(inner, 'k')).posts, []);
});

test('a cancel that is asked for during the submit does not take the claim away', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  const start = lw.backend.start.bind(lw.backend);
  lw.backend.start = async (plan) => {
    const { record, version } = await entryOf(ledger, 'k');
    const attempts = record.attempts.map((a) => ({ ...a, cancelAskedAt: '2026-01-01T00:00:00.000Z' }));
    await ledger.update({ ...record, attempts }, version);
    return start(plan);
  };
  t.is((await lw.submit(spec, { key: 'k' })).how, 'started');
  const { phase, cancelAskedAt } = await attemptOf(ledger, 'k');
  t.is(phase, 'started');
  t.is(cancelAskedAt, '2026-01-01T00:00:00.000Z');
});

test('an outcome that a watcher wrote during the submit is not taken back', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  const start = lw.backend.start.bind(lw.backend);
  lw.backend.start = async (plan) => {
    const answer = await start(plan);
    await (await lw.find('k')).wait(); // the reply took longer than the job
    return answer;
  };
  t.is((await (await lw.submit(spec, { key: 'k' })).wait()).kind, 'succeeded');
  t.is((await attemptOf(ledger, 'k')).phase, 'ended');
});

test('whatever the ledger and the server lose, there is one application in the end', async (t) => {
  const ledgerFault = fc.constantFrom<LedgerFault>('before', 'after', 'none');
  const fault = fc.constantFrom<Fault>('reply-lost', 'request-lost', 'refused', 'busy');
  const schedule = fc.record({
    writes: fc.array(ledgerFault, { maxLength: 12 }),
    reads: fc.array(fc.constantFrom<LedgerFault>('before', 'none'), { maxLength: 8 }),
    faults: fc.array(fault, { maxLength: 3 }),
    outcomeWrites: fc.array(ledgerFault, { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(schedule, async ({ writes, reads, faults, outcomeWrites }) => {
      const ledger = faultyLedger(memoryLedger(), { writes: [...writes], reads: [...reads] });
      const lw = testLivywire({ ledger });
      lw.backend.failNext(...faults);
      for (let i = 0; i < 40; i++) {
        const run = await lw.submit(spec, { key: 'k' }).catch(() => undefined);
        t.true(total(lw) <= 1);
        if (!run) continue;
        ledger.writes.push(...outcomeWrites);
        t.is((await run.wait()).kind, 'succeeded');
        break;
      }
      t.is(total(lw), 1);
    }),
    { numRuns: 150 },
  );
});
