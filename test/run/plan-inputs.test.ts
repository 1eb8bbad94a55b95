import test from 'ava';
import { ConfigError } from '../../src/core/index.js';
import { MemoryBackend, memoryLedger, testClock } from '../../src/testing/index.js';
import { rig } from '../helpers/engine.js';

const spec = { file: 's3://b/j.py' };

test('a plan looks at the inputs of a run that would be new, before its files are brought anywhere, and not of one that is there', async (t) => {
  const clock = testClock();
  const looked: string[] = [];
  let isThere = false;
  const { engine } = rig({
    clock,
    ledger: memoryLedger(),
    backend: new MemoryBackend({ clock, script: () => ({ outcome: 'failed', afterMs: 1_000 }) }),
    inputs: async (paths) => {
      looked.push(...paths);
      if (!isThere) throw new ConfigError('the input is not there', { field: '--input' });
    },
  });
  const want = { key: 'k', inputs: ['s3://b/in'] };
  await t.throwsAsync(engine.plan(spec, want), { message: 'the input is not there' });
  isThere = true;
  const run = await engine.submit(spec, want);
  await run.wait();

  isThere = false;
  looked.length = 0;
  await engine.plan(spec, want);
  t.deepEqual(looked, [], 'adopted: its data may be gone by now');
  await t.throwsAsync(engine.plan(spec, { ...want, retryOf: 'failed' }), { message: 'the input is not there' });
});

test('where nothing can be started any more, a new key is refused by the plan, before its files are brought anywhere, and leaves no record', async (t) => {
  const clock = testClock();
  const ledger = memoryLedger();
  const backend = new MemoryBackend({ clock });
  const open = rig({ clock, ledger, backend }).engine;
  const run = await open.submit(spec, { key: 'old' });
  const closed = Object.assign(backend, { closed: 'nightly has ended and takes no more jobs' });
  const { engine } = rig({ clock, ledger, backend: closed });
  const refused = { instanceOf: ConfigError, message: /has ended and takes no more jobs/ };
  await t.throwsAsync(engine.plan(spec, { key: 'new' }), refused);
  await t.throwsAsync(engine.submit(spec, { key: 'new' }), refused);
  t.is(await ledger.get('new'), undefined);
  await run.wait();
  t.is((await engine.submit(spec, { key: 'old' })).how, 'adopted', 'what ran there can still be asked for');
});
