import test from 'ava';
import type { LogReader, RunOutcome } from '../../src/core/index.js';
import { conclude } from '../../src/run/conclude.js';
import { type DiagnosisFacts, memoryLedger } from '../../src/run/index.js';
import { Observer } from '../../src/run/observer.js';
import { writeOutcome } from '../../src/run/write-outcome.js';
import { MemoryBackend, testClock, testLivywire } from '../../src/testing/index.js';
import { attemptOf, entryOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { readerOf } from '../helpers/log-readers.js';
import { dead, StubBackend, success } from '../helpers/stub-backend.js';

const LOG = ['Traceback (most recent call last):', '  File "j.py", line 1', 'ValueError: no such day'];
const codeOf = (outcome?: RunOutcome) => (outcome?.kind === 'failed' ? outcome.diagnosis.code : outcome?.kind);
const aLog = (): LogReader =>
  readerOf(async () => LOG.map((text) => ({ type: 'line', stream: 'stderr', text, source: 'livy' }) as const));

/** Holds whoever comes first until it is let go, or gives up. */
function gate() {
  let open = (): void => undefined;
  let come = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (come = resolve));
  let isFirst = true;
  const pass = async (signal?: AbortSignal): Promise<void> => {
    if (!isFirst) return;
    isFirst = false;
    come();
    await Promise.race([
      opened,
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      ),
    ]);
  };
  return { open, reached, pass };
}

/** A run that failed, and whose log the first reader does not get to read. */
function failing() {
  const clock = testClock();
  const ledger = memoryLedger();
  const backend = new MemoryBackend({
    clock,
    script: ({ args = [] }) => ({ outcome: args.length > 0 ? 'failed' : 'succeeded' }),
  });
  const held = gate();
  backend.open = () => ({
    async *read(ref, options) {
      await held.pass(options?.signal);
      yield* aLog().read(ref, options);
    },
    async *finish() {},
  });
  const livywire = () => testLivywire({ clock, backend, ledger });
  const start = () => livywire().submit({ file: 's3://b/j.py', args: ['bad'] }, { key: 'k' });
  return { backend, ledger, held, livywire, start };
}

test('that a run failed is in the ledger before its log is read, and why afterwards', async (t) => {
  const { start, ledger, held } = failing();
  const waiting = (await start()).wait();
  await held.reached;
  const before = await attemptOf(ledger, 'k');
  t.is(before.phase, 'ended');
  t.is(before.outcome?.kind, 'failed');
  t.like(before.unfinished, { raw: 'dead', state: 'failed' });
  held.open();
  const outcome = await waiting;
  t.is(codeOf(outcome), 'PYTHON_EXCEPTION');
  const { outcome: kept, unfinished } = await attemptOf(ledger, 'k');
  t.deepEqual(kept, outcome);
  t.is(unfinished, undefined);
});

for (const [verb, finishOff] of [
  ['wait', (lw: ReturnType<typeof testLivywire>) => lw.find('k').then((run) => run.wait())],
  ['diagnose', (lw: ReturnType<typeof testLivywire>) => lw.find('k').then((run) => run.diagnose())],
  ['status', (lw: ReturnType<typeof testLivywire>) => lw.find('k').then((run) => run.status())],
] as const) {
  test(`who is killed while reading the log loses no end: with every server's memory gone, a later ${verb} says why`, async (t) => {
    const { start, ledger, held, livywire, backend } = failing();
    const abort = new AbortController();
    const waiting = (await start()).wait({ signal: abort.signal });
    await held.reached;
    abort.abort(new Error('killed'));
    await t.throwsAsync(waiting, { message: 'killed' });
    backend.forgetAll();
    t.is((await livywire().find('k')).outcome, undefined, 'nobody takes it for the whole answer');
    await finishOff(livywire());
    const { outcome, unfinished } = await attemptOf(ledger, 'k');
    t.is(codeOf(outcome), 'PYTHON_EXCEPTION');
    t.is(unfinished, undefined);
  });
}

test('who asks while another one reads the log reads it too, and both have the answer that is kept', async (t) => {
  const { start, ledger, held, livywire } = failing();
  const first = (await start()).wait();
  await held.reached;
  const second = await (await livywire().find('k')).wait();
  t.is(codeOf(second), 'PYTHON_EXCEPTION');
  held.open();
  t.deepEqual(await first, second);
  t.deepEqual((await attemptOf(ledger, 'k')).outcome, second);
});

test('a new attempt while the log of the last one is read: both attempts keep what is theirs', async (t) => {
  const { start, ledger, held, livywire } = failing();
  const first = (await start()).wait();
  await held.reached;
  const again = await livywire().submit({ file: 's3://b/j.py' }, { key: 'k', retryOf: 'failed' });
  t.is(again.ref.attempt, 2);
  held.open();
  t.like(await first, { kind: 'failed', ref: { attempt: 1 } });
  t.is((await again.wait()).kind, 'succeeded');
  const { record } = await entryOf(ledger, 'k');
  t.deepEqual(
    record.attempts.map(({ outcome, unfinished }) => [codeOf(outcome), unfinished]),
    [
      ['PYTHON_EXCEPTION', undefined],
      ['succeeded', undefined],
    ],
  );
});

test('a reason that comes after the next attempt has begun goes to its own attempt, and how it ended is not changed', async (t) => {
  const clock = testClock();
  const { ledger, engine, ...deps } = rig({ backend: new StubBackend([dead]), clock });
  const ref = refFor(clock);
  const run = engine.attach(ref);
  await ledger.create(recordFor(ref));
  const whole = await run.wait();
  const { record, version } = await entryOf(ledger, 'k');
  const [one] = record.attempts;
  const two = { ...one!, attempt: 2, name: ref.name.replace('-a1', '-a2'), phase: 'claimed' } as const;
  const unfinished = { raw: 'dead', state: 'failed', source: 'livy', links: {} } as const;
  const { outcome: _none, ...claimed } = two;
  await ledger.update({ ...record, attempts: [{ ...one!, unfinished }, claimed] }, version);
  await writeOutcome({ ...deps, ledger }, { ...whole, kind: 'succeeded' });
  t.is((await entryOf(ledger, 'k')).record.attempts[0]?.outcome?.kind, 'failed');
  await writeOutcome({ ...deps, ledger }, { ...whole, notes: ['late'] });
  const { attempts } = (await entryOf(ledger, 'k')).record;
  t.deepEqual(attempts[0]?.outcome?.notes, ['late']);
  t.is(attempts[0]?.unfinished, undefined);
  t.deepEqual(attempts[1], claimed);
});

test('who is killed while counting what Spark did loses no success', async (t) => {
  const clock = testClock();
  const held = gate();
  const abort = new AbortController();
  const progress = { open: () => t.fail(), final: () => held.pass(abort.signal).then(() => undefined) };
  const { engine, ledger } = rig({ backend: new StubBackend([success]), clock, progress });
  const ref = refFor(clock);
  await ledger.create(recordFor(ref));
  const waiting = engine.attach(ref).wait({ signal: abort.signal });
  await held.reached;
  t.is((await attemptOf(ledger, 'k')).outcome?.kind, 'succeeded');
  abort.abort(new Error('killed'));
  await t.throwsAsync(waiting, { message: 'killed' });
  t.is((await engine.attach(ref).wait()).kind, 'succeeded');
  t.is((await attemptOf(ledger, 'k')).unfinished, undefined);
});

for (const [what, ending] of [
  ['nobody knew', { kind: 'lost' }],
  ['it had succeeded', { kind: 'ended', status: { raw: 'success', state: 'succeeded', source: 'livy', links: {} } }],
] as const) {
  test(`who finds an end that is not explained yet explains that one, also where the servers said that ${what}`, async (t) => {
    const clock = testClock();
    const read: DiagnosisFacts[] = [];
    const { engine: _, ...deps } = rig({
      backend: new StubBackend([undefined]),
      clock,
      diagnose: (facts) => {
        read.push(facts);
        return { code: 'SEEN', title: 'seen', transient: false, lines: [], next: [] };
      },
    });
    const ref = refFor(clock);
    const unfinished = { raw: 'dead', state: 'failed', source: 'livy', links: {} } as const;
    const diagnosis = { code: 'UNKNOWN', title: 'It ended as dead', transient: false, lines: [], next: [] };
    const base = { v: 1, ref, evidence: [], links: {}, knownAt: ref.createdAt } as const;
    const outcome = { ...base, kind: 'failed', diagnosis } as const;
    await deps.ledger.create(recordFor(ref, { phase: 'ended', outcome, unfinished }));
    t.is(codeOf(await conclude(deps, new Observer(deps, ref), ending)), 'SEEN');
    t.like(read[0]?.status, { raw: 'dead', state: 'failed' });
    const kept = await attemptOf(deps.ledger, 'k');
    t.is(codeOf(kept.outcome), 'SEEN');
    t.is(kept.unfinished, undefined);
  });
}
