import test from 'ava';
import { ConfigError, UnreachableError } from '../../src/core/index.js';
import { MemoryBackend, memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';

const spec = { file: 's3://b/j.py' };
const plan = (name: string) => ({ spec, name, tags: [name] });

test('a job goes as its script says', async (t) => {
  const clock = testClock();
  const backend = new MemoryBackend({
    clock,
    script: ({ args }) => ({ outcome: args?.[0] === 'bad' ? 'failed' : 'succeeded', afterMs: 5_000 }),
  });
  const lw = testLivywire({ clock, backend });
  const start = clock.now();
  t.is((await (await lw.submit({ ...spec, args: ['bad'] })).wait()).kind, 'failed');
  t.true(clock.now() - start >= 5_000);
  t.is((await (await lw.submit(spec)).wait()).kind, 'succeeded');
});

test('a name is refused twice, as Livy does it', async (t) => {
  const backend = new MemoryBackend({ clock: testClock() });
  t.is((await backend.start(plan('a'))).kind, 'started');
  t.is((await backend.start(plan('a'))).kind, 'duplicate');
  t.is(backend.applications('a'), 1);
});

test('a rejected job leaves its name behind until it is discarded, and was no application', async (t) => {
  const backend = new MemoryBackend({ clock: testClock() });
  backend.failNext('rejected');
  t.is((await backend.start(plan('a'))).kind, 'refused');
  t.is((await backend.find('a'))?.raw, 'starting');
  t.is((await backend.start(plan('a'))).kind, 'duplicate');
  await backend.discard('a');
  t.is(await backend.find('a'), undefined);
  t.is(backend.applications('a'), 0);
});

test('what is discarded is only ever a leftover', async (t) => {
  const backend = new MemoryBackend({ clock: testClock() });
  await backend.start(plan('a'));
  await backend.discard('a');
  t.is((await backend.find('a'))?.raw, 'running');
});

test('a backend that is down answers nothing, and its jobs go on', async (t) => {
  const clock = testClock();
  const backend = new MemoryBackend({ clock });
  await backend.start(plan('a'));
  backend.down();
  await t.throwsAsync(backend.find('a'), { instanceOf: UnreachableError });
  t.is((await backend.start(plan('b'))).kind, 'unsent');
  await clock.sleep(60_000);
  backend.up();
  t.is((await backend.find('a'))?.state, 'succeeded');
});

test('what was forgotten is gone, and still counts as an application', async (t) => {
  const backend = new MemoryBackend({ clock: testClock() });
  await backend.start(plan('a'));
  backend.forgetAll();
  t.is(await backend.find('a'), undefined);
  t.is((await backend.start(plan('a'))).kind, 'started');
  t.is(backend.applications('a'), 2);
});

test('a bad spec is refused as a real backend would', (t) => {
  t.throws(() => new MemoryBackend({ clock: testClock() }).check({ file: '' }), { instanceOf: ConfigError });
});

test('the engine for tests closes, lists and plans like the real one', async (t) => {
  const lw = testLivywire({ ledger: memoryLedger() });
  await lw.submit(spec, { key: 'k' });
  const keys: string[] = [];
  for await (const { key } of lw.list()) keys.push(key);
  t.deepEqual(keys, ['k']);
  await lw.close();
});
