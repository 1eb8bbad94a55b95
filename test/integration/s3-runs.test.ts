// Outputs, inputs and a team's ledger in S3, on a real moto.
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { checkInputs, outputMarkers } from '../../src/app/data-places.js';
import { findActor } from '../../src/app/actor.js';
import * as room from '../../src/aws/index.js';
import { ConfigError, type JobSpec, systemClock } from '../../src/core/index.js';
import { defaultWaits, Engine } from '../../src/run/index.js';
import { MemoryBackend } from '../../src/testing/index.js';
import { cli, oneDocument } from '../helpers/cli.js';
import { standInCredentials, startMoto } from '../helpers/moto.js';
import { s3World } from '../helpers/s3-world.js';

standInCredentials();
const moto = startMoto();
test.before(async () => {
  // As a person would set it, for the command line.
  process.env.AWS_ENDPOINT_URL = (await moto)?.url ?? '';
});
test.after.always(async () => (await moto)?.stop());

const JOB: JobSpec = { file: 's3://b/etl.py', name: 'Nightly' };

async function world(t: ExecutionContext, afterMs = 50) {
  const made = await s3World(t, moto);
  if (!made) return undefined;
  const aws = async () => ({ room, clients: made.clients });
  const backend = new MemoryBackend({ clock: systemClock, script: () => ({ afterMs }) });
  const ledger = room.s3Ledger(`s3://${made.bucket}/team`, { clients: made.clients });
  const engine = new Engine({
    clock: systemClock,
    ledger,
    markers: outputMarkers(aws),
    inputs: (paths, options) => checkInputs(paths, aws, options),
    actor: () => findActor({ env: { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'o/r', GITHUB_RUN_ID: '7' }, aws }),
    backend,
    logs: backend,
    diagnose: () => ({ code: 'UNKNOWN', title: 'x', transient: false, lines: [], next: [] }),
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    identity: { host: 'test', pid: 1 },
    sources: [],
    waits: { ...defaultWaits, markerGraceMs: 500 },
  });
  const url = (key: string) => `s3://${made.bucket}/${key}`;
  return { ...made, aws, backend, engine, ledger, url };
}

test('an output in S3: what was written after the request counts, and is summed up', async (t) => {
  const w = await world(t, 1_500);
  if (!w) return;
  await w.put('out/day=1/part-0', 'from yesterday');
  await w.put('out/_SUCCESS');
  await sleep(1_100); // S3's times are whole seconds
  const run = await w.engine.submit(JOB, { key: 'k', output: w.url('out/') });
  t.is(run.ref.output, w.url('out'));
  await sleep(1_100);
  await w.put('out/day=2/part-0', 'x'.repeat(1_000));
  await w.put('out/day=2/part-1', 'x'.repeat(234));
  await w.put('out/_temporary/0/part-9', 'left behind');
  await w.put('out/_SUCCESS');
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded');
  t.deepEqual(outcome.output, { path: w.url('out'), objects: 2, bytes: 1_234, complete: true });
  t.true(outcome.evidence.some(({ source, asked }) => source === 's3' && asked === `${w.url('out')}/_SUCCESS`));
  const { stdout } = await cli(['wait', '--ledger', w.url('team'), '--region', 'eu-west-1', 'k'], {
    connect: () => ({ ...engineDoor(w.engine), endpoint: 'memory://stub', close: async () => undefined }),
  });
  t.regex(stdout, /wrote 2 objects, 1\.2 kB, to s3:/);
});

test('an output in S3 that was not written anew is a failure', async (t) => {
  const w = await world(t);
  if (!w) return;
  await w.put('out/_SUCCESS');
  const outcome = await (await w.engine.submit(JOB, { key: 'k', output: w.url('out') })).wait();
  t.is(outcome.kind === 'failed' && outcome.diagnosis.code, 'OUTPUT_MARKER_MISSING');
});

test('a bucket that is not there is no output that is still to come: nothing is sent', async (t) => {
  const w = await world(t);
  if (!w) return;
  const output = 's3://livywire-no-such-bucket/out';
  await t.throwsAsync(w.engine.submit(JOB, { key: 'k', output }), {
    instanceOf: ConfigError,
    message: /the output s3:\/\/livywire-no-such-bucket\/out cannot be listed: there is no such bucket/,
  });
  t.is(w.backend.requests.filter((one) => one.startsWith('POST')).length, 0);
});

test('inputs that are there let the job go: an object, a prefix, a file', async (t) => {
  const w = await world(t);
  if (!w) return;
  await w.put('in/sales.csv', 'a');
  await w.put('in/');
  const inputs = [w.url('in/sales.csv'), w.url('in'), w.url('in/'), import.meta.filename];
  t.is((await w.engine.submit(JOB, { key: 'k', inputs })).how, 'started');
});

for (const [what, key, said] of [
  ['no object has the name', 'in/gone.csv', /the input s3:\S+\/in\/gone\.csv is not there: no object has that name/],
  ['a prefix is only the beginning of another name', 'in/sal', /is not there/],
  ['a folder was made and nothing put into it', 'empty', /is not there/],
] as const) {
  test(`${what}: nothing is sent, and the ledger knows nothing of it`, async (t) => {
    const w = await world(t);
    if (!w) return;
    await w.put('in/sales.csv', 'a');
    await w.put('empty/');
    await t.throwsAsync(w.engine.submit(JOB, { key: 'k', inputs: [w.url('in/sales.csv'), w.url(key)] }), {
      instanceOf: ConfigError,
      message: said,
    });
    t.deepEqual(
      w.backend.requests.filter((one) => one.startsWith('POST')),
      [],
    );
    t.is(await w.ledger.get('k'), undefined);
  });
}

test('an input that may be listed and not read is refused', async (t) => {
  const w = await world(t);
  if (!w) return;
  await w.put('in/sales.csv', 'a');
  w.proxy.failNext(/^GET .*sales\.csv/, { status: 403, code: 'AccessDenied' });
  await t.throwsAsync(w.engine.submit(JOB, { key: 'k', inputs: [w.url('in')] }), {
    instanceOf: ConfigError,
    message: /these credentials may not s3:GetObject on arn:aws:s3:::\S+sales\.csv/,
  });
});

test('an adopted run’s inputs may be gone by then', async (t) => {
  const w = await world(t);
  if (!w) return;
  await w.put('in/a', 'a');
  await w.engine.submit(JOB, { key: 'k', inputs: [w.url('in')] });
  t.is((await w.engine.submit(JOB, { key: 'k', inputs: [w.url('gone')] })).how, 'adopted');
});

test('a team sees who started and who stopped what', async (t) => {
  const w = await world(t, 60_000);
  if (!w) return;
  const run = await w.engine.submit(JOB, { key: 'sales/1' });
  const options = { env: {} };
  const ledger = ['--ledger', w.url('team')];
  const listed = await cli(['ls', ...ledger, '--by', 'me', '--since', '24h'], options);
  t.regex(listed.stderr, /^livywire: started: no end is in the ledger yet, and no server was asked; .*\n$/);
  t.regex(listed.stdout, /KEY .* BY +LABEL\nsales\/1 +1 +started .* user\/moto +Nightly\n$/);
  t.is((await cli(['ls', ...ledger, '--by', 'nobody'], options)).stdout, '');
  t.is((await run.cancel()).kind, 'cancelled');
  const text = (await cli(['history', ...ledger, 'sales/1'], options)).stdout;
  t.regex(text, /^sales\/1\nattempt 1 {2}cancelled/);
  t.regex(
    text,
    /started by arn:aws:sts::123456789012:user\/moto on \S+, livywire 0\.0\.0, github-actions https:\/\/github\.com\/o\/r\/actions\/runs\/7\n/,
  );
  t.regex(text, /asked to stop by arn:aws:sts::123456789012:user\/moto/);
  const document = oneDocument(t, (await cli(['history', '--json', ...ledger, 'sales/1'], options)).stdout);
  t.like(document, {
    kind: 'history',
    attempts: [{ attempt: 1, by: { proof: 'sts' }, cancels: [{ by: { proof: 'sts' } }] }],
  });
});

const engineDoor = (engine: Engine) => ({
  submit: engine.submit.bind(engine),
  attach: engine.attach.bind(engine),
  find: engine.find.bind(engine),
  list: engine.list.bind(engine),
  plan: engine.plan.bind(engine),
});
