import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { startCli, tempFolder } from '../helpers/cli.js';
import { fastClock } from '../helpers/fast-clock.js';
import { sessionLivy, type SessionLivyOptions } from '../helpers/session-livy.js';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

async function setUp(t: ExecutionContext, options?: SessionLivyOptions) {
  const stand = await sessionLivy(t, options);
  const state = await tempFolder(t);
  const open = (words: readonly string[], isTerminal = true, clock = fastClock()) => {
    const keys = new PassThrough();
    const running = startCli(['shell', '--url', stand.url, ...words], {
      keys,
      clock,
      env: { XDG_STATE_HOME: state },
      tty: { stdin: isTerminal, stderr: isTerminal },
    });
    return { ...running, type: (text: string) => void keys.write(text), end: () => void keys.end() };
  };
  return { stand, state, open };
}

/** Looks until it is there. */
async function until(t: ExecutionContext, holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  t.pass();
}

test('what is typed is run line by line, results go to stdout, and Ctrl-D closes what the shell made', async (t) => {
  const { stand, open } = await setUp(t);
  const shell = open([]);
  shell.type("1 + 1\nraise ValueError('no such day')\nspark.range(3).show()\n");
  await until(t, () => shell.written.stdout.includes('|  2|'));
  shell.type(CTRL_D);
  const { code, stdout, stderr } = await shell.done;
  t.is(code, 0);
  t.is(stdout, '2\n+---+\n| id|\n+---+\n|  0|\n|  1|\n|  2|\n+---+\n');
  t.regex(stderr, /ValueError: no such day/);
  t.regex(stderr, /closing session livywire-/);
  t.is(stand.sessions[0]?.state, 'gone');
});

test('a session of a name is kept, and how to come back to it is said', async (t) => {
  const { stand, open } = await setUp(t);
  const shell = open(['sql', '--session', 'etl']);
  await stand.seen(/^GET \/sessions\/etl$/);
  shell.type(':quit\n');
  const { code, stderr } = await shell.done;
  t.is(code, 0);
  t.regex(stderr, /livywire shell sql --session etl comes back/);
  t.is(stand.sessions[0]?.state, 'alive');
  const again = open(['sql', '--session', 'etl']);
  again.type(':close\n');
  t.is((await again.done).code, 0);
  t.is(stand.sessions[0]?.state, 'gone');
  t.is(stand.sessions.length, 1);
});

test('a block goes on until it is whole, and %%sql runs as SQL', async (t) => {
  const { stand, open } = await setUp(t);
  stand.teach('def f():\n  return 1\n', '{"status":"ok","execution_count":0,"data":{"text/plain":""}}');
  const shell = open([]);
  shell.type('def f():\n  return 1\n\n%%sql\nselect nosuch\nfrom range(1)\n\n%%sql select nosuch from range(1);\n');
  stand.teach('select nosuch\nfrom range(1)', '{"status":"ok","execution_count":0,"data":{"text/plain":"fine"}}');
  shell.type(CTRL_D);
  const { stderr, stdout } = await shell.done;
  t.deepEqual(
    stand.bodies.slice(1).filter(({ code }) => code !== undefined),
    [
      { code: 'def f():\n  return 1\n' },
      { code: 'select nosuch\nfrom range(1)', kind: 'sql' },
      { code: 'select nosuch from range(1)', kind: 'sql' },
    ],
  );
  t.is(stdout, 'fine\n');
  t.regex(stderr, /`nosuch` cannot be resolved/);
});

test('Ctrl-C cancels the statement and not the session', async (t) => {
  const { stand, open } = await setUp(t);
  const shell = open([]);
  shell.type('import time; time.sleep(60)\n');
  await stand.seen(/^GET .*statements\/0$/);
  shell.type(CTRL_C);
  await until(t, () => /Statement 0 was cancelled/.test(shell.written.stderr));
  shell.type('1 + 1\n');
  await until(t, () => shell.written.stdout === '2\n');
  shell.type(CTRL_D);
  t.is((await shell.done).code, 0);
  t.true(stand.requests.some((line) => line.endsWith('/statements/0/cancel')));
});

test('Ctrl-C at the prompt forgets what was typed, and ends nothing', async (t) => {
  const { stand, open } = await setUp(t);
  const shell = open(['sql']);
  await until(t, () => /a new session/.test(shell.written.stderr));
  shell.type('select nosuch\nfrom');
  shell.type(CTRL_C);
  shell.type('select nosuch from range(1);\n');
  shell.type(CTRL_D);
  await shell.done;
  t.deepEqual(
    stand.bodies.slice(1).flatMap(({ code }) => code ?? []),
    ['select nosuch from range(1)'],
  );
});

test('Tab asks the server how the word could go on', async (t) => {
  const { stand, open } = await setUp(t);
  stand.candidates = ['range', 'read'];
  stand.teach('spark.range', '{"status":"ok","execution_count":0,"data":{"text/plain":"a method"}}');
  const shell = open(['scala']);
  await until(t, () => /a new session/.test(shell.written.stderr));
  shell.type('spark.ran\t');
  await stand.seen(/\/completion$/);
  await until(t, () => stand.bodies.some(({ cursor }) => cursor === 9));
  await new Promise((resolve) => setTimeout(resolve, 50)); // the answer is on its way to the line
  shell.type('\n');
  await until(t, () => shell.written.stdout === 'a method\n');
  shell.type(CTRL_D);
  await shell.done;
  t.deepEqual(stand.bodies[1], { code: 'spark.ran', cursor: 9, kind: 'spark' });
});

test('what was typed is kept for the next shell, for its owner alone, and no secret with it', async (t) => {
  const { stand, state, open } = await setUp(t);
  stand.teach("token = 'abcdefgh12345678'", '{"status":"ok","execution_count":0,"data":{"text/plain":""}}');
  const shell = open([]);
  shell.type("1 + 1\ntoken = 'abcdefgh12345678'\n");
  shell.type(CTRL_D);
  await shell.done;
  const file = join(state, 'livywire', 'shell-history-pyspark');
  t.is(await readFile(file, 'utf8'), '1 + 1\n');
  t.is((await stat(file)).mode & 0o777, 0o600);
  const again = open([]);
  await until(t, () => /a new session/.test(again.written.stderr));
  again.type('\u001b[A\n'); // up
  await until(t, () => again.written.stdout === '2\n');
  again.type(CTRL_D);
  await again.done;
});

test('lines from a file are run to the first failure, which is the exit code', async (t) => {
  const { stand, open } = await setUp(t);
  const shell = open([], false);
  shell.type("1 + 1\nraise ValueError('no such day')\nspark.range(3).show()\n");
  shell.end();
  const { code, stdout } = await shell.done;
  t.is(code, 1);
  t.is(stdout, '2\n');
  t.is(stand.sessions[0]?.statements.length, 2);
  t.is(stand.sessions[0]?.state, 'gone');
});

test('a session that dies ends the shell with its diagnosis', async (t) => {
  const { stand, open } = await setUp(t);
  const shell = open(['--session', 'etl']);
  await until(t, () => /a new session/.test(shell.written.stderr));
  stand.die('etl', ['java.lang.OutOfMemoryError: Java heap space']);
  shell.type('1 + 1\n');
  const { code, stderr } = await shell.done;
  t.is(code, 1);
  t.regex(stderr, /DRIVER_OOM/);
});

test('SIGTERM ends the shell at once and leaves no session of its own', async (t) => {
  const { stand, open } = await setUp(t);
  const shell = open([], true, fastClock(10));
  shell.type('import time; time.sleep(60)\n');
  await stand.seen(/^GET .*statements\/0$/);
  shell.send('SIGTERM');
  t.is((await shell.done).code, 143);
  t.is(stand.sessions[0]?.state, 'gone');
});

test('a shell for no language is refused before anything is sent', async (t) => {
  const { stand, open } = await setUp(t);
  t.is((await open(['cobol']).done).code, 2);
  t.deepEqual(stand.requests, []);
});
