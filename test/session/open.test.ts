import test from 'ava';
import { readFileSync } from 'node:fs';
import { ConfigError, UnreachableError } from '../../src/core/index.js';
import { LivyClient } from '../../src/livy/index.js';
import {
  openSession,
  SessionConflictError,
  SessionDeadError,
  SessionUnknownError,
  withSession,
} from '../../src/session/index.js';
import { setUp } from './set-up.js';

const posts = (requests: readonly string[]): readonly string[] =>
  requests.filter((line) => line === 'POST /sessions' || line.startsWith('DELETE'));

/** The last words of a real driver that ran out of memory, as Livy keeps both of its streams. */
const heapLog = ['stdout', 'stderr'].flatMap((stream) =>
  readFileSync(new URL(`../fixtures/failures/3.5/driver-heap-local/${stream}.log`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n'),
);

test('a session without a name has one that nobody else has, ends when we are silent, and is closed', async (t) => {
  const { stand, livy, options } = await setUp(t);
  await withSession(livy, options, async (s) => t.regex(s.name, /^livywire-[0-9a-f-]{36}$/));
  t.like(stand.bodies[0], { kind: 'pyspark', heartbeatTimeoutInSecond: 600 });
  t.deepEqual(posts(stand.requests).length, 2);
  t.is(stand.sessions[0]?.state, 'gone');
});

test('a session of a name is kept, and used again by the next who asks for it', async (t) => {
  const { stand, livy, options } = await setUp(t);
  await withSession(livy, { ...options, name: 'etl' }, async (s) => t.true(s.created));
  await withSession(livy, { ...options, name: 'etl', driverMemory: '4g' }, async (s) => {
    t.false(s.created);
    t.is((await s.run('1 + 1')).text, '2');
  });
  t.deepEqual(posts(stand.requests), ['POST /sessions']);
  t.deepEqual(stand.bodies[0], { kind: 'pyspark', name: 'etl' });
});

test('what a call asks of a session that is there already changes nothing, and that is said', async (t) => {
  const { livy, notes, options } = await setUp(t);
  await withSession(livy, { ...options, name: 'etl' }, async () => undefined);
  await withSession(livy, { ...options, name: 'etl', driverMemory: '4g' }, async () => undefined);
  t.deepEqual(notes, ['session etl is there already: driverMemory of this call change nothing in it']);
});

for (const [close, made, found] of [
  ['always', 'gone', 'gone'],
  ['if-created', 'gone', 'alive'],
  ['never', 'alive', 'alive'],
] as const) {
  test(`with close ${close} a session that was made is ${made} in the end, one that was found ${found}`, async (t) => {
    const { stand, livy, options } = await setUp(t);
    await withSession(livy, { ...options, name: 'new', close }, async () => undefined);
    t.is(stand.sessions[0]?.state, made);
    await withSession(livy, { ...options, name: 'old', close: 'never' }, async () => undefined);
    await withSession(livy, { ...options, name: 'old', close }, async () => undefined);
    t.is(stand.sessions[1]?.state, found);
  });
}

test('a session is left as asked when its user fails, and the reason is the user’s', async (t) => {
  const { stand, livy, options } = await setUp(t);
  const reason = new Error('mine');
  await t.throwsAsync(
    withSession(livy, options, async () => Promise.reject(reason)),
    { is: reason },
  );
  t.is(stand.sessions[0]?.state, 'gone');
});

test('a session in a language of its own takes statements of another, each of which names it', async (t) => {
  const { stand, livy, options } = await setUp(t);
  await withSession(livy, { ...options, name: 'etl', kind: 'sql' }, async () => undefined);
  await withSession(livy, { ...options, name: 'etl', kind: 'pyspark' }, async (s) => {
    t.is(s.kind, 'sql');
    t.is((await s.run('1 + 1')).text, '2');
  });
  t.deepEqual(stand.bodies[1], { code: '1 + 1', kind: 'pyspark' });
});

test('a session that runs as somebody else is not ours, and nothing is sent to it', async (t) => {
  const { stand, livy, options } = await setUp(t);
  await withSession(livy, { ...options, name: 'etl', proxyUser: 'ann' }, async () => undefined);
  const error = await t.throwsAsync(openSession(livy, { ...options, name: 'etl', proxyUser: 'bob' }), {
    instanceOf: SessionConflictError,
  });
  t.regex(error?.message ?? '', /runs as ann, not as bob/);
  t.deepEqual(posts(stand.requests), ['POST /sessions']);
});

test('a dead session of the name says why it died', async (t) => {
  const { stand, livy, options } = await setUp(t);
  await withSession(livy, { ...options, name: 'etl' }, async () => undefined);
  stand.die('etl', heapLog);
  const error = await t.throwsAsync(openSession(livy, { ...options, name: 'etl' }), { instanceOf: SessionDeadError });
  t.is(error?.state, 'dead');
  t.is(error?.diagnosis?.code, 'DRIVER_OOM');
  t.regex(error?.message ?? '', /^Session etl is dead: /);
  t.deepEqual(posts(stand.requests), ['POST /sessions']);
});

test('where the server shows no log, its last lines in the view have to do', async (t) => {
  const { stand, livy, options } = await setUp(t, { subset: 'emr-serverless' });
  await withSession(livy, { ...options, name: 'etl' }, async () => undefined);
  stand.die('etl', ["ModuleNotFoundError: No module named 'pandas'"]);
  const error = await t.throwsAsync(openSession(livy, { ...options, name: 'etl' }), { instanceOf: SessionDeadError });
  t.truthy(error?.diagnosis);
  t.false(stand.requests.includes('DELETE /sessions/0'));
});

test('a dead session is made anew where that is asked for', async (t) => {
  const { stand, livy, notes, options } = await setUp(t);
  await withSession(livy, { ...options, name: 'etl' }, async () => undefined);
  stand.die('etl', heapLog);
  await withSession(livy, { ...options, name: 'etl', ifDead: 'remake' }, async (s) => {
    t.true(s.created);
    t.is((await s.run('1 + 1')).text, '2');
  });
  t.deepEqual(posts(stand.requests), ['POST /sessions', 'DELETE /sessions/etl', 'POST /sessions']);
  t.regex(notes[0] ?? '', /^Session etl is dead: .*; it is made anew$/);
});

for (const trouble of ['reply-lost', 'server-error'] as const) {
  test(`a session whose answer was lost (${trouble}) is found by its name, and there is one`, async (t) => {
    const { stand, livy, options } = await setUp(t);
    stand.posts.push(trouble);
    await withSession(livy, options, async (s) => {
      t.true(s.created);
      t.is((await s.run('1 + 1')).text, '2');
    });
    t.is(stand.sessions.length, 1);
    t.is(stand.sessions[0]?.state, 'gone');
  });
}

test('a request for a session that never arrived is sent again under the same name', async (t) => {
  const { stand, livy, options } = await setUp(t);
  stand.posts.push('request-lost');
  await withSession(livy, { ...options, name: 'etl' }, async (s) => t.true(s.created));
  t.is(stand.sessions.length, 1);
  t.is(posts(stand.requests).length, 2);
});

test('a server that answers no request for a session is not asked for ever', async (t) => {
  const { stand, livy, options } = await setUp(t);
  stand.posts.push('request-lost', 'request-lost', 'request-lost', 'request-lost');
  await t.throwsAsync(openSession(livy, options), { instanceOf: SessionUnknownError });
  t.is(posts(stand.requests).length, 3);
});

test('somebody who gives up while a session starts leaves none behind', async (t) => {
  const { stand, livy, options } = await setUp(t);
  stand.readsUntilIdle = 1_000;
  const gone = new AbortController();
  const reason = new Error('enough');
  const onState = (): void => gone.abort(reason);
  await t.throwsAsync(openSession(livy, { ...options, onState, signal: gone.signal }), { is: reason });
  t.is(stand.sessions[0]?.state, 'gone');
});

test('an unknown kind is refused before anything is sent', async (t) => {
  const { stand, livy, options } = await setUp(t);
  const kind = 'cobol' as unknown as 'spark';
  await t.throwsAsync(openSession(livy, { ...options, kind }), { message: /kind/ });
  t.deepEqual(posts(stand.requests), []);
});

test('an open session is kept from its timeout by what counts as activity, until it is left', async (t) => {
  const { stand, livy, options } = await setUp(t);
  await withSession(livy, { ...options, name: 'etl', keepAliveMs: 1_000 }, async () => {
    await stand.seen(/^POST \/sessions\/etl\/connect$/);
  });
  const { length } = stand.requests;
  await new Promise((resolve) => setTimeout(resolve, 50)); // ten of its pauses
  t.is(stand.requests.length, length);
});

test('where a server knows no connect, readings are its heartbeat', async (t) => {
  const { stand, livy, options } = await setUp(t, { subset: 'emr-serverless' });
  await withSession(livy, { ...options, name: 'etl', keepAliveMs: 1_000 }, async () => {
    await stand.seen(/^POST \/sessions\/0\/connect$/);
    const { length } = stand.requests;
    while (stand.requests.length < length + 3) await new Promise((resolve) => setTimeout(resolve, 5));
    t.true(stand.requests.slice(length).every((line) => line === 'GET /sessions/0'));
  });
});

test('of several Livys the one that has the session is asked, else the first that answers', async (t) => {
  const [first, second] = [await setUp(t), await setUp(t)];
  const livys = [first.livy, second.livy];
  await withSession(second.livy, { ...first.options, name: 'etl' }, async () => undefined);
  await withSession({ livys }, { ...first.options, name: 'etl' }, async (s) => t.false(s.created));
  await withSession({ livys }, { ...first.options, name: 'new' }, async (s) => t.true(s.created));
  t.deepEqual(
    [first, second].map(({ stand }) => stand.sessions.map(({ name }) => name)),
    [['new'], ['etl']],
  );

  const nobody = new LivyClient({ url: 'http://127.0.0.1:9', retries: 0 });
  t.teardown(() => nobody.close());
  await withSession({ livys: [nobody, second.livy] }, { ...first.options, name: 'new' }, async (s) =>
    t.true(s.created),
  );
  t.is(second.stand.sessions.length, 2);
  await t.throwsAsync(openSession({ livys: [nobody] }, first.options), { instanceOf: UnreachableError });
  await t.throwsAsync(openSession({ livys: [] }, first.options), { instanceOf: ConfigError });
});
