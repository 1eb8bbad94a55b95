import test from 'ava';
import { memoryLedger, MemoryBackend, testClock, testLivywire } from '../../src/testing/index.js';
import { cli, oneDocument } from '../helpers/cli.js';

const URL_FLAG = ['--url', 'http://livy.test:8998'] as const;
const JOB = 's3://b/etl.py';
type Script = NonNullable<NonNullable<Parameters<typeof testLivywire>[0]>['script']>;

function world(script: ReturnType<Script> = {}) {
  const clock = testClock();
  const backend = new MemoryBackend({ clock, script: () => script });
  const livywire = testLivywire({ clock, backend });
  return { clock, backend, livywire, run: (...argv: readonly string[]) => cli(argv, { clock, livywire }) };
}

test('run shows the log and the outcome on stdout, what happens on the way on stderr, and exits with 0', async (t) => {
  const { run } = world({ lines: ['first', 'second'] });
  const { code, stdout, stderr } = await run('run', ...URL_FLAG, '--key', 'k1', JOB);
  t.is(code, 0);
  const lines = stdout.trimEnd().split('\n');
  t.deepEqual(lines.slice(0, 2), ['first', 'second']);
  t.regex(lines[2] ?? '', /^succeeded {2}k1 {2}after 1\ds {2}livy:0$/);
  t.is(lines.length, 3);
  t.regex(stderr, /^livywire: submitting k1$/m);
  t.regex(stderr, /^livywire: started: k1, livy:0$/m);
  t.regex(stderr, /^livywire: running, after \ds, livy:0$/m);
});

test('a state is told once, however often it is read', async (t) => {
  const { run, backend } = world({ afterMs: 600_000 });
  const { stderr } = await run('run', ...URL_FLAG, JOB);
  t.true(backend.requests.filter((request) => request === 'GET 0').length > 5);
  t.is(stderr.split('\n').filter((line) => /^livywire: running/.test(line)).length, 1);
});

test('a job that failed exits with 1 and says why', async (t) => {
  const { run } = world({ outcome: 'failed', lines: ['Traceback (most recent call last):', 'ValueError: no rows'] });
  const { code, stdout } = await run('run', ...URL_FLAG, '--key', 'k', JOB);
  t.is(code, 1);
  t.regex(stdout, /^failed {2}k/m);
  t.regex(stdout, /next: /);
});

test('a job that somebody cancelled exits with 5', async (t) => {
  const { code, stdout } = await world({ outcome: 'cancelled' }).run('run', ...URL_FLAG, JOB);
  t.is(code, 5);
  t.regex(stdout, /^cancelled/m);
  t.regex(stdout, /by someone else/);
});

test('with --json the outcome is the only line on stdout, and the log goes to stderr', async (t) => {
  const { run } = world({ lines: ['first'] });
  const { code, stdout, stderr } = await run('run', ...URL_FLAG, '--json', '--key', 'k', JOB);
  t.is(code, 0);
  t.like(oneDocument(t, stdout), { v: 1, kind: 'succeeded', ref: { key: 'k', attempt: 1, id: '0' } });
  t.regex(stderr, /^first$/m);
});

test('with --quiet there is the outcome and nothing else', async (t) => {
  const { stdout, stderr } = await world({ lines: ['first'] }).run('run', ...URL_FLAG, '-q', JOB);
  t.is(stderr, '');
  t.regex(stdout, /^succeeded [^\n]*\n$/);
});

test('the same key again adopts the run and sends nothing', async (t) => {
  const { run, backend } = world({ lines: ['first'] });
  await run('run', ...URL_FLAG, '--key', 'day', JOB);
  const again = await run('run', ...URL_FLAG, '--key', 'day', JOB);
  t.is(again.code, 0);
  t.regex(again.stdout, /^succeeded/, 'how it ended, without its log once more');
  t.regex(again.stderr, /found the run under this key, nothing was sent: day/);
  t.is(backend.requests.filter((request) => request.startsWith('POST')).length, 1);
});

test('the same key while the run goes on follows it, log and all', async (t) => {
  const { run } = world({ lines: ['first', 'second'] });
  await run('submit', ...URL_FLAG, '--key', 'day', JOB);
  const { code, stdout } = await run('run', ...URL_FLAG, '--key', 'day', JOB);
  t.is(code, 0);
  t.regex(stdout, /^first\nsecond\nsucceeded/);
});

test('the same key for another job is refused with 2 and the difference', async (t) => {
  const { run } = world();
  await run('run', ...URL_FLAG, '--key', 'day', JOB, 'a');
  const { code, stderr } = await run('run', ...URL_FLAG, '--key', 'day', JOB, 'b');
  t.is(code, 2);
  t.regex(stderr, /Key "day" already belongs to another run/);
  t.regex(stderr, /--key with another name .* --retry-of failed/);
});

test('a failed run is returned under its key, and --retry-of failed starts the next attempt', async (t) => {
  const { run, backend } = world({ outcome: 'failed' });
  t.is((await run('run', ...URL_FLAG, '--key', 'day', JOB)).code, 1);
  t.is((await run('run', ...URL_FLAG, '--key', 'day', JOB)).code, 1);
  t.is(backend.names.length, 1);
  const retry = await run('run', ...URL_FLAG, '--key', 'day', '--retry-of', 'failed', JOB);
  t.regex(retry.stderr, /started: day, attempt 2/);
  t.is(backend.names.length, 2);
});

test('--attempt is the number that a scheduler has come to: each starts one attempt at most, and a success none', async (t) => {
  const { run, backend } = world({ outcome: 'failed' });
  const attempt = (n: string) => run('run', ...URL_FLAG, '--key', 'day', '--attempt', n, JOB);
  t.is((await attempt('1')).code, 1);
  t.is((await attempt('1')).code, 1);
  t.is(backend.names.length, 1, 'the same try once more');
  t.regex((await attempt('3')).stderr, /started: day, attempt 2/);
  t.is(backend.names.length, 2);
  const well = world();
  for (const n of ['1', '2']) t.is((await well.run('run', ...URL_FLAG, '--key', 'day', '--attempt', n, JOB)).code, 0);
  t.is(well.backend.names.length, 1);
});

test('without --key every run has a key of its own that tells what it is', async (t) => {
  const { run } = world();
  const keys = [];
  for (let i = 0; i < 2; i++) {
    const { stdout } = await run('run', ...URL_FLAG, '--json', 's3://b/jobs/word+count.py');
    keys.push((JSON.parse(stdout) as { ref: { key: string } }).ref.key);
  }
  t.regex(keys[0] ?? '', /^word-count-[0-9a-z]{12}$/);
  t.not(keys[0], keys[1]);
});

test('--timeout stops the waiting, not the job: 4, what was left and how to come back', async (t) => {
  const { run, backend } = world({ afterMs: 3_600_000 });
  const { code, stdout, stderr } = await run('run', ...URL_FLAG, '--key', "it's", '--timeout', '5m', JOB);
  t.is(code, 4);
  t.is(stdout, '');
  t.regex(stderr, /left running: it's; come back with: livywire attach 'it'\\''s'$/m);
  t.false(backend.requests.some((request) => request.startsWith('DELETE')));
});

const full = (backend: MemoryBackend) => backend.failNext(...Array.from({ length: 200 }, () => 'busy' as const));
const posts = (backend: MemoryBackend) => backend.requests.filter((request) => request.startsWith('POST')).length;

test('--timeout is the whole: the submit has no more time than that, and 4 says that the waiting is over', async (t) => {
  const { run, backend, clock } = world();
  full(backend);
  const start = clock.now();
  const { code, stdout, stderr } = await run('run', ...URL_FLAG, '--json', '--key', 'k', '--timeout', '2m', JOB);
  t.is(code, 4);
  t.is(clock.now() - start, 120_000);
  t.regex(stderr, /stopped waiting at --timeout, nothing was started: k \(.*too many sessions.*\); .* --key k$/m);
  t.like(oneDocument(t, stdout), { v: 1, kind: 'unsent', reason: 'timeout', ref: { key: 'k' } });
});

test('--on-timeout cancel counts while the job is submitted: it is never sent', async (t) => {
  const { run, backend, clock, livywire } = world();
  full(backend);
  const start = clock.now();
  const flags = ['--key', 'k', '--timeout', '2m', '--on-timeout', 'cancel'] as const;
  const { code, stdout } = await run('run', ...URL_FLAG, ...flags, JOB);
  t.is(code, 5);
  t.true(clock.now() - start < 140_000);
  t.regex(stdout, /^cancelled .*\n {2}stopped at --timeout\n {2}by livywire/m);
  const sent = posts(backend);
  t.is((await livywire.submit({ file: JOB }, { key: 'k' })).outcome?.kind, 'cancelled');
  t.is(posts(backend), sent);
});

test('what the submit took of --timeout is not waited for again', async (t) => {
  const { run, backend, clock } = world({ afterMs: 3_600_000 });
  backend.failNext('busy', 'busy', 'busy', 'busy', 'busy', 'busy');
  const start = clock.now();
  const { code, stderr } = await run('run', ...URL_FLAG, '--key', 'k', '--timeout', '5m', JOB);
  t.is(code, 4);
  t.regex(stderr, /left running: k/);
  t.is(clock.now() - start, 300_000);
});

test('a request whose answer does not come is not waited for beyond --timeout: it may be running', async (t) => {
  const { run, backend, clock } = world();
  backend.start = () => new Promise(() => undefined);
  const start = clock.now();
  const { code, stdout, stderr } = await run('run', ...URL_FLAG, '--json', '--key', 'k', '--timeout', '30s', JOB);
  t.is(code, 4);
  t.true(clock.now() - start < 40_000);
  t.regex(stderr, /stopped waiting at --timeout, it may be running: k/);
  t.like(oneDocument(t, stdout), { kind: 'unknown', reason: 'timeout', ref: { key: 'k' } });
});

test('an address that refuses the connection is 3 at once, however long --timeout is', async (t) => {
  const { run, backend } = world();
  backend.down();
  t.is((await run('run', ...URL_FLAG, '--key', 'k', '--timeout', '5m', JOB)).code, 3);
});

test('--on-timeout cancel stops the job and exits with 5', async (t) => {
  const { run, backend } = world({ afterMs: 3_600_000 });
  const { code, stdout } = await run('run', ...URL_FLAG, '--timeout', '5m', '--on-timeout', 'cancel', JOB);
  t.is(code, 5);
  t.regex(stdout, /^cancelled/m);
  t.regex(stdout, /by livywire/);
  t.true(backend.requests.some((request) => request.startsWith('DELETE')));
});

test('with --json a run that was left is a document with its ref', async (t) => {
  const { run } = world({ afterMs: 3_600_000 });
  const { stdout } = await run('run', ...URL_FLAG, '--json', '--key', 'k', '--timeout', '1m', JOB);
  t.like(oneDocument(t, stdout), { v: 1, kind: 'running', reason: 'timeout', ref: { key: 'k' } });
});

const WAITING = { queueMs: 3_600_000, afterMs: 7_200_000 };

test('--queue-timeout stops the waiting for a job that does not run, and says that it was this limit', async (t) => {
  const { run, backend } = world(WAITING);
  const flags = ['--key', 'k', '--queue-timeout', '5m', '--timeout', '2h'] as const;
  const { code, stderr } = await run('run', ...URL_FLAG, ...flags, JOB);
  t.is(code, 4);
  t.regex(stderr, /stopped waiting at --queue-timeout, not running yet, left in its queue: k; come back with/);
  t.false(backend.requests.some((request) => request.startsWith('DELETE')));
  const again = await run('wait', ...URL_FLAG, '--json', '--queue-timeout', '5m', 'k');
  t.is(again.code, 4);
  t.like(oneDocument(t, again.stdout), { v: 1, kind: 'waiting', reason: 'queue-timeout', ref: { key: 'k' } });
});

test('--on-timeout cancel counts for --queue-timeout too: 5, and which limit it was', async (t) => {
  const flags = [...URL_FLAG, '--queue-timeout', '5m', '--on-timeout', 'cancel'] as const;
  const { code, stdout, stderr } = await world(WAITING).run('run', ...flags, JOB);
  t.is(code, 5);
  t.regex(stdout, /^cancelled .*\n {2}stopped at --queue-timeout\n {2}by livywire/m);
  t.regex(stderr, /--queue-timeout is over, and it does not run yet: stopping the job/);
  const json = await world(WAITING).run('run', ...flags, '--json', JOB);
  t.like(oneDocument(t, json.stdout), { kind: 'cancelled', by: 'livywire', reason: 'queue-timeout' });
});

test('--queue-timeout means nothing to a job that runs', async (t) => {
  const { run } = world({ queueMs: 60_000, afterMs: 1_800_000 });
  t.is((await run('run', ...URL_FLAG, '--queue-timeout', '5m', JOB)).code, 0);
});

test('--output is checked before anything is sent, and its marker after the end', async (t) => {
  const { run, backend } = world();
  const refused = await run('run', ...URL_FLAG, '--output', 's3://b/out', JOB);
  t.is(refused.code, 2);
  t.regex(refused.stderr, /"s3:\/\/b\/out" cannot be checked; this version looks at files/);
  t.deepEqual(backend.requests, []);
  const { code, stdout } = await run('run', ...URL_FLAG, '--output', '/nowhere/out', JOB, '--output', 'its own');
  t.is(code, 1);
  t.regex(stdout, /^ {2}OUTPUT_MARKER_MISSING {2}.*\/nowhere\/out\/_SUCCESS is not there$/m);
});

test('--retry-of without --key has nothing to try again', async (t) => {
  const { code, stderr } = await world().run('run', ...URL_FLAG, '--retry-of', 'failed', JOB);
  t.is(code, 2);
  t.regex(stderr, /--retry-of needs --key/);
});

test('--attempt without --key, beside --retry-of, or as no count is a mistake', async (t) => {
  const { run, backend } = world();
  for (const [flags, said] of [
    [['--attempt', '2'], /--attempt needs --key/],
    [['--attempt', '0', '--key', 'day'], /--attempt counts from 1/],
    [['--attempt', 'two', '--key', 'day'], /--attempt: "two" is not a whole number/],
  ] as const) {
    const { code, stderr } = await run('run', ...URL_FLAG, ...flags, JOB);
    t.is(code, 2);
    t.regex(stderr, said);
  }
  t.deepEqual(backend.requests, []);
});

test('one flag with two values is a mistake, but for those of spark-submit, of which the last one counts', async (t) => {
  const { run, backend } = world();
  for (const flags of [
    ['--key', 'a', '--key', 'b'],
    ['--timeout', '1h', '--timeout=2h'],
    ['--url', 'http://other'],
  ]) {
    const { code, stderr } = await run('run', ...URL_FLAG, ...flags, JOB);
    t.is(code, 2, flags.join(' '));
    t.regex(stderr, /was given twice, as ".*" and ".*"; give it once/);
  }
  t.deepEqual(backend.requests, []);
  t.is((await run('run', ...URL_FLAG, '--key', 'a', '--key', 'a', JOB)).code, 0);
  const twice = await run('run', ...URL_FLAG, '--dry-run', '--driver-memory', '1g', '--driver-memory', '2g', JOB);
  t.regex(twice.stdout, /"driverMemory": "2g"/);
});

test('a bare number is no duration', async (t) => {
  const { code, stderr } = await world().run('run', ...URL_FLAG, '--timeout', '90', JOB);
  t.is(code, 2);
  t.regex(stderr, /--timeout: "90" has no unit; write it as 90s/);
});

test('--exit-retryable may not take a code of the table', async (t) => {
  const { code, stderr } = await world().run('run', ...URL_FLAG, '--exit-retryable', '4', JOB);
  t.is(code, 2);
  t.regex(stderr, /--exit-retryable: 4 means something else/);
});

test('a key that begins with a dash comes back behind two dashes', async (t) => {
  const { run } = world({ afterMs: 3_600_000 });
  t.regex((await run('submit', ...URL_FLAG, '--key', '-k', JOB)).stderr, /livywire attach -- -k$/m);
  const { stderr } = await run('run', ...URL_FLAG, '--key', '-k', '--timeout', '1m', JOB);
  t.regex(stderr, /come back with: livywire attach -- -k$/m);
  t.is((await run('attach', ...URL_FLAG, '--timeout', '1m', '--', '-k')).code, 4);
});

test('submit prints the key alone on stdout and exits with 0', async (t) => {
  const { run } = world({ afterMs: 3_600_000 });
  const { code, stdout, stderr } = await run('submit', ...URL_FLAG, '--key', 'k', JOB);
  t.is(code, 0);
  t.is(stdout, 'k\n');
  t.regex(stderr, /livywire attach k/);
});

test('run --detach is submit, and both say in --json whether the run was new', async (t) => {
  const { run } = world({ afterMs: 3_600_000 });
  const first = await run('run', ...URL_FLAG, '--detach', '--json', '--key', 'k', JOB);
  t.like(oneDocument(t, first.stdout), { v: 1, kind: 'submitted', how: 'started', ref: { key: 'k', id: '0' } });
  const second = await run('submit', ...URL_FLAG, '--json', '--key', 'k', JOB);
  t.like(oneDocument(t, second.stdout), { how: 'adopted' });
  t.is(second.code, 0);
});

test('--dry-run shows the request with its name and tags, and sends nothing', async (t) => {
  const { run, backend } = world();
  const { code, stdout } = await run('run', ...URL_FLAG, '--dry-run', '--conf', 'spark.my.password=hunter2', JOB, 'x');
  t.is(code, 0);
  const request = JSON.parse(stdout) as { file: string; name: string; conf: Record<string, string> };
  t.is(request.file, JOB);
  t.regex(request.name, /^livywire-[0-9a-f]{32}-a1$/);
  t.true(request.conf['spark.yarn.tags']?.startsWith(request.name));
  t.notRegex(stdout, /hunter2/);
  t.deepEqual(backend.requests, []);
});

test('a service that is out of reach is 3', async (t) => {
  const { run, backend } = world();
  backend.down();
  const { code, stdout, stderr } = await run('run', ...URL_FLAG, JOB);
  t.is(code, 3);
  t.is(stdout, '');
  t.regex(stderr, /refuses the connection/);
});

test('a job that the server refuses is 2', async (t) => {
  const { run, backend } = world();
  backend.failNext('rejected');
  t.is((await run('run', ...URL_FLAG, JOB)).code, 2);
});

test('an error in the flags is told before anything is sent, and so is a missing address', async (t) => {
  const { run, backend } = world();
  t.is((await run('run', ...URL_FLAG, '--num-executors', 'x', JOB)).code, 2);
  const { code, stderr } = await run('run', JOB);
  t.is(code, 2);
  t.regex(stderr, /No Livy to talk to: give --url or --cluster, set LIVYWIRE_URL/);
  t.deepEqual(backend.requests, []);
});

test('flags behind the file belong to the job', async (t) => {
  const { run } = world();
  const { stdout, stderr } = await run('run', ...URL_FLAG, '--dry-run', JOB, '--json', '--quiet', '--url', 'x');
  t.deepEqual((JSON.parse(stdout) as { args: string[] }).args, ['--json', '--quiet', '--url', 'x']);
  for (const flag of ['--json', '--quiet', '--url']) {
    t.regex(stderr, new RegExp(`^livywire: ${flag} stands behind the file, so it goes to the job$`, 'm'));
  }
});

test("arguments that only look like flags are the job's without a word, and a --url behind the file explains its absence", async (t) => {
  const { run } = world();
  const quiet = await run('run', ...URL_FLAG, '--dry-run', JOB, '--date', 'url', '--url=x', '-q', '--', 'a');
  t.is(quiet.stderr, '');
  const { code, stderr } = await run('run', JOB, '--url', 'http://livy.test:8998');
  t.is(code, 2);
  t.regex(stderr, /No Livy to talk to.*; the --url that stands behind the file goes to the job/);
});

test('what will not be as it was with spark-submit is said on stderr', async (t) => {
  const { livywire, clock } = world();
  const { code, stderr } = await cli(['run', ...URL_FLAG, '--deploy-mode', 'client', '--allow-cluster-mode', JOB], {
    clock,
    livywire,
    env: { PYSPARK_PYTHON: 'python3.11' },
  });
  t.is(code, 0);
  t.regex(stderr, /--deploy-mode client: runs in the cluster/);
  t.regex(
    stderr,
    /PYSPARK_PYTHON: is exported here but does not travel; --conf spark\.yarn\.appMasterEnv\.PYSPARK_PYTHON=/,
  );
});

test('control characters of the job never reach the terminal, and --json keeps them escaped', async (t) => {
  const evil = 'a\u001b]0;owned\u0007b\u001b[2Jc\u009b31md\u202ee';
  const { run } = world({ lines: [evil], outcome: 'failed' });
  const { stdout } = await run('run', ...URL_FLAG, JOB);
  t.regex(stdout, /^abcde$/m);
  const json = await run('logs', ...URL_FLAG, '--json', 'livy:0');
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  t.notRegex(stdout + json.stdout + json.stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});

test('settings reach the services as they were given', async (t) => {
  const clock = testClock();
  const seen: unknown[] = [];
  await cli(['submit', '--url', 'http://livy.test:8998/', '--map', 'a=b', '--map', 'c:1=d:2', '--insecure', JOB], {
    clock,
    env: { LIVYWIRE_USER: 'ada', LIVYWIRE_PASSWORD: 'hunter2' },
    connect: ({ url, map, tls, auth }) => {
      seen.push({ url, map, insecure: tls.insecure, auth });
      return testLivywire({ clock, ledger: memoryLedger() });
    },
  });
  t.deepEqual(seen, [
    {
      url: 'http://livy.test:8998',
      map: ['a=b', 'c:1=d:2'],
      insecure: true,
      auth: { kind: 'basic', user: 'ada', password: 'hunter2' },
    },
  ]);
});
