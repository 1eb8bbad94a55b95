import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { awsClients } from '../../src/aws/index.js';
import { checkLock, prepareStaging, stageJob } from '../../src/aws/staging/index.js';
import { ConfigError, HttpStatusError, type JobSpec } from '../../src/core/index.js';
import { type LocalAws, standInCredentials } from './moto.js';
import { type Fate, s3Between } from './s3-between.js';

const MIB = 1_024 * 1_024;
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
let buckets = 0;

/** A folder with files, a bucket of its own, and clients whose requests can be seen and disturbed. */
async function over(
  t: ExecutionContext,
  server: LocalAws | undefined,
  files: Readonly<Record<string, string | Uint8Array>>,
) {
  if (!server) return undefined;
  const cwd = await mkdtemp(join(tmpdir(), 'livywire-stage-'));
  t.teardown(() => rm(cwd, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(cwd, name, '..'), { recursive: true });
    await writeFile(join(cwd, name), content);
  }
  const bucket = `stage-${process.pid}-${buckets++}`;
  const between = await s3Between(t, server.url);
  const [aws, plain] = [awsClients({ endpointUrl: between.url }), awsClients({ endpointUrl: server.url })];
  t.teardown(() => [aws, plain].forEach((clients) => clients.close()));
  const s3 = await plain.s3();
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    cwd,
    bucket,
    between,
    to: `s3://${bucket}/jobs`,
    aws,
    stage: (spec: JobSpec, more: object = {}) => stageJob(spec, { to: `s3://${bucket}/jobs/`, cwd, aws, ...more }),
    prepare: (spec: JobSpec) => prepareStaging(spec, { to: `s3://${bucket}/jobs`, cwd, aws }),
    keys: async () =>
      (await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents?.map(({ Key }) => Key) ?? [],
    read: async (key: string) =>
      (await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToByteArray(),
    put: (key: string, body: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })),
    remove: (key: string) => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })),
    begun: async () => (await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [],
    puts: () => between.calls.filter((call) => !call.startsWith('HEAD') && !call.startsWith('GET')),
  };
}

const big = (mebibytes: number): Uint8Array => Buffer.alloc(mebibytes * MIB + 5, 'livywire');

/** What staging promises, held over one S3. `start` gives `undefined`, and says so, where there is none here. */
export function holdsStaging(start: () => Promise<LocalAws | undefined>): void {
  let server: LocalAws | undefined;
  test.before(async () => {
    standInCredentials();
    server = await start();
  });
  test.after.always(() => server?.stop());
  const world = (t: ExecutionContext, files: Readonly<Record<string, string | Uint8Array>>) => over(t, server, files);

  test('local files go to an address that holds their checksum, and the job names that', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)', 'lib/m.py': 'x = 1', 'a.jar': 'jar', 'd.csv': '1,2' });
    if (!w) return void t.pass();
    const { spec, files, codeSha256, lock } = await w.stage({
      file: './etl.py',
      jars: ['a.jar', 's3://other/b.jar'],
      pyFiles: ['lib'],
      files: ['d.csv#data.csv'],
      args: ['./etl.py'],
    });
    const at = (text: string, name: string) => `${w.to}/${sha256(text)}/${name}`;
    const zip = lock.objects.find(({ uri }) => uri.endsWith('lib.zip'));
    t.deepEqual(spec, {
      file: at('print(1)', 'etl.py'),
      jars: [at('jar', 'a.jar'), 's3://other/b.jar'],
      pyFiles: [`${w.to}/${zip?.sha256 ?? ''}/lib.zip`],
      files: [`${at('1,2', 'd.csv')}#data.csv`],
      args: ['./etl.py'],
    });
    t.is(codeSha256, sha256('print(1)'));
    t.deepEqual(
      files.map(({ how }) => how),
      ['uploaded', 'uploaded', 'uploaded', 'uploaded'],
    );
    t.is(Buffer.from((await w.read(`jobs/${sha256('print(1)')}/etl.py`)) ?? []).toString(), 'print(1)');
  });

  test('what is there is not sent again, and of a changed file only that one', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)', 'a.jar': 'jar' });
    if (!w) return void t.pass();
    const spec = { file: 'etl.py', jars: ['a.jar'] };
    const first = await w.stage(spec);
    w.between.calls.length = 0;
    const second = await w.stage(spec);
    t.deepEqual(w.puts(), []);
    t.deepEqual(second.spec, first.spec);
    t.deepEqual(second.lock, first.lock);
    await writeFile(join(w.cwd, 'etl.py'), 'print(2)');
    const third = await w.stage(spec);
    t.deepEqual(
      third.files.map(({ how }) => how),
      ['uploaded', 'there'],
    );
    t.not(third.spec.file, first.spec.file);
  });

  test('a look tells what is there and sends nothing', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)', 'a.jar': 'jar' });
    if (!w) return void t.pass();
    await w.stage({ file: 'a.jar' });
    w.between.calls.length = 0;
    const prepared = await w.prepare({ file: 'etl.py', jars: ['a.jar'] });
    t.deepEqual(await prepared.look(), ['absent', 'there']);
    t.deepEqual(w.puts(), []);
  });

  test('other bytes under the name of these are never written over, and never run', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)' });
    if (!w) return void t.pass();
    const key = `jobs/${sha256('print(1)')}/etl.py`;
    for (const other of ['evil', 'print(2)']) {
      await w.put(key, other);
      const error = await t.throwsAsync(w.stage({ file: 'etl.py' }), { instanceOf: ConfigError });
      t.regex(error?.message ?? '', /etl\.py holds other bytes than those its name promises/);
      t.is(Buffer.from((await w.read(key)) ?? []).toString(), other);
    }
  });

  test('the same bytes that another tool put there are found by reading them', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)' });
    if (!w) return void t.pass();
    await w.put(`jobs/${sha256('print(1)')}/etl.py`, 'print(1)');
    t.deepEqual(
      (await w.stage({ file: 'etl.py' })).files.map(({ how }) => how),
      ['there'],
    );
  });

  test('a large file goes in parts, arrives whole, and is known again', async (t) => {
    const bytes = big(17);
    const w = await world(t, { 'big.jar': bytes });
    if (!w) return void t.pass();
    const seen: number[] = [];
    await w.stage({ file: 'big.jar' }, { onProgress: ({ bytesDone }: { bytesDone: number }) => seen.push(bytesDone) });
    t.is(w.puts().filter((call) => call.endsWith('?uploadId&partNumber')).length, 3);
    t.deepEqual(
      [...seen].sort((a, b) => a - b),
      seen,
    );
    t.is(seen.at(-1), bytes.length);
    t.true(seen.length > 3);
    t.is(sha256((await w.read(`jobs/${sha256(bytes)}/big.jar`)) ?? ''), sha256(bytes));
    w.between.calls.length = 0;
    t.is((await w.stage({ file: 'big.jar' })).files[0]?.how, 'there');
    t.deepEqual(
      w.between.calls.map((call) => call.split(' ')[0]),
      ['HEAD'],
      'by its checksum, without reading it',
    );
  });

  for (const [what, fate] of [
    ['that fails', { status: 400, code: 'BadDigest' }],
    ['that is refused', { status: 403, code: 'AccessDenied' }],
  ] as const) {
    test(`after a part ${what} nothing of the upload is left`, async (t) => {
      const w = await world(t, { 'big.jar': big(25), 'etl.py': 'x' });
      if (!w) return void t.pass();
      let parts = 0;
      w.between.fate = (call): Fate => (call.endsWith('partNumber') && ++parts === 2 ? fate : undefined);
      await t.throwsAsync(w.stage({ file: 'etl.py', jars: ['big.jar'] }));
      t.deepEqual(await w.begun(), []);
      t.false((await w.keys()).some((key) => key?.endsWith('big.jar')));
    });
  }

  test('an abort in the middle of a part takes the upload back and ends with its reason', async (t) => {
    const w = await world(t, { 'big.jar': big(25) });
    if (!w) return void t.pass();
    const stop = new AbortController();
    let parts = 0;
    w.between.fate = (call): Fate => {
      if (!call.endsWith('partNumber') || ++parts < 2) return undefined;
      stop.abort(new Error('Ctrl-C'));
      return 'hang';
    };
    await t.throwsAsync(w.stage({ file: 'big.jar' }, { signal: stop.signal }), { message: 'Ctrl-C' });
    t.deepEqual(await w.begun(), []);
    t.deepEqual(await w.keys(), []);
  });

  for (const [what, size] of [
    ['PUT', 0],
    ['completion', 9],
  ] as const) {
    test(`a ${what} whose answer is lost is found to have worked`, async (t) => {
      const w = await world(t, { 'etl.py': size === 0 ? 'print(1)' : big(size) });
      if (!w) return void t.pass();
      let lost = 0;
      const isIt = (call: string) =>
        size === 0 ? call.startsWith('PUT') : call.startsWith('POST') && call.endsWith('uploadId');
      w.between.fate = (call): Fate => (isIt(call) && lost++ === 0 ? 'lost' : undefined);
      await w.stage({ file: 'etl.py' });
      t.true(lost >= 1);
      t.is((await w.keys()).length, 1);
      t.deepEqual(await w.begun(), []);
    });
  }

  test('many who stage the same at once all come to the same, and it is written once', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)', 'big.jar': big(9) });
    if (!w) return void t.pass();
    const spec = { file: 'etl.py', jars: ['big.jar'] };
    const all = await Promise.all(Array.from({ length: 6 }, () => w.stage(spec)));
    t.is(new Set(all.map(({ lock }) => JSON.stringify(lock))).size, 1);
    const wrote = all.flatMap(({ files }) => files).filter(({ field, how }) => field === 'file' && how === 'uploaded');
    t.is(wrote.length, 1);
    t.deepEqual(await w.begun(), []);
  });

  test('who may write but not look can still stage, and is told when that is not enough', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)' });
    if (!w) return void t.pass();
    w.between.fate = (call): Fate => (/^(?:HEAD|GET)/.test(call) ? { status: 403, code: 'AccessDenied' } : undefined);
    t.is((await w.stage({ file: 'etl.py' })).files[0]?.how, 'uploaded');
    const error = await t.throwsAsync(w.stage({ file: 'etl.py' }), { instanceOf: ConfigError });
    t.regex(error?.message ?? '', /may not look whether it holds .*etl\.py: they need s3:GetObject/);
  });

  for (const [code, status, words] of [
    ['ExpiredToken', 400, /the AWS credentials have expired \(ExpiredToken\)/],
    ['InvalidAccessKeyId', 403, /AWS does not accept these credentials \(InvalidAccessKeyId\)/],
  ] as const) {
    test(`${code} is told in words, although the answer to the first question has none, and nothing is sent`, async (t) => {
      const w = await world(t, { 'etl.py': 'print(1)' });
      if (!w) return void t.pass();
      w.between.fate = (): Fate => ({ status, code });
      const error = await t.throwsAsync(w.stage({ file: 'etl.py' }), { instanceOf: ConfigError });
      t.regex(error?.message ?? '', words);
      t.deepEqual(w.puts(), []);
    });
  }

  test('what may not be written is said by the action, the object and the file it was for', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)' });
    if (!w) return void t.pass();
    w.between.fate = (call): Fate => (call.startsWith('PUT') ? { status: 403, code: 'AccessDenied' } : undefined);
    const error = await t.throwsAsync(w.stage({ file: 'etl.py' }), { instanceOf: ConfigError });
    t.regex(
      error?.message ?? '',
      /cannot be written, for .*etl\.py: these credentials may not s3:PutObject on arn:aws:s3:::stage-/,
    );
  });

  test('a bucket that is not there is named', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)' });
    if (!w) return void t.pass();
    const error = await t.throwsAsync(w.stage({ file: 'etl.py' }, { to: 's3://nobody-has-this/jobs' }), {
      instanceOf: ConfigError,
    });
    t.regex(error?.message ?? '', /s3:\/\/nobody-has-this\/jobs\/.*there is no such bucket/);
  });

  test('a server in trouble is no fault of the caller', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)' });
    if (!w) return void t.pass();
    w.between.fate = (): Fate => ({ status: 501, code: 'NotImplemented' });
    await t.throwsAsync(w.stage({ file: 'etl.py' }), { instanceOf: HttpStatusError });
  });

  test('a file that changes after it was read is not sent under the checksum of what it was', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)' });
    if (!w) return void t.pass();
    const prepared = await w.prepare({ file: 'etl.py' });
    await writeFile(join(w.cwd, 'etl.py'), 'print(2)');
    await t.throwsAsync(prepared.upload(), {
      instanceOf: ConfigError,
      message: /etl\.py changed while it was being staged/,
    });
    t.deepEqual(await w.keys(), []);
  });

  test('a lock runs while its objects are there as they were, and not when one is gone or changed', async (t) => {
    const w = await world(t, { 'etl.py': 'print(1)', 'big.jar': big(9) });
    if (!w) return void t.pass();
    const { lock } = await w.stage({ file: 'etl.py', jars: ['big.jar'] });
    w.between.calls.length = 0;
    await t.notThrowsAsync(checkLock(lock, { aws: w.aws }));
    t.deepEqual(
      w.between.calls.map((call) => call.split(' ')[0]),
      ['HEAD', 'HEAD'],
    );
    const key = `jobs/${sha256('print(1)')}/etl.py`;
    await w.remove(key);
    await t.throwsAsync(checkLock(lock, { aws: w.aws }), {
      instanceOf: ConfigError,
      message: /not there any more: s3:.*etl\.py/,
    });
    await w.put(key, 'print(2)');
    await t.throwsAsync(checkLock(lock, { aws: w.aws }), { instanceOf: ConfigError, message: /holds other bytes/ });
  });

  test('a job without local files asks nobody for anything', async (t) => {
    const w = await world(t, {});
    if (!w) return void t.pass();
    const { spec } = await w.stage({ file: 's3://b/etl.py', jars: ['hdfs:///a.jar', 'local:/opt/b.jar'] });
    t.deepEqual(spec, { file: 's3://b/etl.py', jars: ['hdfs:///a.jar', 'local:/opt/b.jar'] });
    t.deepEqual(w.between.calls, []);
  });
}
