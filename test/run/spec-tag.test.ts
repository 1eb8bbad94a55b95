import test from 'ava';
import { KeyConflictError } from '../../src/core/index.js';
import { memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { silent, StubBackend } from '../helpers/stub-backend.js';

// The second tag of an application says which spec it was started from.
const spec = { file: 's3://b/j.py' };
const appId = 'application_1_1';
const otherTag = `livywire-spec-${'ab'.repeat(16)}`;

/** A ledger that was restored from a backup: it knows the namespace, and not what was started under it since. */
async function restored(tagsOf: (tags: readonly string[]) => readonly string[]) {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const plan = await testLivywire({ ledger: memoryLedger({ namespace: 'n' }) }).plan(spec, { key: 'k' });
  const tags = String((plan.conf as Record<string, unknown>)['spark.yarn.tags']).split(',');
  registry.set(appId, { tags: tagsOf(tags) });
  const lw = testLivywire({ clock, registry, ledger: memoryLedger({ namespace: 'n' }) });
  return { lw, registry, posts: () => lw.backend.requests.filter((one) => one.startsWith('POST')) };
}

test('an application under our name from the same spec is adopted', async (t) => {
  const { lw, registry, posts } = await restored((tags) => tags);
  const run = await lw.submit(spec, { key: 'k' });
  t.is(run.how, 'adopted');
  t.is(run.ref.appId, appId);
  registry.finish(appId, 'SUCCEEDED');
  t.is((await run.wait()).notes, undefined);
  t.deepEqual(posts(), []);
});

test('one that was started from another spec is a conflict, and nothing is sent', async (t) => {
  const { lw, posts } = await restored(([name = '']) => [name, otherTag]);
  const error = await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: KeyConflictError });
  t.regex(error.differences.join(), new RegExp(`^spec: ${appId} .*${otherTag} there, livywire-spec-`));
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: KeyConflictError }, 'and so it stays');
  t.deepEqual(posts(), []);
});

test('one that Livy holds by our name is looked up at YARN before it is adopted', async (t) => {
  const { lw, registry } = await restored(([name = '']) => [name, otherTag]);
  lw.backend.find = async (name) => ({ raw: 'running', state: 'running', source: 'livy', name, appId, links: {} });
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: KeyConflictError });
  registry.down();
  t.is((await lw.submit(spec, { key: 'k' })).how, 'adopted', 'what cannot be asked holds nobody up');
});

test('one without the second tag is adopted, and the outcome says so', async (t) => {
  const { lw, registry } = await restored(([name = '']) => [name]);
  const run = await lw.submit(spec, { key: 'k' });
  registry.finish(appId, 'SUCCEEDED');
  const { kind, notes } = await run.wait();
  t.is(kind, 'succeeded');
  t.deepEqual(notes, [`${appId} carries no tag of the spec it was started from`]);
});

test('another spec that shows only at the end is a note, not a change of the outcome', async (t) => {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const { engine, ledger } = rig({ backend: new StubBackend([silent]), registry, clock });
  const ref = refFor(clock, { appId });
  await ledger.create(recordFor(ref));
  registry.set(appId, { tags: [ref.name, otherTag] });
  registry.finish(appId, 'FAILED');
  const { kind, notes = [] } = await engine.attach(ref).wait();
  t.is(kind, 'failed');
  t.regex(notes.join(), /was started from another spec than this ledger's/);
});
