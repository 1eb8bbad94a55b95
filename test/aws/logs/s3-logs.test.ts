import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { awsClients } from '../../../src/aws/clients.js';
import { S3Logs } from '../../../src/aws/logs/index.js';
import { UnpackedObject } from '../../../src/aws/logs/unpacked-object.js';
import { ConfigError, type LogItem, type LogOpening, type RunRef } from '../../../src/core/index.js';
import { ArchivedLog, ArchiveWait } from '../../../src/hadoop/index.js';
import { fastClock } from '../../helpers/fast-clock.js';
import { itemsOf } from '../../helpers/log-readers.js';
import { standInCredentials } from '../../helpers/moto.js';

standInCredentials();
const APP = 'application_1795406199772_0016';
const containerOf = (start: number, epoch = '') => `container_${epoch}1795406199772_0016_0${start}_000001`;

interface Stored {
  readonly body: Buffer;
  readonly modifiedMs: number;
}

/** As much of S3 as lists and reads objects. */
async function bucketStub(t: ExecutionContext) {
  const objects = new Map<string, Stored>();
  let onList = (): void => undefined;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://s3');
    const key = decodeURIComponent(url.pathname).replace(/^\/[^/]+\/?/, '');
    if (key !== '') {
      const found = objects.get(key);
      if (found) response.writeHead(200, { etag: '"x"' }).end(found.body);
      else response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      return;
    }
    onList();
    const prefix = url.searchParams.get('prefix') ?? '';
    const keys = [...objects.keys()].filter((one) => one.startsWith(prefix));
    const isFolders = url.searchParams.has('delimiter');
    const folders = new Set(keys.map((one) => `${prefix}${one.slice(prefix.length).split('/')[0] ?? ''}/`));
    const contents = keys.map((one) => {
      const { body, modifiedMs } = objects.get(one) as Stored;
      const at = new Date(modifiedMs).toISOString();
      return `<Contents><Key>${one}</Key><Size>${body.length}</Size><LastModified>${at}</LastModified></Contents>`;
    });
    const common = [...folders].map((one) => `<CommonPrefixes><Prefix>${one}</Prefix></CommonPrefixes>`);
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      `<ListBucketResult><IsTruncated>false</IsTruncated>${(isFolders ? common : contents).join('')}</ListBucketResult>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clients = awsClients({ endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  t.teardown(() => {
    clients.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    clients,
    put: (key: string, text: string | Buffer, modifiedMs: number) =>
      void objects.set(key, { body: key.endsWith('.gz') ? gzipSync(text) : Buffer.from(text), modifiedMs }),
    putRaw: (key: string, body: Buffer, modifiedMs: number) => void objects.set(key, { body, modifiedMs }),
    onList: (then: () => void) => (onList = then),
  };
}

const refAt = (bornMs: number, more: Partial<RunRef> = {}): RunRef => ({
  v: 1,
  key: 'k',
  attempt: 1,
  backend: 'emr-step',
  endpoint: 'emr://eu-west-1/j-1',
  name: 'livywire-x-a1',
  createdAt: new Date(bornMs).toISOString(),
  ...more,
});
const linesOf = (items: readonly LogItem[], stream: string) =>
  items.flatMap((item) => (item.type === 'line' && item.stream === stream ? [item.text] : []));
const noticesOf = (items: readonly LogItem[]) => items.flatMap((item) => (item.type === 'notice' ? [item.text] : []));

async function setUp(t: ExecutionContext, folders = ['s3n://logs/emr/j-1']) {
  const s3 = await bucketStub(t);
  const clock = fastClock(100);
  const archive = new S3Logs({ folders, clients: s3.clients });
  await archive.look('s-0'); // the SDK is loaded, which takes no part of the time that is waited
  const read = (ref: RunRef, of: 'driver' | 'step' = 'driver', opening: LogOpening = {}) =>
    itemsOf(new ArchivedLog({ wait: new ArchiveWait(archive, clock), clock, of }).open(ref, opening).finish(ref));
  const day = 86_400_000;
  return { s3, clock, archive, read, yesterday: clock.now() - day };
}

test('the driver’s log of a run of yesterday is read from S3, start after start', async (t) => {
  const { s3, read, yesterday } = await setUp(t);
  const place = `emr/j-1/containers/${APP}`;
  s3.put(`${place}/${containerOf(1, 'e17_')}/stdout.gz`, 'first try\n', yesterday);
  s3.put(`${place}/${containerOf(2, 'e17_')}/stdout.gz`, 'one\ntwo', yesterday);
  s3.put(`${place}/${containerOf(2, 'e17_')}/stderr.gz`, 'words\r\n', yesterday);
  s3.put(`${place}/container_e17_1795406199772_0016_02_000002/stdout.gz`, 'an executor\n', yesterday);
  const items = await read(refAt(yesterday, { appId: APP }));
  t.deepEqual(linesOf(items, 'stdout'), ['first try', 'one', 'two']);
  t.deepEqual(linesOf(items, 'stderr'), ['words']);
  t.deepEqual(
    items.flatMap((item) => (item.type === 'line' ? [item.driver] : [])),
    [1, 2, 2, 2],
  );
  const tail = await read(refAt(yesterday, { appId: APP }), 'driver', { tail: 1 });
  t.deepEqual(linesOf(tail, 'stdout'), ['two']);
});

test('where no log is and none will come, it is said at once where it was looked for', async (t) => {
  const { read, yesterday } = await setUp(t, ['s3://logs/emr/j-1', 's3a://other/j-1/']);
  const items = await read(refAt(yesterday, { appId: APP }));
  t.deepEqual(noticesOf(items), [
    `the driver's log cannot be read: there is none in s3://logs/emr/j-1/containers/${APP}/${containerOf(1)}/, s3://other/j-1/containers/${APP}/${containerOf(1)}/`,
  ]);
});

test('a log that comes late is waited for, and that is said', async (t) => {
  const { s3, clock, read } = await setUp(t);
  let looks = 0;
  s3.onList(() => {
    if (++looks === 4) s3.put(`emr/j-1/containers/${APP}/${containerOf(1)}/stderr.gz`, 'late\n', clock.now() + 1_000);
  });
  const items = await read(refAt(clock.now(), { appId: APP }));
  t.deepEqual(linesOf(items, 'stderr'), ['late']);
  t.regex(
    noticesOf(items)[0] ?? '',
    /^the driver's log is waited for, up to 6 min, in s3:\/\/logs\/emr\/j-1\/containers/,
  );
});

test('what was copied before the end is read when nothing newer came for longer than EMR takes to copy', async (t) => {
  const { s3, clock, read } = await setUp(t);
  s3.put(`emr/j-1/containers/${APP}/${containerOf(1)}/stdout.gz`, 'so far\n', clock.now() - 1_000);
  const items = await read(refAt(clock.now(), { appId: APP }));
  t.deepEqual(linesOf(items, 'stdout'), ['so far']);
});

test('the log of a step names its application, and is a log of its own', async (t) => {
  const { s3, read, yesterday, archive } = await setUp(t, ['s3://empty/j-1', 's3://logs/emr/j-1']);
  s3.put('emr/j-1/steps/s-1/stderr.gz', `INFO Client: Submitted application ${APP}\nbye\n`, yesterday);
  s3.put('emr/j-1/steps/s-1/controller.gz', 'x', yesterday);
  s3.put(`emr/j-1/containers/${APP}/${containerOf(1)}/stdout`, 'not packed\n', yesterday);
  const ref = refAt(yesterday, { id: 's-1' });
  t.is(await archive.appOf(ref), APP);
  t.deepEqual(linesOf(await read(ref), 'stdout'), ['not packed']);
  t.deepEqual(linesOf(await read(ref, 'step'), 'stderr'), [`INFO Client: Submitted application ${APP}`, 'bye']);
});

test('a long log is read in the memory of a short one, from its beginning and from its end', async (t) => {
  const line = `${'x'.repeat(99)}\n`;
  const count = 300_000;
  const packed = gzipSync(line.repeat(count));
  let opened = 0;
  const open = async () => {
    opened++;
    return Readable.from([packed]).pipe(createGunzip());
  };
  const object = new UnpackedObject(open);
  const piece = 512 * 1024;
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  let read = 0;
  for (let at = 0; at < line.length * count; at += piece) {
    const { length, start, bytes } = await object.part(at === 0 ? piece : at - line.length * count, piece);
    t.is(length, line.length * count);
    t.is(start, at);
    read += bytes.length;
    if (at % (16 * piece) === 0) globalThis.gc?.();
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  t.is(read, line.length * count);
  t.is(opened, 2);
  t.true(most < 24 * 1024 * 1024, `${most}`);
  const end = await new UnpackedObject(open).part(-3, 100);
  t.is(end.bytes.toString(), 'xx\n');
});

test('an object that is no gzip is said to be broken', async (t) => {
  const { s3, read, yesterday } = await setUp(t);
  s3.putRaw(`emr/j-1/containers/${APP}/${containerOf(1)}/stdout.gz`, Buffer.from('not packed'), yesterday);
  const items = await read(refAt(yesterday, { appId: APP }));
  t.regex(noticesOf(items)[0] ?? '', /stdout cannot be unpacked: incorrect header check/);
});

test('a folder that is not in S3 is refused', (t) => {
  const clients = awsClients();
  t.throws(() => new S3Logs({ folders: ['hdfs:///logs'], clients }), { instanceOf: ConfigError });
});

test('a step whose log comes late is waited for before its application is known, and that is said', async (t) => {
  const { s3, clock, read } = await setUp(t);
  let looks = 0;
  s3.onList(() => {
    if (++looks !== 3) return;
    s3.put('emr/j-1/steps/s-1/stderr.gz', `INFO Client: Submitted application ${APP}\n`, clock.now() + 1_000);
    s3.put(`emr/j-1/containers/${APP}/${containerOf(1)}/stdout.gz`, 'late\n', clock.now() + 1_000);
  });
  const items = await read(refAt(clock.now(), { id: 's-1' }));
  t.deepEqual(linesOf(items, 'stdout'), ['late']);
  t.deepEqual(noticesOf(items).slice(0, 1), [
    "the step's log, which names its application, is waited for in S3, up to 6 min",
  ]);
});
