import test from 'ava';
import { AuthError, type RunRef, type RunStatus } from '../../src/core/index.js';
import { shareReads } from '../../src/run/shared-reads.js';
import { MemoryBackend, testClock, testLivywire } from '../../src/testing/index.js';
import { refFor, rig } from '../helpers/engine.js';
import { running, StubBackend } from '../helpers/stub-backend.js';

const clock = testClock();
const refs = (count: number): RunRef[] =>
  Array.from({ length: count }, (_, i) => refFor(clock, { name: `name-${i}`, id: String(i) }));
const statusOf = (ref: RunRef): RunStatus => ({
  raw: 'running',
  state: 'running',
  source: 'livy',
  links: {},
  name: ref.name,
  id: ref.id ?? '',
});
/** A backend whose list holds these. */
function listing(held: readonly RunStatus[]): StubBackend {
  const backend = new StubBackend([running]);
  backend.list = async function* () {
    backend.requests.push('LIST');
    yield* held;
  };
  return backend;
}

test('many reads at one time are one walk through the list', async (t) => {
  const all = refs(1_000);
  const backend = listing(all.map(statusOf));
  const shared = shareReads(backend, clock);
  const read = await Promise.all(all.map((ref) => shared.status(ref)));
  t.deepEqual(backend.requests, ['LIST']);
  t.deepEqual(
    read.map((status) => status?.name),
    all.map(({ name }) => name),
  );
});

test('up to three reads are asked one by one', async (t) => {
  const backend = listing([]);
  const shared = shareReads(backend, clock);
  await Promise.all(refs(3).map((ref) => shared.status(ref)));
  t.deepEqual(backend.requests, ['GET 0', 'GET 1', 'GET 2']);
});

test('a run that no page shows is asked for by itself before it counts as gone', async (t) => {
  const all = refs(10);
  const backend = listing(all.slice(0, 9).map(statusOf));
  const shared = shareReads(backend, clock);
  const read = await Promise.all(all.map((ref) => shared.status(ref)));
  t.deepEqual(backend.requests, ['LIST', 'GET 9']);
  t.is(read[9]?.raw, 'running');
});

test('of several of one name the backend says which one counts where no id is known', async (t) => {
  const all = refs(5);
  const { id: _, ...unknown } = all[2]!;
  const backend = listing([{ ...statusOf(all[2]!), id: '77' }, ...all.map(statusOf)]);
  backend.says({ ...running, id: '2' });
  const shared = shareReads(backend, clock);
  const read = await Promise.all([...all.filter((_, i) => i !== 2), unknown].map((ref) => shared.status(ref)));
  t.is(read[4]?.id, '2');
  t.deepEqual(backend.requests, ['LIST', 'GET name-2']);
});

test('a name under another id is not believed, but asked for', async (t) => {
  const all = refs(5);
  const backend = listing(all.map((ref) => ({ ...statusOf(ref), ...(ref.id === '2' && { id: '77' }) })));
  await Promise.all(all.map((ref) => shareReads(backend, clock).status(ref)));
  const shared = shareReads(backend, clock);
  backend.requests.length = 0;
  await Promise.all(all.map((ref) => shared.status(ref)));
  t.deepEqual(backend.requests, ['LIST', 'GET 2']);
});

test('a list that fails fails every read that waited for it', async (t) => {
  const problem = new AuthError(401, 'no');
  const backend = new StubBackend([running]);
  backend.list = async function* () {
    yield* [];
    throw problem;
  };
  const shared = shareReads(backend, clock);
  const reads = await Promise.allSettled(refs(5).map((ref) => shared.status(ref)));
  t.true(reads.every((read) => read.status === 'rejected' && read.reason === problem));
});

test('one reader that leaves takes nobody with it', async (t) => {
  const all = refs(5);
  const shared = shareReads(listing(all.map(statusOf)), clock);
  const abort = new AbortController();
  const reads = all.map((ref, i) => shared.status(ref, i === 0 ? { signal: abort.signal } : {}));
  const why = new Error('gone');
  abort.abort(why);
  await t.throwsAsync(reads[0]!, { is: why });
  t.is((await Promise.all(reads.slice(1))).length, 4);
});

test('a reader that is alone takes its signal to the request', async (t) => {
  const backend = new StubBackend([running]);
  const seen: unknown[] = [];
  const status = backend.status.bind(backend);
  const watched = Object.assign(backend, {
    status: (ref: RunRef, options?: { signal?: AbortSignal }) => (seen.push(options?.signal), status(ref)),
  });
  const { signal } = new AbortController();
  await shareReads(watched, clock).status(refFor(clock), { signal });
  t.deepEqual(seen, [signal]);
});

test('a thousand watched runs cost walks through the list, not a thousand requests each time', async (t) => {
  const time = testClock();
  const backend = new MemoryBackend({ clock: time, script: () => ({ afterMs: 600_000 }) });
  const lw = testLivywire({ clock: time, backend });
  const runs = await Promise.all(Array.from({ length: 1_000 }, () => lw.submit({ file: 's3://b/j.py' })));
  backend.requests.length = 0;
  const outcomes = await Promise.all(runs.map((run) => run.wait()));
  t.true(outcomes.every(({ kind }) => kind === 'succeeded'));
  const singles = backend.requests.filter((request) => request !== 'GET all');
  t.deepEqual(singles, []);
  t.true(backend.requests.length < 150, `${backend.requests.length} walks`);
});

test('reads that were shared keep the methods of a backend that is a class', async (t) => {
  const { engine } = rig({ backend: new StubBackend([running]) });
  t.is((await engine.attach(refFor(clock)).status()).raw, 'running');
});

test('a batch of the same name does not stand for a known application that it does not show', async (t) => {
  const asked = refs(5).map(({ id: _id, ...ref }) => ({ ...ref, appId: 'application_1_1' }));
  const backend = listing(asked.map((ref) => statusOf({ ...ref, id: '9' })));
  const shared = shareReads(backend, clock);
  await Promise.all(asked.map((ref) => shared.status(ref)));
  t.is(backend.requests.length, 6, 'each is asked for by itself');
});

test('each has its answer as soon as its page is there, and the walk ends with the last of them', async (t) => {
  const all = refs(10);
  const backend = listing([]);
  const pages: (() => void)[] = [];
  const read: string[] = [];
  backend.list = async function* () {
    for (const ref of [...all, ...refs(20).slice(10)]) {
      read.push(ref.name);
      yield statusOf(ref);
      await new Promise<void>((resolve) => void pages.push(resolve));
    }
  };
  const shared = shareReads(backend, clock);
  const reads = all.map((ref) => shared.status(ref));
  t.is((await reads[0]!)?.name, 'name-0');
  while (read.length < 10) {
    pages.pop()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(reads);
  t.is(read.length, 10, 'nobody waits for what the others are');
});

test('there is one walk at a time, and a rest after it: who comes meanwhile is in the next one', async (t) => {
  const time = testClock();
  const all = refs(10);
  const backend = listing([]);
  const walks: { readonly from: number; to: number }[] = [];
  backend.list = async function* () {
    const walk = { from: time.now(), to: Infinity };
    walks.push(walk);
    for (const ref of all) {
      await time.sleep(100); // a page
      yield statusOf(ref);
    }
    walk.to = time.now();
  };
  const shared = shareReads(backend, time);
  const many = () => Promise.all(all.map((ref) => shared.status(ref)));
  const first = many();
  await time.sleep(500);
  await Promise.all([first, many()]);
  t.is(walks.length, 2);
  t.true(walks[1]!.from >= walks[0]!.from + 2_000, 'the server is left alone for longer than it was asked');
});

test('fewer runs than there are pages are asked for one by one', async (t) => {
  const held = refs(1_000).map(statusOf);
  const backend = listing(held);
  const shared = shareReads(backend, clock);
  await Promise.all(refs(1_000).map((ref) => shared.status(ref)));
  backend.requests.length = 0;
  await Promise.all(refs(8).map((ref) => shared.status(ref)));
  t.is(backend.requests.length, 8);
  t.false(backend.requests.includes('LIST'));
  await Promise.all(refs(20).map((ref) => shared.status(ref)));
  t.is(backend.requests.at(-1), 'LIST');
});
