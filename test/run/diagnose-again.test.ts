import test from 'ava';
import type { LogItem } from '../../src/core/index.js';
import { testClock } from '../../src/testing/index.js';
import { recordFor, refFor, rig } from '../helpers/engine.js';
import { readerOf } from '../helpers/log-readers.js';
import { dead, StubBackend } from '../helpers/stub-backend.js';

const line = (text: string): LogItem => ({ type: 'line', stream: 'stderr', text, source: 'livy' });

/** A diagnosis that knows more where there is a log; without one it has a reason all the same. */
async function world(log: () => readonly LogItem[]) {
  const clock = testClock();
  const { engine, ledger } = rig({
    backend: new StubBackend([dead]),
    clock,
    logs: { open: () => readerOf(async () => log()) },
    diagnose: ({ lines }) => {
      const code = lines.at(-1)?.text ?? 'DRIVER_LOST';
      return { code, title: code, transient: false, lines: [], next: [] };
    },
  });
  const ref = refFor(clock);
  await ledger.create(recordFor(ref));
  const run = engine.attach(ref);
  await run.wait();
  return { codeNow: async () => (await run.diagnose()).diagnosis?.code };
}

test('what was read in a log that nobody has any more still counts', async (t) => {
  let log = [line('DRIVER_OOM')];
  const { codeNow } = await world(() => log);
  log = [];
  t.is(await codeNow(), 'DRIVER_OOM');
});

test('what a log says now counts, whatever was said when it could not be read', async (t) => {
  let log: LogItem[] = [];
  const { codeNow } = await world(() => log);
  t.is(await codeNow(), 'DRIVER_LOST');
  log = [line('DRIVER_OOM')];
  t.is(await codeNow(), 'DRIVER_OOM');
});
