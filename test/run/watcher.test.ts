/** While somebody watches all runs of a ledger, those who only wait read the ledger, and leave the servers alone. */
import test from 'ava';
import type { Ledger, RunStatus, WatchedRun } from '../../src/core/index.js';
import { memoryLedger } from '../../src/run/index.js';
import { WatcherView } from '../../src/run/watcher-view.js';
import { createWatchHandler } from '../../src/lambda/index.js';
import { MemoryBackend, type Script, type TestClock, testClock, testLivywire } from '../../src/testing/index.js';
import { recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { StubBackend } from '../helpers/stub-backend.js';

const spec = { file: 's3://b/j.py' };
const MINUTE = 60_000;

function setUp(script: Script = { afterMs: 30 * MINUTE }) {
  const clock = testClock({ auto: true });
  const backend = new MemoryBackend({ clock, script: () => script });
  const ledger = memoryLedger();
  const starter = testLivywire({ clock, backend, ledger });
  /** As another process has it. */
  const waiter = (random?: () => number) =>
    rig({ clock, backend, ledger, watcher: new WatcherView(ledger, clock, random) }).engine;
  const asked = (): readonly string[] => backend.requests.filter((request) => !request.startsWith('POST'));
  return { clock, backend, ledger, starter, waiter, asked };
}

/** Says that it watches, every minute for so long. */
async function beating(
  clock: TestClock,
  ledger: Ledger,
  forMs: number,
  runs: (now: string) => Readonly<Record<string, WatchedRun>>,
): Promise<void> {
  for (const until = clock.now() + forMs; clock.now() < until; await clock.sleep(MINUTE)) {
    const at = new Date(clock.now()).toISOString();
    await ledger.beat?.({ v: 1, at, open: 1, runs: runs(at) });
  }
}

test.serial(
  'four hundred who wait for four hundred runs ask no server while somebody watches, and all learn the end',
  async (t) => {
    t.timeout(120_000);
    const { clock, backend, ledger, starter, waiter } = setUp({ outcome: 'failed', afterMs: 6 * MINUTE });
    const runs = await Promise.all(Array.from({ length: 400 }, (_, i) => starter.submit(spec, { key: `k${i}` })));
    const options = {
      clock,
      env: {},
      write: () => undefined,
      open: async () => ({ runs: starter, ledger, close: async () => undefined }),
    };
    const watch = createWatchHandler(options);
    const context = () => {
      const until = clock.now() + 300_000;
      return { getRemainingTimeInMillis: () => until - clock.now() };
    };
    let done = false;
    const watching = (async () => {
      while (!done) {
        const next = clock.now() + 300_000;
        await watch({}, context());
        await clock.sleep(next - clock.now());
      }
    })();
    await clock.sleep(3 * MINUTE);
    // Each with an engine of its own, and a backend that is there for nothing.
    const theirs = new MemoryBackend({ clock });
    const outcomes = await Promise.all(
      runs.map(async ({ ref }) => {
        const { engine } = rig({ clock, ledger, backend: theirs, watcher: new WatcherView(ledger, clock) });
        const run = engine.attach(ref);
        t.like(await run.status(), { state: 'running', source: 'ledger' });
        return run.wait();
      }),
    );
    done = true;
    await watching;
    t.deepEqual([...new Set(outcomes.map(({ kind }) => kind))], ['failed']);
    t.deepEqual(theirs.requests, []);
    t.true(backend.requests.length > 0);
    t.is((await waiter().attach(runs[0]!.ref).wait()).kind, 'failed');
  },
);

test('once nothing was heard of the watcher for minutes, each asks for itself, and not all at once', async (t) => {
  const { clock, backend, ledger, starter } = setUp({ afterMs: 60 * MINUTE });
  const runs = await Promise.all(Array.from({ length: 40 }, (_, i) => starter.submit(spec, { key: `k${i}` })));
  const seen = (at: string) =>
    Object.fromEntries(runs.map(({ ref }) => [ref.name, { at, raw: 'running', state: 'running' as const }]));
  await clock.sleep(10 * MINUTE);
  const lastBeat = clock.now() + 4 * MINUTE;
  const watching = beating(clock, ledger, 5 * MINUTE, seen);
  const began: number[] = [];
  await Promise.all(
    runs.map(async ({ ref }, i) => {
      const random = () => (i + 0.5) / 40;
      const { engine } = rig({ clock, ledger, backend, watcher: new WatcherView(ledger, clock, random) });
      for await (const { source } of engine.attach(ref).watch()) {
        if (source === 'ledger') continue;
        began.push(clock.now() - lastBeat);
        break;
      }
    }),
  );
  await watching;
  t.is(began.length, 40);
  t.true(Math.min(...began) > 3 * MINUTE - 1_000, `${Math.min(...began)}`);
  t.true(Math.max(...began) < 6.5 * MINUTE, `${Math.max(...began)}`);
  const first = began.filter((ms) => ms < Math.min(...began) + 5_000);
  t.true(first.length <= 30, `${first.length} at once`);
});

test('when the watcher is back, nobody asks any more', async (t) => {
  const { clock, ledger, starter, waiter, asked } = setUp({ afterMs: 90 * MINUTE });
  const { ref } = await starter.submit(spec);
  const seen = (at: string) => ({ [ref.name]: { at, raw: 'running', state: 'running' as const } });
  await beating(clock, ledger, 2 * MINUTE, seen);
  await clock.sleep(10 * MINUTE);
  const sources: RunStatus['source'][] = [];
  const watching = waiter().attach(ref).watch();
  for (let i = 0; i < 3; i++) sources.push((await watching.next()).value?.source ?? 'livy');
  t.false(sources.includes('ledger'));
  const again = beating(clock, ledger, 10 * MINUTE, seen);
  await clock.sleep(3 * MINUTE);
  await watching.next();
  const before = asked().length;
  for (let i = 0; i < 5; i++) t.is((await watching.next()).value?.source, 'ledger');
  t.is(asked().length, before);
  await again;
});

for (const [what, runs] of [
  ['of this run it says nothing', () => ({})],
  [
    'it has not seen this run for long',
    (_at: string, name: string) => ({
      [name]: { at: '2000-01-01T00:00:00Z', raw: 'running', state: 'running' as const },
    }),
  ],
] as const)
  test(`a watcher is there, but ${what}: the servers are asked, and the end is known`, async (t) => {
    const { clock, ledger, starter, waiter, asked } = setUp({ afterMs: 10 * MINUTE });
    const { ref } = await starter.submit(spec);
    const watching = beating(clock, ledger, 20 * MINUTE, (at) => runs(at, ref.name));
    t.is((await waiter().attach(ref).status()).source, 'test');
    t.is((await waiter().attach(ref).wait()).kind, 'succeeded');
    t.true(asked().length > 2);
    await watching;
  });

test('a clock that is an hour off blinds nobody: it is believed once its beat is seen to go on', async (t) => {
  const { clock, ledger, starter, waiter } = setUp({ afterMs: 60 * MINUTE });
  const { ref } = await starter.submit(spec);
  for (const hour of [-60, 60]) {
    const engine = waiter();
    const sources: (string | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      const at = new Date(clock.now() + hour * MINUTE).toISOString();
      await ledger.beat?.({ v: 1, at, open: 1, runs: { [ref.name]: { at, raw: 'running', state: 'running' } } });
      sources.push((await engine.attach(ref).status()).source);
      await clock.sleep(MINUTE);
    }
    t.deepEqual(sources, ['test', 'ledger', 'ledger']);
  }
});

test('who stops a run, reads its log, explains it, or has a limit for its queue asks the servers', async (t) => {
  const { clock, ledger, starter, waiter, asked } = setUp({ afterMs: 60 * MINUTE });
  const { ref } = await starter.submit(spec);
  const at = new Date(clock.now()).toISOString();
  await ledger.beat?.({ v: 1, at, open: 1, runs: { [ref.name]: { at, raw: 'running', state: 'running' } } });
  const run = waiter().attach(ref);
  t.is((await run.status()).source, 'ledger');
  t.is(asked().length, 0);
  const silent = run.events({ log: false });
  t.like((await silent.next()).value, { type: 'state', status: { source: 'ledger' } });
  await silent.return();
  t.is(asked().length, 0);
  for await (const event of run.events()) if (event.type === 'state') break;
  t.true(asked().length > 0);
  const sources = new Set<string>();
  await t.throwsAsync(
    (async () => {
      for await (const { source } of run.watch({ queueTimeoutMs: 60_000, timeoutMs: 5_000 })) sources.add(source);
    })(),
  );
  t.deepEqual([...sources], ['test']);
  t.is((await run.diagnose()).status.source, 'test');
  t.is((await run.cancel()).kind, 'cancelled');
});

test('of an end that is being explained the watcher is waited for; without it, whoever waits explains it', async (t) => {
  const { clock, ledger, starter, waiter, backend } = setUp({
    outcome: 'failed',
    afterMs: MINUTE,
    lines: ['ValueError: no rows'],
  });
  const { ref } = await starter.submit(spec, { key: 'k' });
  await clock.sleep(2 * MINUTE);
  const entry = await ledger.get('k');
  const [attempt] = entry?.record.attempts ?? [];
  if (!entry || !attempt) throw new Error('no record');
  const unfinished = { raw: 'dead', state: 'failed', source: 'test', links: {} } as const;
  const outcome = {
    v: 1, kind: 'failed', ref, evidence: [], links: {}, knownAt: new Date(clock.now()).toISOString(),
    diagnosis: { code: 'UNKNOWN', title: 'It ended as dead', transient: false, lines: [], next: [] },
  } as const; // prettier-ignore
  await ledger.update(
    { ...entry.record, attempts: [{ ...attempt, phase: 'ended', outcome, unfinished }] },
    entry.version,
  );
  const seenAt = new Date(clock.now()).toISOString();
  const watching = beating(clock, ledger, 3 * MINUTE, () => ({
    [ref.name]: { at: seenAt, raw: 'running', state: 'running' },
  }));
  backend.requests.length = 0;
  t.is((await waiter().attach(ref).status()).source, 'ledger');
  t.deepEqual(backend.requests, []);
  t.is((await waiter().attach(ref).wait()).kind, 'failed');
  t.true(backend.requests.length > 0);
  t.is((await ledger.get('k'))?.record.attempts[0]?.unfinished, undefined);
  await watching;
});

test('a clock that is set back makes nobody believe a watcher for longer that has fallen silent', async (t) => {
  let now = Date.parse('2026-11-01T12:00:00Z');
  const at = new Date(now).toISOString();
  const ledger = { lastBeat: async () => ({ v: 1, at, open: 0, runs: {} }) as const };
  const view = new WatcherView(ledger, { now: () => now, sleep: async () => undefined }, () => 0);
  t.truthy(await view.sees('one'));
  now -= 60 * MINUTE;
  t.truthy(await view.sees('one'));
  now += 3 * MINUTE + 1;
  t.is(await view.sees('one'), undefined);
});

for (const call of ['lastBeat', 'get'] as const)
  test(`a ledger that hangs (${call}) keeps nobody who waits from the servers, and can be left at any time`, async (t) => {
    const { clock, backend, ledger: store, starter } = setUp({ afterMs: 10 * MINUTE });
    const { ref } = await starter.submit(spec);
    const at = new Date(clock.now()).toISOString();
    await store.beat?.({ v: 1, at, open: 1, runs: { [ref.name]: { at, raw: 'running', state: 'running' } } });
    const ledger = { ...store, [call]: () => new Promise<never>(() => undefined) };
    const waiter = () => rig({ clock, backend, ledger, watcher: new WatcherView(ledger, clock) }).engine.attach(ref);
    const abort = new AbortController();
    const left = waiter().wait({ signal: abort.signal });
    abort.abort(new Error('enough'));
    await t.throwsAsync(left, { message: 'enough' });
    t.is((await waiter().status()).source, 'test');
    t.is((await waiter().wait()).kind, 'succeeded');
  });

test('who has followed a run by its watcher alone knows its application once the watcher has gone', async (t) => {
  const clock = testClock({ auto: true });
  const ledger = memoryLedger();
  const backend = new StubBackend([undefined]);
  const registry = new FakeRegistry(clock);
  const ref = refFor(clock);
  await ledger.create(recordFor(ref));
  const at = new Date(clock.now()).toISOString();
  const watched = { at, raw: 'RUNNING', state: 'running', appId: 'application_1_1' } as const;
  await ledger.beat?.({ v: 1, at, open: 1, runs: { [ref.name]: watched } });
  const { engine } = rig({ clock, backend, ledger, registry, watcher: new WatcherView(ledger, clock) });
  const run = engine.attach(ref);
  await run.status();
  t.is(run.ref.appId, 'application_1_1');
  // Not by its tag.
  registry.set('application_1_1', { tags: [], raw: 'FINISHED', finalStatus: 'SUCCEEDED' });
  t.is((await engine.attach(ref).wait()).kind, 'succeeded');
  t.is(registry.requests[0], 'app application_1_1');
});

test('a run that was never started by livywire is asked about at the servers', async (t) => {
  const { clock, ledger, starter, waiter, asked } = setUp();
  const { ref } = await starter.submit(spec);
  await ledger.beat?.({ v: 1, at: new Date(clock.now()).toISOString(), open: 0, runs: {} });
  await waiter()
    .attach({ ...ref, attempt: 0, key: 'livy:0' })
    .status();
  t.is(asked().length, 1);
});

test('YARN is left alone as well', async (t) => {
  const clock = testClock({ auto: true });
  const ledger = memoryLedger();
  const backend = new MemoryBackend({ clock, script: () => ({ afterMs: 60 * MINUTE }) });
  const { ref } = await testLivywire({ clock, backend, ledger }).submit(spec);
  const at = new Date(clock.now()).toISOString();
  const watched = { at, raw: 'RUNNING', state: 'running', appId: 'application_1_1' } as const;
  await ledger.beat?.({ v: 1, at, open: 1, runs: { [ref.name]: watched } });
  const registry = new FakeRegistry(clock);
  const { engine } = rig({ clock, backend, ledger, registry, watcher: new WatcherView(ledger, clock) });
  t.like(await engine.attach(ref).status(), { appId: 'application_1_1', raw: 'RUNNING' });
  t.deepEqual(registry.requests, []);
});
