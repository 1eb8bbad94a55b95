import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { awsClients } from '../../../src/aws/clients.js';
import { S3Logs } from '../../../src/aws/logs/index.js';
import { livyServerLogs } from '../../../src/aws/logs/livy-server-logs.js';
import { UnpackedObject } from '../../../src/aws/logs/unpacked-object.js';
import { type Clock, ConfigError, type LogItem, type LogOpening, type RunRef } from '../../../src/core/index.js';
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
async function bucketStub(t: ExecutionContext, clock: Clock) {
  const objects = new Map<string, Stored>();
  let onList = (): void => undefined;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://s3');
    response.setHeader('date', new Date(clock.now()).toUTCString());
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
  const clock = fastClock(100);
  const s3 = await bucketStub(t, clock);
  const archive = new S3Logs({ folders, clients: s3.clients });
  await archive.look('s-0'); // the SDK is loaded, which takes no part of the time that is waited
  const reader = (of: 'driver' | 'step', ours: Clock, endedMs?: number) => {
    const endedAt = endedMs === undefined ? {} : { endedAt: async () => endedMs };
    return new ArchivedLog({ wait: new ArchiveWait(archive, ours), clock: ours, of, ...endedAt });
  };
  const read = (ref: RunRef, of: 'driver' | 'step' = 'driver', opening: LogOpening = {}) =>
    itemsOf(reader(of, clock).open(ref, opening).finish(ref));
  const readEnded = (ref: RunRef, endedMs: number, of: 'driver' | 'step' = 'driver', ours: Clock = clock) =>
    itemsOf(reader(of, ours, endedMs).open(ref).finish(ref));
  const day = 86_400_000;
  return { s3, clock, archive, read, readEnded, yesterday: clock.now() - day };
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

const HALF_HOUR = 1_800_000;
const logOf = (start: number, file: string) => `emr/j-1/containers/${APP}/${containerOf(start)}/${file}`;

test('a copy from before the end is not all, however long the driver had been silent', async (t) => {
  const { s3, clock, readEnded } = await setUp(t);
  const ended = clock.now();
  s3.put(logOf(1, 'stderr.gz'), 'so far\n', ended - HALF_HOUR);
  let looks = 0;
  s3.onList(() => {
    if (++looks === 5) s3.put(logOf(1, 'stderr.gz'), 'so far\nthe reason\n', ended + 40_000);
  });
  const items = await readEnded(refAt(ended - 2 * HALF_HOUR, { appId: APP }), ended);
  t.deepEqual(linesOf(items, 'stderr'), ['so far', 'the reason']);
});

test('what nothing followed within six minutes of the end is all, and that is not waited for again the next day', async (t) => {
  const { s3, clock, readEnded, yesterday } = await setUp(t);
  s3.put(logOf(1, 'stderr.gz'), 'all\n', yesterday - HALF_HOUR);
  const before = clock.now();
  const items = await readEnded(refAt(yesterday - 2 * HALF_HOUR, { appId: APP }), yesterday);
  t.deepEqual(linesOf(items, 'stderr'), ['all']);
  t.deepEqual(noticesOf(items), []);
  t.true(clock.now() - before < 360_000);
});

test('the log of a driver’s second start, which comes later than the first one’s, is not left out', async (t) => {
  const { s3, clock, readEnded } = await setUp(t);
  const ended = clock.now();
  s3.put(logOf(1, 'stderr.gz'), 'first\n', ended - 60_000);
  let looks = 0;
  s3.onList(() => {
    if (++looks !== 5) return;
    s3.put(logOf(1, 'stderr.gz'), 'first\nfailed\n', ended + 30_000);
    s3.put(logOf(2, 'stderr.gz'), 'second\n', ended + 31_000);
  });
  const items = await readEnded(refAt(ended - HALF_HOUR, { appId: APP }), ended);
  t.deepEqual(linesOf(items, 'stderr'), ['first', 'failed', 'second']);
});

test('the log of a step that had waited for hours in the queue is waited for', async (t) => {
  const { s3, clock, readEnded } = await setUp(t);
  const ended = clock.now();
  let looks = 0;
  s3.onList(() => {
    if (++looks === 4) s3.put('emr/j-1/steps/s-1/stderr.gz', 'no such file\n', ended + 30_000);
  });
  const items = await readEnded(refAt(ended - 5 * HALF_HOUR, { id: 's-1' }), ended, 'step');
  t.deepEqual(linesOf(items, 'stderr'), ['no such file']);
});

test('how old a copy is goes by the clock of S3, not by ours, which may be ahead', async (t) => {
  const { s3, clock, readEnded } = await setUp(t);
  const ended = clock.now();
  const ours: Clock = { now: () => clock.now() + HALF_HOUR, sleep: (...args) => clock.sleep(...args) };
  s3.put(logOf(1, 'stderr.gz'), 'so far\n', ended - 60_000);
  let looks = 0;
  s3.onList(() => {
    if (++looks === 4) s3.put(logOf(1, 'stderr.gz'), 'so far\nthe reason\n', ended + 30_000);
  });
  const items = await readEnded(refAt(ended - HALF_HOUR, { appId: APP }), ended, 'driver', ours);
  t.deepEqual(linesOf(items, 'stderr'), ['so far', 'the reason']);
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

test('the log of Livy’s server is found on whichever node wrote it, in the order it was copied, and read line by line', async (t) => {
  const { putRaw: put, clients } = await bucketStub(t, fastClock(1));
  const on = (node: string, file: string) => `logs/j-1/node/${node}/applications/livy/${file}`;
  const packed = gzipSync(`${'ä'.repeat(70_000)}\nlast`);
  put(on('i-2', 'livy-livy-server.out.gz'), packed, 2_000_000);
  put(on('i-2', 'livy-livy-server.out.1.gz'), gzipSync('one\r\ntwo\n'), 1_000_000);
  put(on('i-2', 'other.gz'), gzipSync('x'), 1_000_000);
  put('logs/j-1/node/i-1/daemons/x.gz', gzipSync('x'), 1_000_000);
  put(on('i-3', 'livy-livy-server.out.gz'), packed.subarray(0, 30), 3_000_000);
  const files = await livyServerLogs('s3://bucket/logs/j-1', { clients });
  t.deepEqual(
    files.map(({ place }) => place),
    [on('i-2', 'livy-livy-server.out.1.gz'), on('i-2', 'livy-livy-server.out.gz'), on('i-3', 'livy-livy-server.out.gz')].map((key) => `s3://bucket/${key}`), // prettier-ignore
  );
  const read = async (index: number): Promise<string[]> => {
    const lines: string[] = [];
    for await (const line of files[index]?.lines() ?? []) lines.push(line);
    return lines;
  };
  t.deepEqual(await read(0), ['one', 'two']);
  t.deepEqual(await read(1), ['ä'.repeat(70_000), 'last']);
  await t.throwsAsync(read(2), { name: 'BadAnswerError', message: /i-3.*cannot be unpacked/ });
});
