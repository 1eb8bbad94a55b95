import test from 'ava';
import { type RunEvent, UnreachableError } from '../../src/core/index.js';
import { fileLedger } from '../../src/run/index.js';
import { MemoryBackend, testClock, testLivywire } from '../../src/testing/index.js';
import { cli, oneDocument, type RunningCli, startCli, tempFolder } from '../helpers/cli.js';
import { recordFor, refFor } from '../helpers/engine.js';

const ENDPOINT = 'http://livy.test:8998';
const JOB = 's3://b/etl.py';
const DAY_MS = 86_400_000;

/** A ledger in a folder, and one submitted run `k` in it. */
async function world(t: Parameters<typeof tempFolder>[0], script: object = { afterMs: DAY_MS }) {
  const folder = await tempFolder(t);
  const clock = testClock();
  const backend = new MemoryBackend({ clock, endpoint: ENDPOINT, script: () => script });
  const livywire = testLivywire({ clock, backend, ledger: fileLedger(folder) });
  const env = { LIVYWIRE_LEDGER: folder, LIVYWIRE_URL: ENDPOINT };
  const run = (...argv: readonly string[]) => cli(argv, { clock, livywire, env });
  t.is((await run('submit', '--key', 'k', '--name', 'Nightly', JOB)).code, 0);
  return { folder, clock, backend, livywire, env, run };
}

test('status is one reading with the ids and the age, and exits with 0 whatever it is', async (t) => {
  const { run, clock } = await world(t, { outcome: 'failed', afterMs: 120_000 });
  await clock.sleep(65_000);
  const going = await run('status', 'k');
  t.is(going.code, 0);
  t.is(going.stdout, 'running  k  submitted 1m 5s ago  livy:0\n');
  await clock.sleep(60_000);
  const over = await run('status', 'k');
  t.is(over.code, 0);
  t.regex(over.stdout, /^failed/);
});

for (const [outcome, code] of [
  ['succeeded', 0],
  ['failed', 1],
  ['cancelled', 5],
] as const) {
  test(`status --exit-code is ${code} for a run that ${outcome}, and 4 before`, async (t) => {
    const { run, clock } = await world(t, { outcome, afterMs: 60_000 });
    t.is((await run('status', '--exit-code', 'k')).code, 4);
    await clock.sleep(61_000);
    t.is((await run('status', '--exit-code', 'k')).code, code);
  });
}

test('status --json is the reading and the ref', async (t) => {
  const { run } = await world(t);
  t.like(oneDocument(t, (await run('status', '--json', 'k')).stdout), {
    v: 1,
    kind: 'status',
    ref: { key: 'k', id: '0' },
    status: { state: 'running', raw: 'running' },
  });
});

test('a run nobody knows is 2', async (t) => {
  const { run } = await world(t);
  for (const verb of ['status', 'wait', 'attach', 'logs', 'cancel']) {
    const { code, stderr } = await run(verb, 'other');
    t.is(code, 2, verb);
    t.regex(stderr, /No run with the key "other"/, verb);
  }
});

test('cancel says that it stops a run only of one that it stops', async (t) => {
  const { run, clock } = await world(t, { afterMs: 60_000 });
  t.regex((await run('cancel', 'k')).stderr, /^livywire: stopping k$/m);
  for (const again of [await run('cancel', 'k'), await run('cancel', 'k')]) {
    t.is(again.code, 0);
    t.notRegex(again.stderr, /stopping/);
  }
  t.is((await run('submit', '--key', 'unseen', JOB)).code, 0);
  await clock.sleep(120_000);
  const unseen = await run('cancel', 'unseen');
  t.notRegex(unseen.stderr, /stopping/);
  t.regex(unseen.stdout, /^succeeded/);
});

test('wait shows no log and exits with how it ended', async (t) => {
  const { run } = await world(t, { outcome: 'failed', lines: ['secret line'], afterMs: 60_000 });
  const { code, stdout } = await run('wait', 'k');
  t.is(code, 1);
  t.regex(stdout, /^failed {2}k/);
  t.false(stdout.startsWith('secret line\n'));
});

test('wait on a run that ended long ago does not call the time since then its age', async (t) => {
  const { run, clock } = await world(t, { afterMs: 60_000 });
  await clock.sleep(3 * DAY_MS);
  const { code, stderr, stdout } = await run('wait', 'k');
  t.is(code, 0);
  t.notRegex(stderr + stdout, /after 3d/);
});

test('attach follows a run from another process: log, state, outcome', async (t) => {
  const { run } = await world(t, { lines: ['a', 'b', 'c'], afterMs: 60_000 });
  const { code, stdout } = await run('attach', 'k');
  t.is(code, 0);
  t.regex(stdout, /^a\nb\nc\nsucceeded/);
});

test('attach --tail starts with the last lines', async (t) => {
  const { run, clock } = await world(t, { lines: ['a', 'b', 'c'], afterMs: 60_000 });
  await clock.sleep(60_000);
  t.regex((await run('attach', '--tail', '1', 'k')).stdout, /^c\nsucceeded/);
});

test('logs prints what is there now, on stdout and without a word more', async (t) => {
  const { run, clock } = await world(t, { lines: ['a', 'b', 'c', 'd'], afterMs: 100_000 });
  await clock.sleep(50_000);
  t.deepEqual(await run('logs', 'k'), { code: 0, stdout: 'a\nb\n', stderr: '' });
  t.is((await run('logs', '--tail', '1', 'k')).stdout, 'b\n');
  t.is((await run('logs', '--stream', 'stderr', 'k')).stdout, '');
});

test('logs -f goes on until the end', async (t) => {
  const { run } = await world(t, { lines: ['a', 'b', 'c', 'd'], afterMs: 100_000 });
  t.deepEqual(await run('logs', '-f', 'k'), { code: 0, stdout: 'a\nb\nc\nd\n', stderr: '' });
});

test('logs --json holds the lines; with -f they go to stderr and are counted', async (t) => {
  const { run, clock } = await world(t, { lines: ['a', 'b'], afterMs: 1_000 });
  await clock.sleep(1_000);
  const now = await run('logs', '--json', 'k');
  t.like(oneDocument(t, now.stdout), { kind: 'logs', lines: 2, missing: 0 });
  t.is((JSON.parse(now.stdout) as { log: { text: string }[] }).log.map(({ text }) => text).join(), 'a,b');
  const followed = await run('logs', '-f', '--json', 'k');
  t.is(followed.stderr, 'a\nb\n');
  t.like(oneDocument(t, followed.stdout), { lines: 2 });
  t.false('log' in (JSON.parse(followed.stdout) as object));
});

test('logs --json writes each line as it comes, and is one document even where it breaks off', async (t) => {
  const livywire = testLivywire();
  const { ref } = await livywire.submit({ file: JOB }, { key: 'k' });
  const written: string[] = [];
  const box: { running?: RunningCli } = {};
  async function* logs(): AsyncGenerator<RunEvent, void> {
    for (const text of ['a', 'b\u2028']) yield { type: 'line', stream: 'stdout', source: 'livy', text };
    written.push(box.running?.written.stdout ?? '');
    throw new UnreachableError('Livy is gone', 'no');
  }
  const found = { ...livywire, find: async () => Object.assign(livywire.attach(ref), { logs }) };
  box.running = startCli(['logs', '--json', 'k'], { env: { LIVYWIRE_URL: ENDPOINT }, livywire: found });
  const { code, stdout } = await box.running.done;
  t.is(code, 3);
  t.regex(written[0] ?? '', /"text":"a"/);
  const document = oneDocument(t, stdout) as { kind: string; log: { text: string }[]; error: { code: string } };
  t.deepEqual([document.kind, document.error.code], ['error', 'UNREACHABLE']);
  t.deepEqual(
    document.log.map(({ text }) => text),
    ['a', 'b\u2028'],
  );
});

test('cancel stops the run, proves it, and exits with 0', async (t) => {
  const { run } = await world(t);
  const { code, stdout } = await run('cancel', 'k');
  t.is(code, 0);
  t.regex(stdout, /^cancelled {2}k/);
  t.regex(stdout, /by livywire/);
  t.is((await run('wait', 'k')).code, 5);
});

test('cancel of a run that has ended says how it ended', async (t) => {
  const { run, clock } = await world(t, { afterMs: 1_000 });
  await clock.sleep(5_000);
  const { code, stdout } = await run('cancel', '--json', 'k');
  t.is(code, 0);
  t.like(oneDocument(t, stdout), { kind: 'succeeded' });
});

test('ls lists key, attempt, state, age, id and label, newest first, and asks no server', async (t) => {
  const { run, clock, env, backend } = await world(t, { afterMs: 1_000 });
  await run('wait', 'k');
  await clock.sleep(3_600_000);
  await run('submit', '--key', 'second', 's3://b/other.py');
  const asked = backend.requests.length;
  const { code, stdout, stderr } = await cli(['ls'], { clock, env: { LIVYWIRE_LEDGER: env.LIVYWIRE_LEDGER } });
  t.is(code, 0);
  t.regex(
    stderr,
    /^livywire: started: no end is in the ledger yet, and no server was asked; livywire status <key> asks/,
  );
  t.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
    [
      ['KEY', 'ATTEMPT', 'STATE', 'AGE', 'ID', 'LABEL'],
      ['second', '1', 'started', '0s', 'livy:1', 's3://b/other.py'],
      ['k', '1', 'succeeded', '1h', 'livy:0', 'Nightly'],
    ],
  );
  t.is(backend.requests.length, asked);
});

test('ls says of what was never sent that it was not', async (t) => {
  const { env } = await world(t);
  const clock = testClock();
  const ref = refFor(clock, { key: 'unsent' });
  await fileLedger(env.LIVYWIRE_LEDGER).create(recordFor(ref, { phase: 'claimed', posts: [] }));
  const { stdout } = await cli(['ls'], { clock, env: { LIVYWIRE_LEDGER: env.LIVYWIRE_LEDGER } });
  t.regex(stdout, /^unsent +1 +not sent /m);
});

test('a key that the ledger does not have is said to be none, and not an address that is missing', async (t) => {
  const env = { LIVYWIRE_LEDGER: await tempFolder(t) };
  const { code, stderr } = await cli(['status', 'sales/2026-11-01'], { env });
  t.is(code, 2);
  t.regex(stderr, /sales\/2026-11-01: no such run in the ledger .*; livywire ls shows which there are/);
  t.regex((await cli(['status', 'livy:7'], { env })).stderr, /No Livy to talk to/);
});

test('ls --json, --limit and --since choose the runs', async (t) => {
  const { run, clock } = await world(t, { afterMs: 1_000 });
  await clock.sleep(7_200_000);
  await run('submit', '--key', 'young', JOB);
  const keys = async (...flags: string[]) =>
    (oneDocument(t, (await run('ls', '--json', ...flags)).stdout) as { runs: { key: string }[] }).runs.map(
      ({ key }) => key,
    );
  t.deepEqual(await keys(), ['young', 'k']);
  t.deepEqual(await keys('--limit', '1'), ['young']);
  t.deepEqual(await keys('--since', '1h'), ['young']);
  t.deepEqual(await keys('--since', '2020-01-01'), ['young', 'k']);
  t.is((await run('ls', '--since', 'yesterday')).code, 2);
});

test('an empty ledger is no error, and nothing on stdout', async (t) => {
  const { code, stdout, stderr } = await cli(['ls'], { env: { LIVYWIRE_LEDGER: await tempFolder(t) } });
  t.is(code, 0);
  t.is(stdout, '');
  t.regex(stderr, /no runs in the ledger yet/);
});

test('without --url a run is asked about where it was started, without credentials', async (t) => {
  const { env, clock, livywire } = await world(t);
  const started = startCli(['status', 'k'], {
    clock,
    livywire,
    env: { LIVYWIRE_LEDGER: env.LIVYWIRE_LEDGER, LIVYWIRE_TOKEN: 'secret' },
  });
  const { code, stderr } = await started.done;
  t.is(code, 0);
  t.regex(stderr, /asking http:\/\/livy\.test:8998, where this run was started/);
  t.like(started.connected[0], { url: ENDPOINT, auth: { kind: 'none' } });
});

test('a run is never asked about at another server than its own, whose 404 would mean nothing', async (t) => {
  const { run, backend } = await world(t);
  const asked = backend.requests.length;
  const { code, stderr } = await run('status', '--url', 'http://other.test:8998', 'k');
  t.is(code, 2);
  t.regex(stderr, /k was started at http:\/\/livy\.test:8998, and --url names http:\/\/other\.test:8998; give --url/);
  t.is(backend.requests.length, asked);
});

test('a batch id without an address needs one', async (t) => {
  const { env } = await world(t);
  const { code, stderr } = await cli(['status', 'livy:3'], { env: { LIVYWIRE_LEDGER: env.LIVYWIRE_LEDGER } });
  t.is(code, 2);
  t.regex(stderr, /No Livy to talk to/);
});

test('without --url nothing that was written for one cluster goes with the endpoint of the ledger', async (t) => {
  const pem = '-----BEGIN CERTIFICATE-----';
  const { env, clock, livywire } = await world(t);
  const running = startCli(
    ['status', '--cert', '/c.pem', '--cert-key', '/k.pem', '--ca', '/ca.pem', '--map', 'livy.test=127.0.0.1', 'k'],
    {
      clock,
      livywire,
      files: { '/c.pem': pem, '/k.pem': pem, '/ca.pem': pem },
      env: {
        LIVYWIRE_LEDGER: env.LIVYWIRE_LEDGER,
        LIVYWIRE_YARN_URL: 'http://other-rm:8088',
        LIVYWIRE_YARN_USER: 'ada',
        LIVYWIRE_YARN_SEES_ALL: 'true',
        LIVYWIRE_HISTORY_URL: 'http://other-shs:18080',
        LIVYWIRE_REDIRECT_HOSTS: '*.corp',
        LIVYWIRE_INSECURE: 'true',
        LIVYWIRE_PROXY: 'socks5h://bastion:1080',
      },
    },
  );
  const { code, stderr } = await running.done;
  t.is(code, 0);
  const [seen] = running.connected;
  t.like(seen, {
    url: ENDPOINT,
    auth: { kind: 'none' },
    headers: {},
    redirectHosts: [],
    yarnSeesAll: false,
    map: ['livy.test=127.0.0.1'],
    proxy: 'socks5h://bastion:1080',
  });
  t.deepEqual(seen?.tls, { ca: pem, insecure: false });
  for (const name of ['yarnUrl', 'yarnUser', 'historyUrl'] as const) t.is(seen?.[name], undefined, name);
  t.regex(stderr, /left out, .*--cert.*LIVYWIRE_YARN_URL/);
});

test('what stands behind livy: has to be a number', async (t) => {
  const { run, backend } = await world(t);
  const asked = backend.requests.length;
  const { code, stderr } = await run('status', 'livy:x');
  t.is(code, 2);
  t.regex(stderr, /livy:x: "x" is no batch number$/m);
  t.is(backend.requests.length, asked);
});

test('--help with a value is told that it takes none', async (t) => {
  const { code, stderr } = await cli(['run', '--help=1']);
  t.is(code, 2);
  t.regex(stderr, /--help takes no value$/m);
});
