import test from 'ava';
import { AuthError, UnreachableError } from '../../src/core/index.js';
import type { EngineDeps } from '../../src/run/index.js';
import { testClock } from '../../src/testing/index.js';
import { aName, attemptOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { dead, running, type Said, StubBackend } from '../helpers/stub-backend.js';

const first = 'application_1_1';
const second = 'application_1_2';
const TAGS = [aName, 'livywire-spec-x'];

async function setUp(
  said: Said,
  {
    yarn = true,
    posts = 1,
    ...parts
  }: Partial<Pick<EngineDeps, 'diagnose' | 'progress'>> & { yarn?: boolean; posts?: number } = {},
) {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const made = rig({ backend: new StubBackend([said]), clock, ...(yarn && { registry }), ...parts });
  const ref = refFor(clock, yarn ? { appId: first } : {});
  const post = { at: ref.createdAt, serverMs: clock.now() };
  await made.ledger.create(recordFor(ref, { posts: Array.from({ length: posts }, () => post) }));
  return { ...made, clock, registry, run: made.engine.attach(ref) };
}

/** The first one succeeded; a second one of the same tag runs. */
async function withSecond(posts = 1) {
  const world = await setUp({ ...running, appId: first }, { posts });
  world.registry.set(first, { tags: TAGS });
  world.registry.finish(first, 'SUCCEEDED');
  world.registry.set(second, { tags: TAGS });
  return world;
}

test('a rule of the diagnosis that throws keeps no failure from its caller, nor from the ledger', async (t) => {
  const { run, ledger, warnings } = await setUp(dead, {
    yarn: false,
    diagnose: () => {
      throw new TypeError('a mistake in a rule');
    },
  });
  const outcome = await run.wait();
  t.like(outcome, { kind: 'failed', diagnosis: { code: 'UNKNOWN', title: 'It ended as dead' } });
  t.deepEqual((await attemptOf(ledger, 'k')).outcome, outcome);
  t.true(warnings.includes('the diagnosis failed'));
});

test('a count that throws keeps no end from its caller, nor from the ledger', async (t) => {
  const { run, ledger } = await setUp(
    { raw: 'success', state: 'succeeded' },
    {
      yarn: false,
      progress: {
        open: () => t.fail(),
        final: () => Promise.reject(new RangeError('a mistake in the counting')),
      },
    },
  );
  t.is((await run.wait()).kind, 'succeeded');
  t.is((await attemptOf(ledger, 'k')).outcome?.kind, 'succeeded');
});

test('a second application is looked for at the end after one request, too: killed, seen to be so, and noted', async (t) => {
  const { run, registry } = await withSecond();
  const { notes } = await run.wait();
  t.deepEqual(notes, [`a second application, ${second}, ran under this name; it was killed`]);
  t.is(registry.app(second)?.raw, 'KILLED');
});

for (const [how, error] of [
  ['may not be killed by us', new AuthError(403, 'YARN refuses')],
  ['cannot be reached', new UnreachableError('YARN refuses', 'no')],
] as const) {
  test(`a second application that ${how} runs on, and the outcome says so`, async (t) => {
    const { run, registry } = await withSecond(2);
    registry.kill = () => Promise.reject(error);
    const { kind, notes } = await run.wait();
    t.is(kind, 'succeeded');
    t.deepEqual(notes, [
      `a second application, ${second}, ran under this name; it runs on, and could not be killed: YARN refuses`,
    ]);
  });
}

test('of two more, the one that cannot be killed does not hide the other', async (t) => {
  const { run, registry } = await withSecond();
  registry.set('application_1_3', { tags: TAGS });
  const kill = registry.kill.bind(registry);
  registry.kill = (id) => (id === second ? Promise.reject(new UnreachableError('no way', 'no')) : kill(id));
  const { notes = [] } = await run.wait();
  t.is(notes.length, 2);
  t.is(registry.app('application_1_3')?.raw, 'KILLED');
});

test('a second application that takes the kill and goes on is not called killed', async (t) => {
  const { run, registry } = await withSecond();
  registry.kill = async () => 'asked';
  const { notes } = await run.wait();
  t.regex(notes?.join() ?? '', /has not been seen to have done so: it may run on/);
});

test('that nobody could look for a second application is noted where two requests were sent, and only there', async (t) => {
  for (const [posts, notes] of [
    [1, undefined],
    [2, ['whether a second application ran under this name is not known: YARN is away']],
  ] as const) {
    const { run, registry } = await withSecond(posts);
    registry.byTag = () => Promise.reject(new UnreachableError('YARN is away', 'no'));
    t.deepEqual((await run.wait()).notes, notes);
  }
});

test('a mistake in the look for a second application keeps no end from its caller, nor its reason from the ledger', async (t) => {
  const { run, registry, ledger } = await withSecond();
  registry.byTag = () => Promise.reject(new TypeError('a mistake in the look'));
  t.is((await run.wait()).kind, 'succeeded');
  t.is((await attemptOf(ledger, 'k')).unfinished, undefined);
});
