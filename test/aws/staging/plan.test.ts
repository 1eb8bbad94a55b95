import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { stageJob } from '../../../src/aws/index.js';
import type { AwsClients } from '../../../src/aws/index.js';
import { planStaging } from '../../../src/aws/staging/plan-staging.js';
import { parseS3Uri, parseStagePrefix } from '../../../src/aws/staging/stage-prefix.js';
import { ConfigError, type JobSpec } from '../../../src/core/index.js';

const TO = 's3://bucket/jobs';

/** A folder with these files; each holds its own name. */
async function folder(t: ExecutionContext, ...names: readonly string[]): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'livywire-plan-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  for (const name of names) {
    await mkdir(join(path, name, '..'), { recursive: true });
    await writeFile(join(path, name), name);
  }
  return path;
}

/** Addresses without the checksum in them. */
const short = (uris: readonly string[] = []): readonly string[] => uris.map((uri) => uri.replace(/[0-9a-f]{64}/, '…'));
const refused = async (t: ExecutionContext, spec: JobSpec, cwd: string): Promise<string> =>
  (await t.throwsAsync(planStaging(spec, { to: TO, cwd }), { instanceOf: ConfigError }))?.message ?? '';

test('every path that is missing is named at once, before anybody is asked for anything', async (t) => {
  const cwd = await folder(t, 'etl.py');
  const aws = {
    s3: () => t.fail('a client was made'),
    close: () => undefined,
  } as unknown as AwsClients;
  const spec = { file: 'etl2.py', jars: ['*.jar', 'etl.py'], pyFiles: ['lib/'], files: ['a.csv#b', 's3://x/y'] };
  const error = await t.throwsAsync(stageJob(spec, { to: TO, cwd, aws }), { instanceOf: ConfigError });
  const lines = error?.message.split('\n') ?? [];
  t.deepEqual(
    lines.map((line) => line.replace(/ \(.*/, '')),
    [
      'file: etl2.py is not there',
      'jars: *.jar is not there',
      'pyFiles: lib/ is not there',
      'files: a.csv#b is not there',
    ],
  );
  t.is(error?.field, 'file');
});

test('what is elsewhere already is left alone', async (t) => {
  const cwd = await folder(t, 'etl.py');
  const spec = {
    file: 'local:/opt/job.py',
    jars: ['s3a://b/a.jar', 'hdfs:///b.jar', 'https://repo.example/c.jar', 'viewfs://x/d.jar'],
    archives: ['s3://b/env.tar.gz#environment'],
  };
  const plan = await planStaging(spec, { to: TO, cwd });
  t.deepEqual(plan.spec, spec);
  t.deepEqual(plan.uploads, []);
});

test('a glob stands for its files in the order of their names, and links keep their name', async (t) => {
  const cwd = await folder(t, 'etl.py', 'jars/b.jar', 'jars/a.jar', 'jars/c.txt', 'env.tar.gz', 'odd[1].csv');
  const { spec, uploads } = await planStaging(
    {
      file: `file://${cwd}/etl.py`,
      jars: ['jars/*.jar'],
      archives: ['env.tar.gz#environment'],
      files: ['odd[1].csv#odd.csv'],
    },
    { to: `${TO}/`, cwd },
  );
  t.deepEqual(short([spec.file]), [`${TO}/…/etl.py`]);
  t.deepEqual(short(spec.jars), [`${TO}/…/a.jar`, `${TO}/…/b.jar`]);
  t.deepEqual(short(spec.archives), [`${TO}/…/env.tar.gz#environment`]);
  t.deepEqual(short(spec.files), [`${TO}/…/odd_1_.csv#odd.csv`], 'the file of that very name is meant, not a pattern');
  t.is(uploads.length, 5);
});

test('file: in each of its spellings is a path of this machine', async (t) => {
  const cwd = await folder(t, 'a b.py');
  const path = `${cwd}/a b.py`;
  for (const file of [`file:${path}`, `file://${path}`, `file://${path.replace(' ', '%20')}`, path, 'a b.py']) {
    t.deepEqual(short([(await planStaging({ file }, { to: TO, cwd })).spec.file]), [`${TO}/…/a_b.py`], file);
  }
});

test('paths in settings are staged as those in fields', async (t) => {
  const cwd = await folder(t, 'etl.py', 'a.jar', 'm.py');
  const { spec } = await planStaging(
    {
      file: 'etl.py',
      conf: { 'spark.jars': 'a.jar, s3://b/c.jar', 'spark.submit.pyFiles': 'm.py', 'spark.executor.memory': '2g' },
    },
    { to: TO, cwd },
  );
  t.deepEqual(short(String(spec.conf?.['spark.jars']).split(',')), [`${TO}/…/a.jar`, 's3://b/c.jar']);
  t.deepEqual(short([String(spec.conf?.['spark.submit.pyFiles'])]), [`${TO}/…/m.py`]);
  t.is(spec.conf?.['spark.executor.memory'], '2g');
});

test('the same file in two places is one object', async (t) => {
  const cwd = await folder(t, 'etl.py', 'a.jar');
  const { uploads } = await planStaging({ file: 'etl.py', jars: ['a.jar', './a.jar'] }, { to: TO, cwd });
  t.is(uploads.length, 2);
});

test('two files that would have one name on the cluster are refused, for only one of them would be there', async (t) => {
  const cwd = await folder(t, 'etl.py', 'x/util.py', 'y/util.py', 'a.csv');
  t.regex(
    await refused(t, { file: 'etl.py', pyFiles: ['x/util.py', 'y/util.py'] }, cwd),
    /x\/util\.py and pyFiles: y\/util\.py are both called util\.py on the cluster/,
  );
  t.regex(await refused(t, { file: 'etl.py', files: ['a.csv', 's3://b/a.csv'] }, cwd), /both called a\.csv/);
  await t.notThrowsAsync(planStaging({ file: 'etl.py', files: ['a.csv', 's3://b/a.csv#b.csv'] }, { to: TO, cwd }));
});

test('what cannot be staged is said: a folder that is none of modules, one name for many files, a name that gets lost', async (t) => {
  const cwd = await folder(t, 'etl.py', 'lib/a.jar', 'b.csv', 'c.csv', 'my data.csv', 'my mod.py');
  t.regex(await refused(t, { file: 'etl.py', jars: ['lib'] }, cwd), /lib is a folder; name its files, as in lib\/\*/);
  t.regex(await refused(t, { file: 'etl.py', files: ['*.csv#x'] }, cwd), /stands for 3 files, and only one/);
  t.regex(await refused(t, { file: '*.py' }, cwd), /stands for 2 files/);
  t.regex(await refused(t, { file: 'etl.py', files: ['b.csv#../x'] }, cwd), /behind # stands the name of a link/);
  t.regex(await refused(t, { file: 'etl.py', files: ['my data.csv'] }, cwd), /my data\.csv#my_data\.csv/);
  t.regex(await refused(t, { file: 'etl.py', pyFiles: ['my mod.py'] }, cwd), /rename it/);
});

test('a pipe is no file: it has no size, and would be staged as nothing', async (t) => {
  const cwd = await folder(t, 'etl.py');
  execFileSync('mkfifo', [join(cwd, 'pipe.py')]);
  t.regex(await refused(t, { file: 'pipe.py' }, cwd), /file: pipe\.py is a pipe or a device; write it to a file first/);
  t.regex(await refused(t, { file: 'etl.py', files: ['/dev/null'] }, cwd), /\/dev\/null is a pipe or a device/);
});

test('the same bytes have the same address wherever they lie, other bytes another', async (t) => {
  const [one, two] = [await folder(t, 'etl.py'), await folder(t, 'etl.py')];
  const at = async (cwd: string): Promise<string> => (await planStaging({ file: 'etl.py' }, { to: TO, cwd })).spec.file;
  t.is(await at(one), await at(two));
  await writeFile(join(two, 'etl.py'), 'changed');
  t.not(await at(one), await at(two));
});

for (const wrong of [
  'bucket/x',
  's3:/bucket',
  's3://Bucket/x',
  'gs://bucket/x',
  's3://',
  's3://b/a b',
  's3://bucket/a,b',
  's3://bucket/a%20b',
]) {
  test(`${wrong} is no place to stage to`, (t) => {
    t.is(t.throws(() => parseStagePrefix(wrong), { instanceOf: ConfigError })?.field, '--stage');
  });
}

test('a place to stage to is read in all its spellings', (t) => {
  t.deepEqual(parseStagePrefix('s3://bucket'), { scheme: 's3', bucket: 'bucket', prefix: '' });
  t.deepEqual(parseStagePrefix('s3a://my.bucket/a/b//'), { scheme: 's3a', bucket: 'my.bucket', prefix: 'a/b' });
  t.deepEqual(parseS3Uri('s3://b/a/c.zip#d'), { bucket: 'b', key: 'a/c.zip' });
  t.is(parseS3Uri('hdfs:///x'), undefined);
});
