// The ledger in S3 on a real moto, behind a proxy that loses answers, refuses and counts.
import process from 'node:process';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import test, { type ExecutionContext } from 'ava';
import { type AwsClients, s3Ledger } from '../../src/aws/index.js';
import { ConfigError, LedgerConflictError, type RunRecord, systemClock } from '../../src/core/index.js';
import { defaultWaits, Engine, fileMarkers } from '../../src/run/index.js';
import { MemoryBackend } from '../../src/testing/index.js';
import { cli } from '../helpers/cli.js';
import { endedAttempt, keysOf, recordOf, triedAgain } from '../helpers/ledger-contract.js';
import { standInCredentials, startMoto } from '../helpers/moto.js';
import { s3World } from '../helpers/s3-world.js';

standInCredentials();
const moto = startMoto();
test.after.always(async () => (await moto)?.stop());

async function world(t: ExecutionContext) {
  const made = await s3World(t, moto);
  if (!made) return undefined;
  const troubles: string[] = [];
  const open = () =>
    s3Ledger(`s3://${made.bucket}/team`, { clients: made.clients, onTrouble: ({ message }) => troubles.push(message) });
  return { ...made, open, troubles };
}

const ended = (record: RunRecord): RunRecord => ({
  ...record,
  attempts: record.attempts.map((attempt) => ({
    ...attempt,
    phase: 'ended',
    outcome: {
      v: 1,
      kind: 'succeeded',
      ref: {
        v: 1,
        key: record.key,
        attempt: 1,
        backend: 'livy',
        endpoint: 'e',
        name: 'n',
        createdAt: record.createdAt,
      },
      evidence: [],
      links: {},
      knownAt: record.createdAt,
    },
  })),
});
const count = (asked: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const line of asked) {
    const name = line.replace(/^(\w+) .*?(runs|active|ended|ledger).*$/, '$1 $2');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

async function endedNames({ clients, bucket }: { clients: AwsClients; bucket: string }): Promise<string[]> {
  const { Contents = [] } = await (
    await clients.s3()
  ).send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'team/ended/' }));
  return Contents.map(({ Key = '' }) => Key);
}

test('a create whose answer is lost has created, and nobody else may', async (t) => {
  const w = await world(t);
  if (!w) return;
  w.proxy.failNext(/^PUT .*\/runs\//, 'lost');
  const { version } = await w.open().create(recordOf('k'));
  t.is(w.proxy.asked.filter((line) => /^PUT .*\/runs\//.test(line)).length, 2, 'the SDK asked again');
  t.is((await w.open().get('k'))?.version, version);
  await t.throwsAsync(w.open().create(recordOf('k')), { instanceOf: LedgerConflictError });
});

test('an update whose answer is lost is done once, and the version goes on', async (t) => {
  const w = await world(t);
  if (!w) return;
  const ledger = w.open();
  const first = await ledger.create(recordOf('k'));
  w.proxy.failNext(/^PUT .*\/runs\//, 'lost');
  const second = await ledger.update({ ...recordOf('k'), specHash: 'two' }, first.version);
  await ledger.update({ ...recordOf('k'), specHash: 'three' }, second.version);
  t.is((await ledger.get('k'))?.record.specHash, 'three');
});

test('two writes at the same moment, and a server in trouble, are asked again', async (t) => {
  const w = await world(t);
  if (!w) return;
  const ledger = w.open();
  w.proxy.failNext(/^PUT .*\/runs\//, { status: 409, code: 'ConditionalRequestConflict' });
  const { version } = await ledger.create(recordOf('k'));
  w.proxy.failNext(/^PUT .*\/runs\//, { status: 500, code: 'InternalError' });
  w.proxy.failNext(/^PUT .*\/runs\//, { status: 503, code: 'SlowDown' });
  await ledger.update({ ...recordOf('k'), specHash: 'two' }, version);
  t.is((await ledger.get('k'))?.record.specHash, 'two');
});

test('an update of a record that was removed is a conflict', async (t) => {
  const w = await world(t);
  if (!w) return;
  const { version } = await w.open().create(recordOf('k'));
  await t.throwsAsync(w.open().update(recordOf('other'), version), { instanceOf: LedgerConflictError });
});

test('lists of ended runs read names only: three requests, whatever their number', async (t) => {
  const w = await world(t);
  if (!w) return;
  const ledger = w.open();
  for (let i = 10; i < 30; i++) {
    const record = recordOf(`sales/${i} ä`, `2026-01-01T00:00:${i}.000Z`);
    const { version } = await ledger.create(record);
    await ledger.update(ended(record), version);
  }
  w.proxy.forget();
  const runs = [];
  for await (const run of w.open().summaries()) runs.push(run);
  t.deepEqual(count(w.proxy.asked), { 'LIST active': 1, 'LIST ended': 2 });
  t.is(runs.length, 20);
  t.deepEqual(runs[0], {
    key: 'sales/29 ä',
    createdAt: '2026-01-01T00:00:29.000Z',
    lastAt: '2026-01-01T00:00:29.000Z',
    attempt: 1,
    state: 'succeeded',
    label: 's3://b/j.py',
  });
});

test('a key too long for a name is read in its record', async (t) => {
  const w = await world(t);
  if (!w) return;
  const key = 'ä'.repeat(500);
  const { version } = await w.open().create(recordOf(key));
  await w.open().update(ended(recordOf(key)), version);
  t.deepEqual(await keysOf(w.open().summaries()), [key]);
});

test('a writer that was killed between two writes hides no run and shows none twice', async (t) => {
  const w = await world(t);
  if (!w) return;
  // Its entry was not moved: the record ended, and the list's entry says nothing of it.
  w.proxy.failNext(/^PUT .*\/ended\//, { status: 403, code: 'AccessDenied' });
  const ledger = w.open();
  const { version } = await ledger.create(recordOf('unmoved'));
  await ledger.update(ended(recordOf('unmoved')), version);
  t.is(w.troubles.length, 1);
  // Its entry was written, and the old one not removed.
  w.proxy.failNext(/^DELETE .*\/active\//, { status: 403, code: 'AccessDenied' });
  const other = await ledger.create(recordOf('twice'));
  await ledger.update(ended(recordOf('twice')), other.version);
  // An entry of a run that was never created.
  await w.put(`team/active/${'0'.repeat(64)}.1`);
  t.is((await endedNames(w)).length, 1, 'of one the entry is missing');
  const shown: Record<string, string> = {};
  for await (const { key, state } of w.open().summaries()) shown[key] = `${shown[key] ?? ''}${state}`;
  t.deepEqual(shown, { unmoved: 'succeeded', twice: 'succeeded' });
  t.deepEqual((await keysOf(w.open().list())).sort(), ['twice', 'unmoved']);
  // Whoever looks for what was left behind puts it in order: the next list has names only.
  t.deepEqual(await keysOf(w.open().open()), []);
  t.is((await endedNames(w)).length, 2);
  w.proxy.forget();
  t.is((await keysOf(w.open().summaries())).length, 2);
  t.deepEqual(
    count(w.proxy.asked),
    { 'LIST active': 1, 'LIST ended': 2, 'GET runs': 1 },
    'the one never created is young',
  );
});

test('what is left open is found without a look at what is over', async (t) => {
  const w = await world(t);
  if (!w) return;
  const ledger = w.open();
  for (let i = 10; i < 20; i++) {
    const record = recordOf(`over/${i}`, `2026-01-01T00:00:${i}.000Z`);
    const { version } = await ledger.create(record);
    await ledger.update(ended(record), version);
  }
  await ledger.create(recordOf('going'));
  const { version } = await ledger.create(recordOf('unexplained'));
  const [attempt] = recordOf('unexplained').attempts;
  await ledger.update(
    { ...recordOf('unexplained'), attempts: [endedAttempt(attempt!, { isExplained: false })] },
    version,
  );
  w.proxy.forget();
  t.deepEqual((await keysOf(w.open().open())).sort(), ['going', 'unexplained']);
  t.deepEqual(count(w.proxy.asked), { 'LIST active': 1, 'GET runs': 2 });
});

test('reap reads what is open, and nothing else', async (t) => {
  const w = await world(t);
  if (!w) return;
  const ledger = w.open();
  const { version } = await ledger.create(recordOf('over'));
  await ledger.update(ended(recordOf('over')), version);
  await ledger.create(recordOf('going'));
  w.proxy.forget();
  process.env.AWS_ENDPOINT_URL_S3 = w.proxy.url; // of all tests here only this one has clients that read it
  t.teardown(() => delete process.env.AWS_ENDPOINT_URL_S3);
  const env = { LIVYWIRE_LEDGER: `s3://${w.bucket}/team`, LIVYWIRE_URL: 'http://elsewhere' };
  const { stdout, stderr } = await cli(['reap'], { env });
  t.regex(stdout, /^going /m, stderr);
  t.deepEqual(count(w.proxy.asked), { 'LIST active': 1, 'GET runs': 1 });
});

test('the entries of earlier attempts go with that of the last one', async (t) => {
  const w = await world(t);
  if (!w) return;
  const [attempt] = recordOf('k').attempts;
  const first = { ...recordOf('k'), attempts: [endedAttempt(attempt!, { isExplained: false })] };
  let { version } = await w.open().create(recordOf('k'));
  ({ version } = await w.open().update(first, version));
  const again = triedAgain(first, '2026-01-02T00:00:00.000Z');
  ({ version } = await w.open().update(again, version));
  const over = { ...again, attempts: [first.attempts[0]!, endedAttempt(again.attempts[1]!)] };
  await w.open().update(over, version);
  w.proxy.forget();
  t.deepEqual(await keysOf(w.open().list()), ['k']);
  t.deepEqual(count(w.proxy.asked), { 'LIST active': 1, 'LIST ended': 2, 'GET runs': 1 });
  t.is((await endedNames(w)).length, 2);
});

test('a damaged record hides no other, and is said', async (t) => {
  const w = await world(t);
  if (!w) return;
  await w.open().create(recordOf('whole'));
  await w.open().create(recordOf('damaged'));
  const place =
    w.proxy.asked
      .filter((line) => /^PUT .*\/runs\//.test(line))
      .at(-1)
      ?.slice('PUT /'.length) ?? '';
  await w.put(place.slice(w.bucket.length + 1), '{"v":2}');
  t.deepEqual(await keysOf(w.open().list()), ['whole']);
  t.regex(w.troubles[0] ?? '', /newer livywire/);
});

test('a run from its submit to its end costs so many requests', async (t) => {
  const w = await world(t);
  if (!w) return;
  const backend = new MemoryBackend({ clock: systemClock, script: () => ({ afterMs: 50 }) });
  const engine = new Engine({
    clock: systemClock,
    ledger: w.open(),
    markers: fileMarkers,
    backend,
    logs: backend,
    diagnose: () => Promise.reject(new Error('nothing failed')),
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    identity: { host: 'test', pid: 1 },
    sources: [],
    waits: defaultWaits,
  });
  await w.open().namespace();
  w.proxy.forget();
  const run = await engine.submit({ file: 's3://b/j.py' }, { key: 'k' });
  // docs/aws.md states these.
  t.deepEqual(count(w.proxy.asked), { 'GET ledger': 1, 'GET runs': 1, 'PUT active': 1, 'PUT runs': 3 });
  w.proxy.forget();
  t.is((await run.wait()).kind, 'succeeded');
  t.deepEqual(count(w.proxy.asked), { 'GET runs': 4, 'PUT runs': 2, 'PUT ended': 1, 'DELETE active': 1 });
});

for (const [what, code, status, message, said] of [
  ['a bucket that is not there', 'NoSuchBucket', 404, 'no', /there is no such bucket/],
  ['expired credentials', 'ExpiredToken', 400, 'The provided token has expired.', /have expired.*aws sso login/],
  ['keys nobody knows', 'InvalidAccessKeyId', 403, 'no', /does not accept these credentials/],
  [
    'a right that is missing',
    'AccessDenied',
    403,
    'User: arn:aws:iam::1:user/ann is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/x" because no identity-based policy allows the s3:GetObject action',
    /user\/ann may not s3:GetObject on arn:aws:s3:::b\/x \(because no identity-based policy/,
  ],
  [
    'a right that is missing, unnamed',
    'AccessDenied',
    403,
    'Access Denied',
    /may not s3:GetObject on arn:aws:s3:::livywire-/,
  ],
  ['a clock that is off', 'RequestTimeTooSkewed', 403, 'no', /clock is off/],
] as const) {
  test(`${what}: one sentence says what to mend`, async (t) => {
    const w = await world(t);
    if (!w) return;
    for (let i = 0; i < 5; i++) w.proxy.failNext(/^GET .*\/runs\//, { status, code, message });
    const error = await t.throwsAsync(w.open().get('k'), { instanceOf: ConfigError, message: said });
    t.regex(error.message, /^the ledger s3:\/\/livywire-\S+\/team cannot be read: /);
    t.false(error.message.includes('\n'));
  });
}

test('throttling that does not end is named, and may be tried again', async (t) => {
  const w = await world(t);
  if (!w) return;
  for (let i = 0; i < 5; i++) w.proxy.failNext(/^GET .*\/runs\//, { status: 503, code: 'SlowDown' });
  const error = await t.throwsAsync(w.open().get('k'), { message: /asks to slow down \(SlowDown\)/ });
  t.like(error, { name: 'HttpStatusError', retryable: true });
});
