import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { MemoryBackend, memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { cli, oneDocument, startCli, tempFolder } from '../helpers/cli.js';
import { type LocalAws, standInCredentials, startMoto } from '../helpers/moto.js';
import { s3Between } from '../helpers/s3-between.js';

let moto: LocalAws | undefined;
test.before(async () => {
  standInCredentials();
  moto = await startMoto();
  if (!moto) return;
  process.env.AWS_ENDPOINT_URL = moto.url;
  await fetch(`${moto.url}/bucket`, { method: 'PUT' });
});
test.after.always(() => moto?.stop());

/** A folder of a person's own, and a Livy that would take the job. `prefix` is of this test alone. */
async function world(t: ExecutionContext) {
  if (!moto) return undefined;
  const cwd = await tempFolder(t);
  await mkdir(join(cwd, 'lib'));
  await writeFile(join(cwd, 'etl.py'), 'print(1)\n');
  await writeFile(join(cwd, 'lib', 'm.py'), 'x = 1\n');
  const clock = testClock();
  const ledger = memoryLedger();
  const backend = new MemoryBackend({ clock });
  const livywire = testLivywire({ clock, backend, ledger });
  const to = `s3://bucket/${cwd.split('/').at(-1) ?? ''}`;
  const run = async (...argv: readonly string[]) => {
    // What the line names is read from this machine; a lock, as settings are.
    const lock = await readFile(join(cwd, 'etl.lock.json'), 'utf8').catch(() => undefined);
    const files = lock === undefined ? {} : { [join(cwd, 'etl.lock.json')]: lock };
    return cli(argv, { cwd, clock, livywire, files });
  };
  return { cwd, to, ledger, livywire, run, posts: () => backend.requests.filter((one) => one.startsWith('POST')) };
}
const URL_FLAG = ['--url', 'http://livy.test:8998'] as const;

test('run --stage uploads what is local, and the ledger says which code ran', async (t) => {
  const w = await world(t);
  if (!w) return void t.pass();
  const { code, stderr } = await w.run(
    'run',
    ...URL_FLAG,
    '--stage',
    w.to,
    '--key',
    'k',
    '--py-files',
    'lib',
    './etl.py',
    '2026-11-01',
  );
  t.is(code, 0, stderr);
  t.regex(stderr, /^livywire: staging 2 files \(\d+ B\) to s3:\/\/bucket\//m);
  t.regex(stderr, /^livywire: staged: 2 files \(\d+ B\) sent$/m);
  const record = (await w.ledger.get('k'))?.record;
  t.regex(record?.spec.file ?? '', /^s3:\/\/bucket\/.+\/[0-9a-f]{64}\/etl\.py$/);
  t.deepEqual(record?.spec.args, ['2026-11-01']);
  t.true(record?.spec.file.includes(record.attempts[0]?.codeSha256 ?? 'none'));
});

// By itself: it changes where S3 is for the whole process.
test.serial(
  'the same key with the same bytes is the same run; with changed bytes a conflict that names the file, before any upload',
  async (t) => {
    const w = await world(t);
    if (!w || !moto) return void t.pass();
    const line = [...URL_FLAG, '--stage', w.to, '--key', 'k', '--py-files', 'lib', './etl.py'];
    await w.run('submit', ...line);
    const again = await w.run('submit', ...line);
    t.is(again.code, 0);
    t.regex(again.stderr, /staged: nothing to send, \d files \(.*\) there already/);
    t.regex(again.stderr, /found the run under this key, nothing was sent/);
    t.is(w.posts().length, 1);

    await writeFile(join(w.cwd, 'lib', 'm.py'), 'x = 2\n');
    const between = await s3Between(t, moto.url);
    process.env.AWS_ENDPOINT_URL_S3 = between.url;
    const changed = await w.run('submit', ...line).finally(() => delete process.env.AWS_ENDPOINT_URL_S3);
    t.is(changed.code, 2);
    t.regex(changed.stderr, /already belongs to another run \(pyFiles: lib\.zip has other bytes\)/);
    t.notRegex(changed.stderr, /file: /);
    t.deepEqual(between.calls, []);
  },
);

test('--dry-run shows the request and what would be uploaded, and sends neither', async (t) => {
  const w = await world(t);
  if (!w) return void t.pass();
  await w.run('stage', '--stage', w.to, './etl.py');
  const line = [...URL_FLAG, '--dry-run', '--stage', w.to, '--py-files', 'lib', './etl.py'];
  const { code, stdout, stderr } = await w.run('run', ...line);
  t.is(code, 0);
  t.regex((JSON.parse(stdout) as { file: string }).file, /^s3:\/\/bucket\/.*\/etl\.py$/);
  t.regex(stderr, /^livywire: there already {2}9 B +file +.*etl\.py → s3:/m);
  t.regex(stderr, /^livywire: would be sent {2}\d+ B +pyFiles +.*lib → s3:.*lib\.zip$/m);
  const json = await w.run('run', '--json', ...line);
  const { request, files } = oneDocument(t, json.stdout) as { request: unknown; files: { there: boolean }[] };
  t.truthy(request);
  t.deepEqual(
    files.map(({ there }) => there),
    [true, false],
  );
  t.deepEqual(w.posts(), []);
});

test('stage writes a lock, and run --locked runs what it names with arguments of its own', async (t) => {
  const w = await world(t);
  if (!w) return void t.pass();
  const staged = await w.run('stage', '--stage', w.to, '--py-files', 'lib', '--out', 'etl.lock.json', 'etl.py');
  t.is(staged.code, 0, staged.stderr);
  t.is(staged.stdout, 'etl.lock.json\n');
  await writeFile(join(w.cwd, 'etl.py'), 'print("changed since")\n');
  const { code, stderr } = await w.run(
    'run',
    ...URL_FLAG,
    '--locked',
    'etl.lock.json',
    '--key',
    'k',
    '--conf',
    'spark.x=1',
    '2026-11-02',
    'b',
  );
  t.is(code, 0, stderr);
  const lock = JSON.parse(await readFile(join(w.cwd, 'etl.lock.json'), 'utf8')) as {
    job: object;
    objects: { sha256: string }[];
  };
  const record = (await w.ledger.get('k'))?.record;
  t.like(record?.spec, { ...lock.job, args: ['2026-11-02', 'b'], conf: { 'spark.x': '1' } });
  t.is(record?.attempts[0]?.codeSha256, lock.objects[0]?.sha256);
});

test('a run from a lock and a run that stages the same files are one run under one key', async (t) => {
  const w = await world(t);
  if (!w) return void t.pass();
  const files = ['--stage', w.to, '--py-files', 'lib'];
  await w.run('stage', ...files, '-o', 'etl.lock.json', 'etl.py');
  await w.run('submit', ...URL_FLAG, '--key', 'k', ...files, './etl.py', 'x');
  const { code, stderr } = await w.run('submit', ...URL_FLAG, '--key', 'k', '--locked', 'etl.lock.json', 'x');
  t.is(code, 0, stderr);
  t.is(w.posts().length, 1);
});

test('a lock whose objects are gone starts nothing', async (t) => {
  const w = await world(t);
  if (!w) return void t.pass();
  await w.run('stage', '--stage', w.to, '-o', 'etl.lock.json', 'etl.py');
  const text = await readFile(join(w.cwd, 'etl.lock.json'), 'utf8');
  await writeFile(join(w.cwd, 'etl.lock.json'), text.replaceAll(w.to, `${w.to}-elsewhere`));
  const { code, stderr } = await w.run('run', ...URL_FLAG, '--locked', 'etl.lock.json');
  t.is(code, 2);
  t.regex(stderr, /The lock names what is not there any more: s3:\/\/.*-elsewhere\//);
  t.deepEqual(w.posts(), []);
});

test('everything that is missing is said at once, and nothing is sent', async (t) => {
  const w = await world(t);
  if (!w) return void t.pass();
  const { code, stderr } = await w.run('run', ...URL_FLAG, '--stage', w.to, '--jars', 'jars/*.jar', './etl2.py');
  t.is(code, 2);
  t.regex(stderr, /file: .*etl2\.py is not there/);
  t.regex(stderr, /jars: jars\/\*\.jar is not there/);
  t.deepEqual(w.posts(), []);
});

for (const [argv, words] of [
  [['run', ...URL_FLAG, '--requirements', 'r.txt', 's3://b/x.py'], /--requirements needs --stage/],
  [['run', ...URL_FLAG, '--stage', 's3://b/p', '--platform', 'x86_64', 'x.py'], /--platform needs --requirements/],
  [['run', ...URL_FLAG, '--locked', 'l.json', '--py-files', 'lib'], /--py-files cannot be given with --locked/],
  [['run', ...URL_FLAG, '--locked', 'none.json'], /none\.json is not there/],
  [['run', ...URL_FLAG, '--stage', 'bucket/p', 'x.py'], /no place to stage to/],
  [['stage', 'x.py'], /--stage s3:\/\/bucket\/prefix/],
  [['submit', ...URL_FLAG, './etl.py'], /add --stage s3:\/\/<bucket>\/<prefix> to have it put there/],
] as const) {
  test(`wrong usage is said: ${argv.filter((word) => !URL_FLAG.includes(word as '--url')).join(' ')}`, async (t) => {
    const { code, stderr } = await cli(argv, { livywire: testLivywire() });
    t.is(code, 2);
    t.regex(stderr, words);
  });
}

test.serial('a signal while files are uploaded asks nobody, takes the upload back and starts nothing', async (t) => {
  const w = await world(t);
  if (!w || !moto) return void t.pass();
  await writeFile(join(w.cwd, 'big.jar'), Buffer.alloc(17 * 1_024 * 1_024, w.to));
  const between = await s3Between(t, moto.url);
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  between.fate = (call) => {
    if (!call.endsWith('partNumber')) return undefined;
    begin();
    return 'hang';
  };
  process.env.AWS_ENDPOINT_URL_S3 = between.url;
  const running = startCli(['run', ...URL_FLAG, '--stage', w.to, '--jars', 'big.jar', './etl.py'], {
    cwd: w.cwd,
    livywire: w.livywire,
    tty: { stdin: true, stderr: true },
    ask: async () => {
      t.fail('nobody is to be asked');
      return undefined;
    },
  });
  await begun;
  delete process.env.AWS_ENDPOINT_URL_S3;
  running.send('SIGINT');
  const { code, stderr } = await running.done;
  t.is(code, 130);
  t.regex(stderr, /interrupted while the files of the job were made ready: no job was started/);
  t.true(between.calls.some((call) => call.startsWith('DELETE') && call.endsWith('?uploadId')));
  t.deepEqual(w.posts(), []);
});
