import test from 'ava';
import { AuthError, type AppRegistry, BadAnswerError, UnreachableError } from '../../src/core/index.js';
import { shareApps } from '../../src/run/shared-apps.js';
import { testClock } from '../../src/testing/index.js';
import { FakeRegistry } from '../helpers/fake-registry.js';

const clock = testClock();
const tagOf = (i: number): string => `tag-${i}`;
const idOf = (i: number): string => `application_1_${String(i).padStart(4, '0')}`;
const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A resource manager with so many applications, that lists them by their tags. */
function holding(count: number): { registry: FakeRegistry & AppRegistry; listed: (readonly string[])[] } {
  const listed: (readonly string[])[] = [];
  const fake = new FakeRegistry(clock);
  for (const i of indices(count)) fake.set(idOf(i), { tags: [tagOf(i)] });
  const byTags = async (tags: readonly string[]) => {
    listed.push(tags);
    return indices(count).flatMap((i) => (tags.includes(tagOf(i)) ? (fake.app(idOf(i)) ?? []) : []));
  };
  return { registry: Object.assign(fake, { byTags }), listed };
}
const readAll = (shared: AppRegistry, count: number) =>
  Promise.all(indices(count).map((i) => shared.byId(idOf(i), { tag: tagOf(i) })));

test('applications that are read at one time are a request for each hundred of them', async (t) => {
  const { registry, listed } = holding(250);
  const apps = await readAll(shareApps(registry, clock), 250);
  t.deepEqual(
    apps.map((app) => app?.appId),
    indices(250).map(idOf),
  );
  t.deepEqual(
    listed.map(({ length }) => length),
    [100, 100, 50],
  );
  t.deepEqual(registry.requests, []);
});

test('one that the list does not show is asked for by its id before it counts as gone', async (t) => {
  const { registry, listed } = holding(10);
  const hidden = registry.set(idOf(77), { tags: [] });
  const shared = shareApps(registry, clock);
  const [, app, none] = await Promise.all([
    readAll(shared, 10),
    shared.byId(hidden.appId, { tag: 'tag-77' }),
    shared.byId(idOf(78), { tag: 'tag-78' }),
  ]);
  t.is(app?.appId, hidden.appId);
  t.is(none, undefined);
  t.is(listed.length, 1);
  t.deepEqual(registry.requests, [`app ${idOf(77)}`, `app ${idOf(78)}`]);
});

test('the application of another attempt under the same tag is not taken for ours', async (t) => {
  const { registry } = holding(5);
  const shared = shareApps(registry, clock);
  const [, ours] = await Promise.all([readAll(shared, 5), shared.byId(idOf(99), { tag: tagOf(0) })]);
  t.is(ours, undefined);
  t.deepEqual(registry.requests, [`app ${idOf(99)}`]);
});

test('a few, and those whose tag is not known, are asked for one by one', async (t) => {
  const { registry, listed } = holding(10);
  const shared = shareApps(registry, clock);
  await readAll(shared, 3);
  await Promise.all(indices(10).map((i) => shared.byId(idOf(i))));
  t.deepEqual(listed, []);
  t.is(registry.requests.length, 13);
});

test('a list that is refused leaves each to be asked for by its id', async (t) => {
  for (const problem of [new AuthError(403, 'no'), new BadAnswerError('no list', '')]) {
    const { registry } = holding(5);
    const refusing = Object.assign(registry, { byTags: async () => Promise.reject(problem) });
    const apps = await readAll(shareApps(refusing, clock), 5);
    t.true(apps.every((app) => app !== undefined));
    t.is(registry.requests.length, 5);
  }
});

test('a resource manager that is out of reach is not asked for each of them again', async (t) => {
  const { registry } = holding(5);
  const problem = new UnreachableError('away', 'no');
  let asked = 0;
  const away = Object.assign(registry, {
    byTags: async () => Promise.reject(problem),
    byId: async () => {
      asked += 1;
      return Promise.reject(problem);
    },
  });
  await t.throwsAsync(readAll(shareApps(away, clock), 5), { is: problem });
  t.is(asked, 1);
});

test('a list that only a proxy or its own length keeps away leaves each to be asked for by its id, and is not tried at once again', async (t) => {
  const { registry } = holding(5);
  let lists = 0;
  const byTags = async () => {
    lists += 1;
    return Promise.reject(new UnreachableError('502', 'maybe'));
  };
  const shared = shareApps(Object.assign(registry, { byTags }), clock);
  for (const round of [1, 2]) {
    const apps = await readAll(shared, 5);
    t.true(apps.every((app) => app !== undefined));
    t.is(registry.requests.length, 5 * round);
  }
  t.is(lists, 1);
});

test('who left a round keeps nobody waiting: its request is given up', async (t) => {
  const { registry } = holding(5);
  let given: AbortSignal | undefined;
  const byTags = async (_tags: readonly string[], { signal }: { signal?: AbortSignal } = {}) => {
    given = signal;
    return new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('given up'))));
  };
  const shared = shareApps(Object.assign(registry, { byTags }), clock);
  const stop = new AbortController();
  const reads = indices(5).map((i) => shared.byId(idOf(i), { tag: tagOf(i), signal: stop.signal }));
  setTimeout(() => stop.abort(new Error('left')), 20);
  const ends = await Promise.allSettled(reads);
  t.true(ends.every(({ status }) => status === 'rejected'));
  t.true(given?.aborted);
});
