// What S3, or what stands before it, may answer besides the truth. Over real sockets: this file imports no nock.
import test, { type ExecutionContext } from 'ava';
import { awsClients, s3Ledger } from '../../src/aws/index.js';
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
