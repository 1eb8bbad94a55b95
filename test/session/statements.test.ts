import test, { type ExecutionContext } from 'ava';
import {
  openSession,
  SessionDeadError,
  type StatementReading,
  StatementCancelledError,
  StatementUnknownError,
  withSession,
} from '../../src/session/index.js';
import { fastClock } from '../helpers/fast-clock.js';
import type { SessionLivyOptions } from '../helpers/session-livy.js';
import { setUp } from './set-up.js';

async function ready(t: ExecutionContext, given: SessionLivyOptions = {}) {
  const { stand, livy, options } = await setUp(t, given);
  const open = () => openSession(livy, { ...options, name: 'etl' });
  const sent = () => stand.requests.filter((line) => /^POST .*\/statements$/.test(line));
  return { stand, livy, open, sent };
}

const OK = '{"status":"ok","execution_count":0,"data":{"text/plain":"done"}}';

test('a statement is walked through its states and its progress, each told once', async (t) => {
  const { stand, open } = await ready(t);
  stand.teach('count()', OK, [0, 0.25, 0.25, 0.5]);
  const seen: StatementReading[] = [];
  const s = await open();
  const statement = await s.start('count()');
  for await (const reading of statement) seen.push(reading);
  t.deepEqual(
    seen.map(({ state, progress }) => [state, progress]),
    [
      ['running', 0],
      ['running', 0.25],
      ['running', 0.5],
      ['available', 1],
    ],
  );
  t.is((await statement.result()).text, 'done');
  const again: number[] = [];
  await s.run('count()', { onProgress: ({ progress }) => again.push(progress) });
  t.deepEqual(again, [0, 0.25, 0.5, 1]);
  await s.leave();
});

for (const trouble of ['reply-lost', 'server-error'] as const) {
  test(`a statement whose answer was lost (${trouble}) is found in the session, and was sent once`, async (t) => {
    const { stand, open, sent } = await ready(t);
    const s = await open();
    await s.run('1 + 1');
    stand.posts.push(trouble);
    t.is((await s.run('1 + 1')).statement, 1);
    t.is(stand.sessions[0]?.statements.length, 2);
    t.is(sent().length, 2);
    await s.leave();
  });
}

test('in a session of others, the statements that were there before are nobody’s answer', async (t) => {
  const { stand, open, sent } = await ready(t);
  const first = await open();
  await first.run('1 + 1');
  await first.run('1 + 1');
  const s = await open();
  t.false(s.created);
  stand.posts.push('reply-lost');
  t.is((await s.run('1 + 1')).statement, 2);
  t.is(sent().length, 3);
  await s.leave();
});

test('a statement that never arrived is not sent again, and its caller is told that nobody knows', async (t) => {
  const { stand, open, sent } = await ready(t);
  const s = await open();
  stand.posts.push('request-lost');
  const error = await t.throwsAsync(s.run('1 + 1'), { instanceOf: StatementUnknownError });
  t.regex(error?.message ?? '', /It was not sent again/);
  t.is(sent().length, 1);
  t.is((await s.run('1 + 1')).text, '2');
  await s.leave();
});

test('two of the same text, of which one is somebody else’s, cannot be told apart, and none is taken', async (t) => {
  const { stand, open } = await ready(t);
  await (await open()).leave();
  const [mine, other] = [await open(), await open()];
  await mine.run('');
  await other.run('1 + 1');
  stand.posts.push('reply-lost');
  const error = await t.throwsAsync(mine.run('1 + 1'), { instanceOf: StatementUnknownError });
  t.regex(error?.message ?? '', /\(1, 2\)/);
});

test('a statement that is cancelled by its handle ends so, and the session takes the next', async (t) => {
  const { open } = await ready(t);
  const s = await open();
  const asleep = await s.start('import time; time.sleep(60)');
  const states: string[] = [];
  for await (const { state } of asleep) {
    states.push(state);
    if (state === 'running') await asleep.cancel();
  }
  t.deepEqual(states, ['running', 'cancelling', 'cancelled']);
  await t.throwsAsync(asleep.result(), { instanceOf: StatementCancelledError });
  t.is((await s.run('1 + 1')).text, '2');
  await s.leave();
});

test('a statement that waits behind another is cancelled at once, and the other goes on', async (t) => {
  const { open } = await ready(t);
  const s = await open();
  const asleep = await s.start('import time; time.sleep(60)');
  const gone = new AbortController();
  const reason = new Error('enough');
  const next = await s.start('1 + 1', { signal: gone.signal });
  await t.throwsAsync(
    async () => {
      for await (const { state } of next) if (state === 'waiting') gone.abort(reason);
    },
    { is: reason },
  );
  const [first] = (await asleep[Symbol.asyncIterator]().next()).value ? ['running'] : [];
  t.is(first, 'running');
  await asleep.cancel();
  await s.leave();
});

test('a session that dies under a statement says why', async (t) => {
  const { stand, open } = await ready(t);
  const s = await open();
  const asleep = await s.start('import time; time.sleep(60)');
  const error = await t.throwsAsync(
    async () => {
      for await (const { state } of asleep)
        if (state === 'running') stand.die('etl', ['java.lang.OutOfMemoryError: Java heap space']);
    },
    { instanceOf: SessionDeadError },
  );
  t.is(error?.diagnosis?.code, 'DRIVER_OOM');
});

test('a session that was closed by somebody is gone for its next statement', async (t) => {
  const { livy, open } = await ready(t);
  const s = await open();
  await livy.sessions.delete('etl');
  const error = await t.throwsAsync(s.run('1 + 1'), { instanceOf: SessionDeadError });
  t.is(error?.state, undefined);
});

test('a result of as many rows as Livy sends at most may be cut', async (t) => {
  const { stand, open } = await ready(t);
  const answer = (rows: number): string =>
    `{"status":"ok","execution_count":0,"data":{"application/json":{"schema":{"type":"struct","fields":[{"name":"id","type":"long","nullable":false,"metadata":{}}]},"data":[${Array.from({ length: rows }, (_, i) => `[${i}]`).join(',')}]}}}`;
  stand.teach('select a', answer(999));
  stand.teach('select b', answer(1_000));
  const s = await open();
  t.false((await s.sql('select a')).mayBeCut);
  t.true((await s.sql('select b')).mayBeCut);
  await s.leave();
});

test('columns of one name are all there, row by row', async (t) => {
  const { stand, open } = await ready(t);
  const field = '{"name":"a","type":"integer","nullable":false,"metadata":{}}';
  stand.teach(
    'select 1 a, 2 a',
    `{"status":"ok","execution_count":0,"data":{"application/json":{"schema":{"type":"struct","fields":[${field},${field}]},"data":[[1,2]]}}}`,
  );
  const s = await open();
  const { values, rows } = await s.sql('select 1 a, 2 a');
  t.deepEqual([values, rows], [[[1, 2]], [{ a: 2 }]]);
  await s.leave();
});

test('completion is what the server says, and nothing where it has none: then it is not asked again', async (t) => {
  const { stand, open } = await ready(t);
  stand.candidates = ['createDataFrame'];
  const s = await open();
  t.deepEqual(await s.complete('spark.cre', 9), ['createDataFrame']);
  await s.leave();
  const subset = await ready(t, { subset: 'emr-serverless' });
  const other = await subset.open();
  t.deepEqual(await other.complete('spark.cre', 9), []);
  t.deepEqual(await other.complete('spark.cre', 9), []);
  t.is(subset.stand.requests.filter((line) => line.endsWith('/completion')).length, 1);
});

test('a statement of a finished program can be followed by its id', async (t) => {
  const { livy, open } = await ready(t);
  const s = await open();
  const { id } = await s.start('1 + 1');
  await withSession(livy, { name: 'etl', clock: fastClock() }, async (later) => {
    t.is((await later.attach(id).result()).text, '2');
    await t.throwsAsync(later.attach(99).result(), { instanceOf: StatementUnknownError });
  });
  await s.leave();
});
