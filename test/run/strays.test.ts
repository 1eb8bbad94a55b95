import test from 'ava';
import { type RunRecord, UnreachableError } from '../../src/core/index.js';
import { testClock } from '../../src/testing/index.js';
import { aName, attemptOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { dead, running, StubBackend } from '../helpers/stub-backend.js';

const first = 'application_1_1';
const second = 'application_1_2';
const MINUTE = 60_000;

/** A run that goes on for an hour, for which so many requests were sent. */
async function setUp({ posts = 2, held = first } = {}) {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const backend = new StubBackend([{ ...running, appId: first }]);
  const made = rig({ backend, clock, registry });
  const ref = refFor(clock, { appId: first });
  const post = { at: ref.createdAt, serverMs: clock.now() };
  await made.ledger.create(recordFor(ref, { posts: Array.from({ length: posts }, () => post), appId: held }));
  registry.set(first, { tags: [aName, 'livywire-spec-x'] });
  void clock.sleep(60 * MINUTE).then(() => registry.finish(first, 'SUCCEEDED'));
  const after = (ms: number) => clock.sleep(ms).then(() => registry.set(second, { tags: [aName] }));
  const tags = () => registry.requests.filter((one) => one.startsWith('tag')).length;
  return { ...made, backend, clock, registry, tags, after, run: made.engine.attach(ref) };
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

test('a request that is still on its way when the application of the other has ended is stopped before it gets to YARN, and noted', async (t) => {
  const { run, registry, backend } = await setUp();
  registry.finish(first, 'SUCCEEDED');
  // What Livy holds is another one: its own application it would know by now.
  backend.says(running);
  const { kind, notes } = await run.wait();
  t.is(kind, 'succeeded');
  t.deepEqual(notes, ['another request of this name, livy 7, had not started its application yet; it was stopped']);
  t.deepEqual(
    backend.requests.filter((one) => one.startsWith('DELETE')),
    [`DELETE ${aName}`],
  );
});

for (const [what, said] of [
  ['is slow to know its application', [running, running, { ...running, appId: first }]],
  ['has not seen its end yet', [{ ...running, appId: first }]],
  ['has seen it', [{ ...dead, appId: first }]],
  ['has forgotten it', [undefined]],
  [
    'cannot ask YARN, and shows a log that names it',
    [{ ...running, tail: [`INFO Client: Application report for ${first}`] }],
  ],
] as const) {
  test(`a Livy that ${what} is not told to stop anything: its log and its word are still wanted`, async (t) => {
    const { run, registry, backend } = await setUp();
    registry.finish(first, 'SUCCEEDED');
    backend.says(...said);
    const outcome = await run.wait();
    t.is(outcome.kind, 'succeeded');
    t.is(outcome.notes, undefined);
    t.false(backend.requests.some((one) => one.startsWith('DELETE')));
  });
}

test('after one request Livy is not asked for another', async (t) => {
  const { run, registry, backend } = await setUp({ posts: 1 });
  registry.finish(first, 'SUCCEEDED');
  backend.says(running);
  t.is((await run.wait()).notes, undefined);
  t.false(backend.requests.some((one) => /^(FIND|DELETE)/.test(one)));
});

test('a late request that cannot be looked for, or not be stopped, is noted', async (t) => {
  const away = new UnreachableError('Livy is away', 'no');
  for (const [said, stop, note] of [
    [
      away,
      async () => 'asked' as const,
      /^whether another request of this name is under way is not known: Livy is away$/,
    ],
    [running, () => Promise.reject(away), /had not started its application yet; it was to be stopped: Livy is away$/],
  ] as const) {
    const { run, registry, backend } = await setUp();
    registry.finish(first, 'SUCCEEDED');
    backend.says(said);
    backend.onStop = stop;
    const { kind, notes = [] } = await run.wait();
    t.is(kind, 'succeeded');
    t.is(notes.length, 1);
    t.regex(notes[0] ?? '', note);
  }
});
