import test from 'ava';
import type { Ledger } from '../../src/core/index.js';
import { memoryLedger, testClock } from '../../src/testing/index.js';
import { attemptOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { dead, running, StubBackend, success } from '../helpers/stub-backend.js';

// A store that takes a request and never answers, when the run ends.
const never = () => new Promise<never>(() => undefined);

async function setUp(hangs: readonly (keyof Ledger)[], end = success) {
  const clock = testClock();
  const store = memoryLedger();
  const backend = new StubBackend([running]);
  const ledger = { ...store };
  const { engine, warnings } = rig({ backend, clock, ledger });
  const ref = refFor(clock);
  await store.create(recordFor(ref));
  void clock.sleep(60_000).then(() => {
    backend.says(end);
    for (const call of hangs) Object.assign(ledger, { [call]: never });
  });
  const start = clock.now();
  return { clock, store, ledger, warnings, backend, run: engine.attach(ref), sinceMs: () => clock.now() - start };
}

for (const [what, hangs] of [
  ['write', ['update']],
  ['answer anything', ['update', 'get']],
] as const) {
  for (const end of [success, dead]) {
    test(`a ledger that does not ${what} holds no outcome back (${JSON.stringify(end)})`, async (t) => {
      const { run, sinceMs, warnings } = await setUp(hangs, end);
      const outcome = await run.wait();
      t.is(outcome.kind, end === success ? 'succeeded' : 'failed');
      t.true(sinceMs() < 120_000, `${sinceMs()}`);
      t.regex(outcome.notes?.join('; ') ?? '', /could not be written to the ledger .*did not answer/);
      t.is(warnings.filter((text) => text.includes('could not be written')).length, 1);
    });
  }
}

test('what a ledger took late stands in it without the word that it did not', async (t) => {
  const { run, store, ledger, clock } = await setUp([], dead);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  ledger.update = async (record, version) => (await held, store.update(record, version));
  t.regex((await run.wait()).notes?.join() ?? '', /could not be written/);
  t.is((await attemptOf(store, 'k')).outcome, undefined);
  release();
  await clock.sleep(1_000);
  const { outcome } = await attemptOf(store, 'k');
  t.is(outcome?.kind, 'failed');
  t.is(outcome?.notes, undefined);
});
