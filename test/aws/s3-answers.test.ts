// What S3, or what stands before it, may answer besides the truth. Over real sockets: this file imports no nock.
import test, { type ExecutionContext } from 'ava';
import { awsClients, s3Ledger } from '../../src/aws/index.js';
import { checkS3Input } from '../../src/aws/s3-input.js';
import { Bucket } from '../../src/aws/s3/bucket.js';
import { StagingStore } from '../../src/aws/staging/staging-store.js';
import { ConfigError, HttpStatusError, LedgerError, UnreachableError } from '../../src/core/index.js';
import { recordOf } from '../helpers/ledger-contract.js';
import { standInCredentials } from '../helpers/moto.js';
import { type Respond, webServer } from '../helpers/web-server.js';

standInCredentials();

async function s3Answering(t: ExecutionContext, respond: Respond) {
  const server = await webServer(t, respond);
  const clients = awsClients({ endpointUrl: server.url });
  t.teardown(() => clients.close());
  const bucket = new Bucket(() => clients.s3(), { name: 'b', what: 'the ledger s3://b', field: '--ledger' });
  return { server, clients, bucket };
}

const refusal = (code: string): string => `<Error><Code>${code}</Code><Message>no</Message></Error>`;

test('an S3 that accepts a request and says nothing is given up after the time that was set', async (t) => {
  t.timeout(15_000);
  const { bucket } = await s3Answering(t, () => undefined);
  const late = { instanceOf: UnreachableError, message: /S3 did not answer in time/ };
  await t.throwsAsync(bucket.look('k', { timeoutMs: 30 }), late);
  await t.throwsAsync(bucket.list('k', { timeoutMs: 30 }).next(), late);
});

test('a list that S3 does not answer ends with the signal of who asked', async (t) => {
  t.timeout(15_000);
  const stop = new AbortController();
  const { bucket } = await s3Answering(t, () => stop.abort(new Error('enough')));
  await t.throwsAsync(bucket.list('k', { signal: stop.signal }).next(), { message: 'enough' });
});

test('a 200 without an ETag is not taken for a write, nor for a record that may be changed', async (t) => {
  const { bucket, clients } = await s3Answering(t, (_seen, response) => response.writeHead(200).end('{}'));
  const words = { instanceOf: HttpStatusError, message: /without an ETag/ };
  await t.throwsAsync(bucket.write('k', '{}', { ifNoneMatch: '*' }), words);
  await t.throwsAsync(bucket.read('k'), words);
  await t.throwsAsync(s3Ledger('s3://bucket', { clients }).create(recordOf('k')), words);
});

test('a ledger whose name is there for writers and not for readers ends with words, not with asking for ever', async (t) => {
  const { clients, server } = await s3Answering(t, ({ method }, response) =>
    method === 'GET'
      ? response.writeHead(404).end(refusal('NoSuchKey'))
      : response.writeHead(412).end(refusal('PreconditionFailed')),
  );
  await t.throwsAsync(s3Ledger('s3://bucket/team', { clients }).namespace(), {
    instanceOf: LedgerError,
    message: /s3:\/\/bucket\/team\/ledger\.json/,
  });
  t.true(server.seen.length < 20);
});

/** A store in memory that knows of conditional writes no more than `heeds` says. */
function store(heeds: 'all' | 'nothing' | 'ifNoneMatch' | 'refuses') {
  const objects = new Map<string, { text: string; etag: string }>();
  let writes = 0;
  const respond: Respond = ({ method, url, headers, body }, response) => {
    const place = url.replace(/\?.*$/, '');
    const there = objects.get(place);
    const answer = (status: number, code: string) => response.writeHead(status).end(refusal(code));
    if (method === 'GET')
      return there ? response.writeHead(200, { etag: there.etag }).end(there.text) : answer(404, 'NoSuchKey');
    if (method === 'DELETE') return (objects.delete(place), response.writeHead(204).end());
    const [none, match] = [headers['if-none-match'], headers['if-match']];
    if (heeds === 'refuses' && (none ?? match) !== undefined) return answer(501, 'NotImplemented');
    if ((heeds === 'all' || heeds === 'ifNoneMatch') && none === '*' && there) return answer(412, 'PreconditionFailed');
    if (heeds === 'all' && match !== undefined && there?.etag !== match) return answer(412, 'PreconditionFailed');
    const etag = `"${++writes}"`;
    objects.set(place, { text: body, etag });
    return response.writeHead(200, { etag }).end();
  };
  return { objects, respond };
}

for (const heeds of ['nothing', 'ifNoneMatch', 'refuses'] as const) {
  test(`a store that does not honour conditional writes (${heeds}) is told apart before it is a ledger`, async (t) => {
    const { objects, respond } = store(heeds);
    const { clients } = await s3Answering(t, respond);
    for (let i = 0; i < 2; i++) {
      await t.throwsAsync(s3Ledger('s3://bucket/team', { clients }).namespace(), {
        instanceOf: ConfigError,
        message: /s3:\/\/bucket\/team.*conditional writes/,
      });
    }
    t.deepEqual([...objects.keys()], [], 'nothing is left behind');
  });
}

test('whether a store honours conditional writes is tried once, by whoever names the ledger', async (t) => {
  const { objects, respond } = store('all');
  const { clients, server } = await s3Answering(t, respond);
  const name = await s3Ledger('s3://bucket/team', { clients }).namespace();
  t.is(objects.size, 1);
  const before = server.seen.length;
  t.is(await s3Ledger('s3://bucket/team', { clients }).namespace(), name);
  t.is(server.seen.length, before + 1);
});

const upload = {
  field: 'file',
  from: './etl.py',
  uri: 's3://b/jobs/etl.py',
  bucket: 'b',
  key: 'jobs/etl.py',
  content: { bytes: 0, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', parts: [] },
  source: { bytes: new Uint8Array() },
};
const putting = {
  limit: <T>(work: () => Promise<T>) => work(),
  begins: () => undefined,
  sent: () => undefined,
  signal: new AbortController().signal,
};
const noWait = { now: () => 0, sleep: () => Promise.resolve() };

test('of two who stage the same bytes at the same moment, the one that S3 sends away comes again', async (t) => {
  let puts = 0;
  const { clients } = await s3Answering(t, ({ method }, response) => {
    if (method === 'HEAD') return response.writeHead(404).end();
    puts += 1;
    // The other one's write is under way, and gave up.
    return puts < 3
      ? response.writeHead(409).end(refusal('ConditionalRequestConflict'))
      : response.writeHead(200, { etag: '"e"' }).end();
  });
  t.is(await new StagingStore(await clients.s3(), noWait).put(upload, putting), 'uploaded');
  t.is(puts, 3);
});

test('who is sent away each time is told so, and does not ask for ever', async (t) => {
  let puts = 0;
  const { clients } = await s3Answering(t, ({ method }, response) => {
    if (method === 'HEAD') return response.writeHead(404).end();
    puts += 1;
    return response.writeHead(409).end(refusal('ConditionalRequestConflict'));
  });
  await t.throwsAsync(new StagingStore(await clients.s3(), noWait).put(upload, putting), {
    message: /written and removed by others at the same time/,
  });
  t.true(puts > 1 && puts < 10);
});

test('an object whose answer is cut in the middle is asked for again, and no more than twice', async (t) => {
  let cuts = 2;
  const { bucket, server } = await s3Answering(t, (_seen, response, request) => {
    response.writeHead(200, { etag: '"1"', 'content-length': '9' });
    if (cuts-- <= 0) return response.end('{"v":"x"}');
    return response.write('{"v"', () => setTimeout(() => request.socket.resetAndDestroy(), 20));
  });
  t.deepEqual(await bucket.read('k'), { text: '{"v":"x"}', etag: '"1"' });
  t.is(server.seen.length, 3);
  cuts = 9;
  await t.throwsAsync(bucket.read('k'), { instanceOf: UnreachableError });
  t.is(server.seen.length, 6);
});

/** A bucket with these objects: `name: class`, with a `+` where it was restored. */
const shelf =
  (objects: Readonly<Record<string, string>>): Respond =>
  ({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://s3');
    const key = pathname.replace(/^\/box\/?/, '');
    const held = (name: string) => ({ kind: objects[name]?.replace('+', ''), restored: objects[name]?.endsWith('+') });
    if (key === '') {
      const prefix = searchParams.get('prefix') ?? '';
      const items = Object.keys(objects)
        .filter((name) => name.startsWith(prefix))
        .map((name) => {
          const { kind, restored } = held(name);
          const status = restored
            ? '<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2026-12-01T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>'
            : '';
          return `<Contents><Key>${name}</Key><Size>1</Size><StorageClass>${kind ?? ''}</StorageClass>${status}</Contents>`;
        });
      return response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${items.join('')}</ListBucketResult>`);
    }
    const { kind, restored } = held(key);
    if (kind === undefined) return response.writeHead(404).end(refusal('NoSuchKey'));
    if (kind === 'EMPTY') return response.writeHead(416).end(refusal('InvalidRange'));
    if (kind === 'KMS')
      return response
        .writeHead(403)
        .end(
          '<Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/ada is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:::key/1 because no policy allows it</Message></Error>',
        );
    if (/^(?:GLACIER|DEEP_ARCHIVE)$/.test(kind) && !restored)
      return response
        .writeHead(403)
        .end(`<Error><Code>InvalidObjectState</Code><Message>no</Message><StorageClass>${kind}</StorageClass></Error>`);
    return response.writeHead(206, { etag: '"1"', 'x-amz-storage-class': kind }).end('x');
  };

for (const [what, objects, input, message] of [
  [
    'an object that is archived',
    { 'in/a': 'DEEP_ARCHIVE' },
    's3://box/in/a',
    /s3:\/\/box\/in\/a is archived, .*: s3:\/\/box\/in\/a \(DEEP_ARCHIVE\); restore it .*nothing was sent/,
  ],
  [
    'a prefix some of which is archived',
    { 'in/a': 'STANDARD', 'in/b': 'GLACIER', 'in/c': 'GLACIER', 'in/d': 'GLACIER', 'in/e': 'GLACIER' },
    's3://box/in',
    /s3:\/\/box\/in\/b \(GLACIER\), s3:\/\/box\/in\/c \(GLACIER\), s3:\/\/box\/in\/d \(GLACIER\) and 1 more; restore each/,
  ],
  ['an object whose key of KMS may not be used', { 'in/a': 'KMS' }, 's3://box/in/a', /user\/ada may not kms:Decrypt/],
  [
    'an object behind many folders that a console made',
    { ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`in/${i}/`, 'STANDARD'] as const)), 'in/z': 'KMS' },
    's3://box/in',
    /may not kms:Decrypt/,
  ],
] as const) {
  test(`an input is refused before anything is sent: ${what}`, async (t) => {
    const { clients } = await s3Answering(t, shelf(objects));
    await t.throwsAsync(checkS3Input(input, clients), { instanceOf: ConfigError, message });
  });
}

test('an input that can be read is no trouble: restored, retrieved at once, empty', async (t) => {
  const { clients } = await s3Answering(t, shelf({ 'in/a': 'GLACIER+', 'in/b': 'GLACIER_IR', 'in/c': 'EMPTY' }));
  for (const input of ['s3://box/in', 's3://box/in/a', 's3://box/in/b', 's3://box/in/c'])
    await t.notThrowsAsync(checkS3Input(input, clients));
});
