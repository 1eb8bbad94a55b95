import test from 'ava';
import type { RunRecord } from '../../src/core/index.js';
import { testClock } from '../../src/testing/index.js';
import { aName, attemptOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { running, StubBackend } from '../helpers/stub-backend.js';

const first = 'application_1_1';
const second = 'application_1_2';
const MINUTE = 60_000;

/** A run that goes on for an hour, for which so many requests were sent. */
async function setUp({ posts = 2, held = first } = {}) {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const made = rig({ backend: new StubBackend([running]), clock, registry });
  const ref = refFor(clock, { appId: first });
  const post = { at: ref.createdAt, serverMs: clock.now() };
  await made.ledger.create(recordFor(ref, { posts: Array.from({ length: posts }, () => post), appId: held }));
  registry.set(first, { tags: [aName, 'livywire-spec-x'] });
  void clock.sleep(60 * MINUTE).then(() => registry.finish(first, 'SUCCEEDED'));
  const after = (ms: number) => clock.sleep(ms).then(() => registry.set(second, { tags: [aName] }));
  const tags = () => registry.requests.filter((one) => one.startsWith('tag')).length;
  return { ...made, clock, registry, tags, after, run: made.engine.attach(ref) };
}

test('a second application that comes while the first one runs is stopped within a minute or so, said, and in the outcome', async (t) => {
  const { run, registry, clock, after } = await setUp();
  void after(10 * MINUTE);
  let killedAt = Infinity;
  const start = clock.now();
  const notices: string[] = [];
  for await (const event of run.events()) {
    if (event.type !== 'notice') continue;
    notices.push(event.text);
    killedAt = clock.now();
  }
  t.deepEqual(notices, [`a second application, ${second}, ran under this name; it was killed`]);
  t.is(registry.app(second)?.raw, 'KILLED');
  t.is(registry.app(first)?.finalStatus, 'SUCCEEDED');
  t.true(killedAt - start < 12 * MINUTE, `${killedAt - start}`);
  t.regex((await run.wait()).notes?.join() ?? '', /application_1_2, ran under this name; it ended as KILLED/);
});

test('it is asked about once a minute for a quarter of an hour, and after one request only at the end', async (t) => {
  const twice = await setUp();
  await twice.run.wait();
  const asked = twice.tags();
  t.true(asked > 10 && asked <= 17, `${asked}`);
  const once = await setUp({ posts: 1 });
  await once.run.wait();
  t.is(once.tags(), 1);
});

test('who watches another application than the ledger holds stops none while it runs', async (t) => {
  const { run, registry, clock, ledger } = await setUp({ held: second });
  registry.set(second, { tags: [aName] });
  await t.throwsAsync(run.wait({ timeoutMs: 5 * MINUTE }));
  t.is(registry.app(second)?.raw, 'RUNNING');
  t.is(registry.app(first)?.raw, 'RUNNING');
  t.is((await attemptOf(ledger, 'k')).appId, second);
  t.true(clock.now() > 0);
});

test('a YARN that answers no one about a second application holds an outcome up for ten seconds, tries included', async (t) => {
  const { run, registry, clock } = await setUp();
  registry.finish(first, 'SUCCEEDED');
  registry.byTag = () => new Promise<never>(() => undefined);
  const start = clock.now();
  const { kind, notes } = await run.wait();
  t.is(kind, 'succeeded');
  t.deepEqual(notes, [
    'whether a second application ran under this name is not known: YARN did not answer within 10 s',
  ]);
  t.is(clock.now() - start, 10_000);
});

test('who watched before the second request was sent looks for what came of the first, too', async (t) => {
  const { run, registry, ledger, clock, after } = await setUp({ posts: 1 });
  // The first look at the ledger is before the second request, and before any application is known.
  const { appId: _, ...unknown } = run.ref;
  const early = rig({ backend: new StubBackend([{ ...running, appId: first }]), clock, registry, ledger });
  const { record, version } = (await ledger.get('k'))!;
  const [{ appId: _id, ...attempt }] = record.attempts as [RunRecord['attempts'][number]];
  const sent = await ledger.update({ ...record, attempts: [attempt] }, version);
  const get = ledger.get.bind(ledger);
  ledger.get = async (key) => {
    const seen = await get(key);
    ledger.get = get;
    await ledger.update(
      { ...record, attempts: [{ ...attempt, posts: [...attempt.posts, ...attempt.posts] }] },
      sent.version,
    );
    return seen;
  };
  void after(5 * MINUTE);
  await t.throwsAsync(early.engine.attach(unknown).wait({ timeoutMs: 10 * MINUTE }));
  t.is(registry.app(second)?.raw, 'KILLED');
});
