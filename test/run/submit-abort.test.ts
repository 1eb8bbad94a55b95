import test from 'ava';
import { type Ledger, type RunRecord, UnreachableError } from '../../src/core/index.js';
import { type Fault, memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { attemptOf } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';

const spec = { file: 's3://b/j.py' };
const why = new Error('the caller went away');

/** The engine with a hook before every await that it makes: the caller aborts at the n-th one. */
function abortAt(step: number, faults: readonly Fault[]) {
  const abort = new AbortController();
  const steps: string[] = [];
  const hook = (name: string) => {
    steps.push(name);
    if (steps.length === step) abort.abort(why);
  };
  const clock = testClock();
  const hooked = {
    now: () => clock.now(),
    sleep: (ms: number, signal?: AbortSignal) => {
      const nap = clock.sleep(ms, signal);
      hook('sleep');
      return nap;
    },
  };
  const inner = memoryLedger();
  const ledger: Ledger = {
    ...inner,
    namespace: async () => (hook('namespace'), inner.namespace()),
    get: async (key) => (hook('get'), inner.get(key)),
    create: async (record: RunRecord) => (hook('create'), inner.create(record)),
    update: async (record: RunRecord, version: string) => (hook('update'), inner.update(record, version)),
  };
  const registry = new FakeRegistry(clock);
  const lw = testLivywire({ clock: hooked, ledger, registry });
  const { backend } = lw;
  backend.failNext(...faults);
  const start = backend.start.bind(backend);
  backend.start = async (plan) => (hook('start'), start(plan));
  const find = backend.find.bind(backend);
  backend.find = async (name) => (hook('find'), find(name));
  const serverTime = registry.serverTime.bind(registry);
  registry.serverTime = async () => (hook('serverTime'), serverTime());
  return { lw, abort, steps, inner };
}

const schedules: readonly (readonly [string, readonly Fault[]])[] = [
  ['without faults', []],
  ['with a lost reply', ['reply-lost']],
  ['with a lost request', ['request-lost']],
  ['under back-pressure', ['busy', 'busy']],
  ['with a refused connection', ['refused']],
];
for (const [title, faults] of schedules) {
  test(`a submit ${title} that is aborted at any await rejects with the reason, and the next one finishes the work`, async (t) => {
    const { lw: whole, steps } = abortAt(Infinity, faults);
    await whole.submit(spec, { key: 'k' });
    t.true(steps.length > 5);
    for (let step = 1; step <= steps.length; step++) {
      const { lw, abort, inner } = abortAt(step, faults);
      const at = `step ${step}, ${steps[step - 1]}`;
      const first = await lw.submit(spec, { key: 'k', signal: abort.signal }).then(
        (run) => run.how,
        (error: unknown) => error,
      );
      // After the last write there is nothing left to abort.
      if (step < steps.length - 1) t.is(first, why, at);
      const run = await lw.submit(spec, { key: 'k' });
      t.is(run.ref.attempt, 1, at);
      t.is(lw.backend.applications(run.ref.name), 1, at);
      t.is((await attemptOf(inner, 'k')).phase, 'started', at);
      t.is((await attemptOf(inner, 'k')).claim, undefined, at);
    }
  });
}

test('an abort before the request takes the intent back, so that the next submit need not settle', async (t) => {
  const { lw, abort, inner } = abortAt(6, []);
  await t.throwsAsync(lw.submit(spec, { key: 'k', signal: abort.signal }), { is: why });
  t.deepEqual((await attemptOf(inner, 'k')).posts, []);
});

test('an abort while the request is under way rejects at once; what came of the request is written down', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  const abort = new AbortController();
  let answer = () => {};
  const start = lw.backend.start.bind(lw.backend);
  lw.backend.start = async (plan) => {
    abort.abort(why);
    await new Promise<void>((resolve) => (answer = resolve));
    return start(plan);
  };
  await t.throwsAsync(lw.submit(spec, { key: 'k', signal: abort.signal }), { is: why });
  t.is((await attemptOf(ledger, 'k')).phase, 'posting');
  const again = lw.submit(spec, { key: 'k' });
  answer();
  t.is((await again).how, 'adopted');
  t.is(lw.backend.applications((await again).ref.name), 1);
});

test('nobody sends while an abandoned request is still under way, however long that takes', async (t) => {
  const lw = testLivywire();
  const abort = new AbortController();
  const start = lw.backend.start.bind(lw.backend);
  let requests = 0;
  lw.backend.start = async (plan) => {
    requests++;
    abort.abort(why);
    await lw.clock.sleep(110_000);
    return start(plan);
  };
  await t.throwsAsync(lw.submit(spec, { key: 'k', signal: abort.signal }), { is: why });
  const again = await lw.submit(spec, { key: 'k' });
  t.is(requests, 1);
  t.is(lw.backend.applications(again.ref.name), 1);
});

test('an abort while the request is under way, and a request that fails: the next submit asks', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  const abort = new AbortController();
  const start = lw.backend.start.bind(lw.backend);
  lw.backend.start = async (plan) => {
    lw.backend.start = start;
    abort.abort(why);
    await start(plan);
    return { kind: 'unknown', error: new UnreachableError('reset', 'maybe') };
  };
  await t.throwsAsync(lw.submit(spec, { key: 'k', signal: abort.signal }), { is: why });
  const again = await lw.submit(spec, { key: 'k' });
  t.is(again.how, 'adopted');
  t.is(lw.backend.applications(again.ref.name), 1);
});

test('a signal that is aborted already sends nothing and writes nothing', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  await t.throwsAsync(lw.submit(spec, { key: 'k', signal: AbortSignal.abort(why) }), { is: why });
  t.is(await ledger.get('k'), undefined);
  t.deepEqual(lw.backend.requests, []);
});

test('a submit that waits for another one can be aborted', async (t) => {
  const lw = testLivywire();
  const abort = new AbortController();
  const start = lw.backend.start.bind(lw.backend);
  let answer = () => {};
  lw.backend.start = async (plan) => {
    await new Promise<void>((resolve) => (answer = resolve));
    return start(plan);
  };
  const first = lw.submit(spec, { key: 'k' });
  const second = lw.submit(spec, { key: 'k', signal: abort.signal });
  void lw.clock.sleep(5_000).then(() => abort.abort(why));
  await t.throwsAsync(second, { is: why });
  answer();
  t.is((await first).how, 'started');
});
