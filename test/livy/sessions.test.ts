import test, { type ExecutionContext } from 'ava';
import { HttpStatusError } from '../../src/core/index.js';
import { isLivyNotFound, LivyClient, type Statement } from '../../src/livy/index.js';
import { between, made, recorded, recording, replay } from '../helpers/replay.js';

const client = (url: string) => new LivyClient({ url, retries: 0 });

/** Runs a recorded statement as the recording did: create it, then read it as often as it was read. */
async function run(t: ExecutionContext, first: string, last: string): Promise<Statement> {
  const exchanges = between('0.9.0', first, last);
  const { url } = await replay(t, exchanges);
  const { code, kind } = exchanges[0]?.request.body as { code: string; kind?: 'sql' };
  const statements = client(url).statements(0);
  let statement = await statements.create({ code, ...(kind && { kind }) });
  for (let i = 1; i < exchanges.length; i++) statement = await statements.get(statement.id);
  return statement;
}

test('a session is created, read by name, and idle in the end', async (t) => {
  const { url } = await replay(t, between('0.9.0', 'a session', 'until idle (idle)'));
  const { sessions } = client(url);
  const session = await sessions.create({ kind: 'pyspark', name: 'etl', conf: { 'spark.ui.enabled': false } });
  t.deepEqual([session.id, session.name, session.kind, session.state], [0, 'etl', 'pyspark', 'starting']);
  t.is((await sessions.get('etl')).state, 'starting');
  t.is((await sessions.get('etl')).state, 'idle');
});

test('sessions are listed, none at first', async (t) => {
  const body = { from: 0, total: 0, sessions: [] };
  const { url } = await replay(t, [made('GET', '/sessions?from=0&size=100', 200, body)]);
  t.true((await client(url).sessions.list().next()).done);
});

test('an expression gives its value, and times are undefined until they have come', async (t) => {
  const exchanges = between('0.9.0', 'an expression', 'an expression (available)');
  const { url } = await replay(t, exchanges);
  const statements = client(url).statements(0);
  const waiting = await statements.create({ code: '1 + 1' });
  t.deepEqual(
    [waiting.state, waiting.output, waiting.started, waiting.completed],
    ['waiting', undefined, undefined, undefined],
  );
  await statements.get(0);
  const done = await statements.get(0);
  t.deepEqual(done.output, { status: 'ok', execution_count: 0, data: { 'text/plain': '2' } });
  t.is((done.completed ?? 0) - (done.started ?? 0), 1);
});

test('printed output comes as text', async (t) => {
  const { output } = await run(t, 'printed output', 'printed output (available)');
  t.true(output?.status === 'ok' && String(output.data['text/plain']).startsWith('+---+\n| id|'));
});

test('an exception is an output with its class, message and traceback', async (t) => {
  const { state, output } = await run(t, 'an exception', 'an exception (available)');
  t.is(state, 'available');
  t.deepEqual(output, {
    status: 'error',
    execution_count: 2,
    ename: 'ValueError',
    evalue: 'no such day',
    traceback: ['Traceback (most recent call last):\n', 'ValueError: no such day\n'],
  });
});

test('a syntax error is an output too', async (t) => {
  const { output } = await run(t, 'a syntax error', 'a syntax error (available)');
  t.true(output?.status === 'error' && output.ename === 'SyntaxError');
});

test('an empty statement has an empty output', async (t) => {
  const { output } = await run(t, 'an empty statement', 'an empty statement (available)');
  t.deepEqual(output, { status: 'ok', execution_count: 4, data: { 'text/plain': '' } });
});

test('a magic that does not parse is ok by its status, with the error inside, as Livy answers it', async (t) => {
  const { output } = await run(t, 'a magic that does not parse', 'a magic that does not parse (available)');
  t.is(output?.status, 'ok');
  t.true(output?.status === 'ok' && (output.data.content as { status: string }).status === 'error');
});

test('the json and table magics come under their own types', async (t) => {
  const json = await run(t, 'the json magic', 'the json magic (available)');
  t.true(json.output?.status === 'ok' && 'application/json' in json.output.data);
  const table = await run(t, 'the table magic', 'the table magic (available)');
  t.deepEqual(table.output?.status === 'ok' && table.output.data['application/vnd.livy.table.v1+json'], {
    headers: [
      { name: '0', type: 'INT_TYPE' },
      { name: '1', type: 'STRING_TYPE' },
    ],
    data: [
      [1, 'a'],
      [3, 'b'],
    ],
  });
});

test('sql gives schema and rows for every type', async (t) => {
  const { output } = await run(t, 'sql of many types', 'sql of many types (available)');
  if (output?.status !== 'ok') return t.fail();
  const { schema, data } = output.data['application/json'] as {
    schema: { fields: { name: string; type: unknown }[] };
    data: unknown[][];
  };
  t.deepEqual(
    schema.fields.map(({ name }) => name),
    ['id', 's', 'd', 'day', 'ts', 'a', 'm', 'st', 'n', 'b', 't', 'dbl', 'big'],
  );
  t.deepEqual(data[1]?.slice(0, 7), [1, '1', 1.5, '2026-11-22', '2026-11-22T01:02:03Z', [1, 2], { k: 1 }]);
  return t.is(data.length, 2);
});

test('sql that fails names the column', async (t) => {
  const { output } = await run(t, 'sql that fails', 'sql that fails (available)');
  t.true(output?.status === 'error' && output.evalue.includes('`nosuch` cannot be resolved'));
});

test('a statement is cancelled: cancelling first, cancelled in the end', async (t) => {
  const { url } = await replay(t, between('0.9.0', 'a long statement', 'until cancelled (cancelled)'));
  const livy = client(url);
  const statements = livy.statements(0);
  const { id } = await statements.create({ code: 'import time; time.sleep(60)' });
  t.is((await statements.get(id)).state, 'running');
  t.is((await livy.sessions.get(0)).state, 'busy');
  await statements.cancel(id);
  t.is((await statements.get(id)).state, 'cancelling');
  t.is((await statements.get(id)).state, 'cancelled');
});

test('statements are paged as asked', async (t) => {
  const { url } = await replay(t, [recorded('0.9.0', 'statements, a page')]);
  const list = client(url).statements(0).list({ pageSize: 2 });
  t.is((await list.next()).value?.code, '1 + 1');
  t.is((await list.next()).value?.code, 'spark.range(3).show()');
  await list.return();
});

test('a statement that is not there is told apart', async (t) => {
  const { url } = await replay(t, [recorded('0.9.0', 'unknown statement')]);
  t.true(isLivyNotFound(await t.throwsAsync(client(url).statements(0).get(99))));
});

test('completion, log and state of a session', async (t) => {
  const { url } = await replay(t, between('0.9.0', 'completion', 'session state'));
  const livy = client(url);
  t.deepEqual(await livy.statements(0).completion({ code: 'spark.cre', kind: 'pyspark', cursor: 9 }), []);
  t.is((await livy.sessions.log(0, { from: 0, size: 3 })).total, 202);
  t.deepEqual(await livy.sessions.state(0), { id: 0, state: 'busy' });
});

test('completion gives its candidates', async (t) => {
  const answer = { candidates: ['createDataFrame', 'createTable'] };
  const { url } = await replay(t, [made('POST', '/sessions/etl/completion', 200, answer)], { bodies: 'any' });
  const candidates = await client(url).statements('etl').completion({ code: 'spark.cre', cursor: 9 });
  t.deepEqual(candidates, answer.candidates);
});

test('a second session of the name is refused in the words of Livy', async (t) => {
  const { url } = await replay(t, [recorded('0.9.0', 'a second session of that name')]);
  const error = await t.throwsAsync(client(url).sessions.create({ kind: 'pyspark', name: 'etl' }), {
    instanceOf: HttpStatusError,
  });
  t.is(error.status, 400);
  t.regex(error.serverMessage, /Duplicate session name: Some\(etl\)/);
});

test('a session that was closed is gone, and takes no statements', async (t) => {
  const all = recording('0.9.0');
  const { url } = await replay(t, all.slice(all.findIndex(({ note }) => note === 'close it')));
  const livy = client(url);
  await livy.sessions.delete('etl');
  t.true(isLivyNotFound(await t.throwsAsync(livy.sessions.get('etl'))));
  t.true(isLivyNotFound(await t.throwsAsync(livy.statements(0).create({ code: '1' }))));
});

test('a kind that no Livy knows is found before it is sent', async (t) => {
  const { url } = await replay(t, []);
  const create = client(url).sessions.create({ kind: 'pyspak' as 'pyspark' });
  await t.throwsAsync(create, { name: 'ConfigError', message: /did you mean "pyspark"/ });
});
