import test, { type ExecutionContext } from 'ava';
import { cli, type CliOptions, startCli } from '../helpers/cli.js';
import { fastClock } from '../helpers/fast-clock.js';
import { sessionLivy, type SessionLivyOptions } from '../helpers/session-livy.js';
import { MANY_TYPES } from '../session/contract.js';

async function setUp(t: ExecutionContext, options?: SessionLivyOptions) {
  const stand = await sessionLivy(t, options);
  const clock = fastClock();
  const withUrl = ([verb = '', ...words]: readonly string[]): string[] => [verb, '--url', stand.url, ...words];
  return {
    stand,
    run: (words: readonly string[], more: CliOptions = {}) => cli(withUrl(words), { clock, ...more }),
    start: (words: readonly string[], more: CliOptions = {}) => startCli(withUrl(words), { clock, ...more }),
  };
}

const COLUMNS = 'id,s,d,day,ts,a,m,st,n,b,t,dbl,big';
const ROW =
  '0,0,1.50,2026-11-22,2026-11-22T01:02:03.000Z,"[1,2]","{""k"":1}","{""x"":1,""y"":""z""}",,YWI=,true,1.5,9007199254740993';

test('sql writes CSV to stdout, every digit of it, and nothing else there', async (t) => {
  const { run, stand } = await setUp(t);
  const { code, stdout, stderr } = await run(['sql', '--format', 'csv', '-e', MANY_TYPES]);
  t.is(code, 0, stderr);
  t.deepEqual(stdout.split('\n'), [COLUMNS, ROW, ROW.replace('0,0', '1,1'), '']);
  t.regex(stderr, /2 rows/);
  t.is(stand.sessions[0]?.state, 'gone');
});

test('sql writes JSON in which a long has all its digits, as one array or row by row', async (t) => {
  const { run } = await setUp(t);
  const row = (i: number): string =>
    `{"id":${i},"s":"${i}","d":"1.50","day":"2026-11-22","ts":"2026-11-22T01:02:03.000Z","a":[1,2],"m":{"k":1},"st":{"x":1,"y":"z"},"n":null,"b":"YWI=","t":true,"dbl":1.5,"big":9007199254740993}`;
  t.is((await run(['sql', '--format', 'json', '-e', MANY_TYPES])).stdout, `[${row(0)},${row(1)}]\n`);
  t.is((await run(['sql', '--format', 'ndjson', '-e', MANY_TYPES])).stdout, `${row(0)}\n${row(1)}\n`);
  const { stdout } = await run(['sql', '--json', '-e', MANY_TYPES]);
  t.regex(stdout, /^\{"v":1,"kind":"statements".*"big":9007199254740993.*\}\n$/);
  t.like(JSON.parse(stdout), { exitCode: 0, statements: [{ statement: 0, columns: [{ name: 'id', type: 'long' }] }] });
});

test('a table is for people: columns in line, null said', async (t) => {
  const { run } = await setUp(t);
  const { stdout } = await run(['sql', '-e', MANY_TYPES]);
  const [head = '', first = ''] = stdout.split('\n');
  t.regex(head, /^id {2}s {2}d {5}day/);
  t.regex(first, /^0 {3}0 {2}1\.50 {2}2026-11-22 .* null {2}YWI=/);
});

test('sql runs each statement of a file, and stops at the first that fails, with 1', async (t) => {
  const { run, stand } = await setUp(t);
  const files = { '/work/report.sql': `-- first\nselect nosuch from range(1);\n${MANY_TYPES};` };
  stand.teach(
    '-- first\nselect nosuch from range(1)',
    '{"status":"error","execution_count":0,"ename":"Error","evalue":"no `nosuch`\\nat all","traceback":["a.b.C(D.scala:1)"]}',
  );
  const { code, stdout, stderr } = await run(['sql', 'report.sql'], { files });
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /Error: no `nosuch`\n {2}at all/);
  t.notRegex(stderr, /D\.scala/);
  t.is(stand.sessions[0]?.statements.length, 1);
  t.is(stand.sessions[0]?.state, 'gone');
});

test('what Livy cut at its 1,000 rows is said to be cut', async (t) => {
  const { run, stand } = await setUp(t);
  const rows = Array.from({ length: 1_000 }, (_, i) => `[${i}]`).join(',');
  stand.teach(
    'select 1',
    `{"status":"ok","execution_count":0,"data":{"application/json":{"schema":{"type":"struct","fields":[{"name":"id","type":"long","nullable":false,"metadata":{}}]},"data":[${rows}]}}}`,
  );
  const { code, stderr } = await run(['sql', '--quiet', '--format', 'csv', '-e', 'select 1;']);
  t.is(code, 0);
  t.regex(stderr, /no more than 1000 rows/);
  const more = await run(['sql', '--conf', 'livy.rsc.sql.num-rows=5000', '--conf', 'spark.x=1', '-e', 'select 1;']);
  t.notRegex(more.stderr, /no more than/);
  t.like(
    stand.bodies.findLast(({ name }) => name !== undefined),
    {
      conf: { 'spark.x': '1', 'livy.rsc.sql.num-rows': '5000' },
    },
  );
});

test('exec runs a file in the language of its ending, and an exception is 1 with its traceback', async (t) => {
  const { run } = await setUp(t);
  const files = { '/work/job.py': 'spark.range(3).show()', '/work/bad.py': "raise ValueError('no such day')" };
  const good = await run(['exec', 'job.py'], { files });
  t.is(good.code, 0, good.stderr);
  t.is(good.stdout, '+---+\n| id|\n+---+\n|  0|\n|  1|\n|  2|\n+---+\n');
  const bad = await run(['exec', 'bad.py'], { files });
  t.is(bad.code, 1);
  t.is(bad.stdout, '');
  t.regex(bad.stderr, /Traceback \(most recent call last\):\n {2}ValueError: no such day\n/);
  t.is(bad.stderr.match(/ValueError/g)?.length, 1);
  const json = await run(['exec', '--json', 'bad.py'], { files });
  t.like(JSON.parse(json.stdout), { kind: 'error', exitCode: 1, error: { code: 'STATEMENT_FAILED' }, statements: [] });
});

test('a session of a name is made with the flags of spark-submit, kept, and used again', async (t) => {
  const { run, stand } = await setUp(t);
  const words = ['exec', '--session', 'etl', '--driver-memory', '2g', '--conf', 'spark.x=1', '-e', '1 + 1'];
  t.is((await run(words)).stdout, '2\n');
  t.is((await run(['sql', '--session', 'etl', '-e', MANY_TYPES, '--quiet'])).code, 0);
  t.is(stand.sessions.length, 1);
  t.deepEqual(stand.bodies[0], {
    kind: 'pyspark',
    name: 'etl',
    driverMemory: '2g',
    conf: { 'spark.x': '1' },
  });
  t.is(stand.sessions[0]?.state, 'alive');
  await run(['exec', '--session', 'etl', '--close', 'always', '-e', '1 + 1']);
  t.is(stand.sessions[0]?.state, 'gone');
});

test('a dead session is told with its diagnosis, and made anew with --remake', async (t) => {
  const { run, stand } = await setUp(t);
  await run(['exec', '--session', 'etl', '-e', '1 + 1']);
  stand.die('etl', ['java.lang.OutOfMemoryError: Java heap space']);
  const { code, stderr } = await run(['exec', '--session', 'etl', '-e', '1 + 1']);
  t.is(code, 1);
  t.regex(stderr, /Session etl is dead/);
  t.regex(stderr, /DRIVER_OOM/);
  t.is((await run(['exec', '--session', 'etl', '--remake', '-e', '1 + 1'])).stdout, '2\n');
});

test('Ctrl-C cancels the statement, not the session, with 5', async (t) => {
  const { start, stand } = await setUp(t);
  const words = ['exec', '--session', 'etl', '-e', 'import time; time.sleep(60)'];
  const running = start(words, { tty: { stdin: true } });
  await stand.seen(/^GET .*statements\/0$/);
  running.send('SIGINT');
  const { code, stderr } = await running.done;
  t.is(code, 5, stderr);
  t.regex(stderr, /Statement 0 was cancelled/);
  t.true(stand.requests.includes('POST /sessions/etl/statements/0/cancel'));
  t.is(stand.sessions[0]?.state, 'alive');
});

test('Ctrl-C while the session starts leaves none behind', async (t) => {
  const { start, stand } = await setUp(t);
  stand.readsUntilIdle = 100_000;
  const running = start(['exec', '-e', '1 + 1']);
  await stand.seen(/^GET \/sessions\//);
  running.send('SIGINT');
  t.is((await running.done).code, 130);
  t.is(stand.sessions[0]?.state, 'gone');
});

test('a statement whose fate nobody knows is 6, and was sent once', async (t) => {
  const { run, stand } = await setUp(t);
  await run(['exec', '--session', 'etl', '-e', '1 + 1']);
  stand.posts.push('request-lost');
  const { code, stderr } = await run(['exec', '--session', 'etl', '-e', '1 + 1']);
  t.is(code, 6);
  t.regex(stderr, /It was not sent again/);
});

test('bad words are refused before anything is sent', async (t) => {
  const { run, stand } = await setUp(t);
  for (const words of [
    ['sql'],
    ['sql', '-e', 'select 1', 'file.sql'],
    ['sql', '-e', ' -- nothing'],
    ['sql', 'missing.sql'],
    ['exec'],
    ['exec', '--kind', 'cobol', '-e', '1'],
    ['sql', '--format', 'xml', '-e', 'select 1'],
    ['exec', '--driver-memory', 'much', '-e', '1'],
  ]) {
    t.is((await run(words)).code, 2, words.join(' '));
  }
  t.deepEqual(stand.requests, []);
});

test('code and SQL come from stdin for -', async (t) => {
  const { run } = await setUp(t);
  t.is((await run(['exec', '-'], { stdin: '1 + 1' })).stdout, '2\n');
  t.is((await run(['sql', '--format', 'csv', '-'], { stdin: `${MANY_TYPES};` })).stdout.split('\n')[0], COLUMNS);
});

test('a terminal is spared what it would act on, a file is not', async (t) => {
  const { run, stand } = await setUp(t);
  stand.teach('paint', '{"status":"ok","execution_count":0,"data":{"text/plain":"\\u001b[31mred\\u0007"}}');
  t.is((await run(['exec', '-e', 'paint'])).stdout, '\u001b[31mred\u0007\n');
  t.is((await run(['exec', '-e', 'paint'], { tty: { stdout: true } })).stdout, 'red\n');
});

test('SIGTERM waits for no statement that will not end, and closes the session', async (t) => {
  const { start, stand } = await setUp(t);
  const running = start(['exec', '-e', 'import time; time.sleep(60)'], { clock: fastClock(10) });
  await stand.seen(/^GET .*statements\/0$/);
  const [session] = stand.sessions;
  // As Livy does for 30 s with Python that waits for no Spark.
  const [statement] = session?.statements ?? [];
  if (statement) statement.afterCancel = [{ ...statement.afterCancel[0] }];
  running.send('SIGTERM');
  const { code, stderr } = await running.done;
  t.is(code, 143);
  t.regex(stderr, /statement 0 was asked to stop, and has not been seen to/);
  t.is(session?.state, 'gone');
});
