import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import test, { type ExecutionContext } from 'ava';
import {
  ConfigError,
  KeyConflictError,
  type OutputMarker,
  type OutputMarkers,
  type RunOutcome,
  UnreachableError,
} from '../../src/core/index.js';
import { fileMarkersOver } from '../../src/run/file-markers.js';
import { fileMarkers } from '../../src/run/index.js';
import { memoryLedger, MemoryBackend, testClock } from '../../src/testing/index.js';
import { attemptOf, rig } from '../helpers/engine.js';

// With an output, success also means that its _SUCCESS is another one than before.
const spec = { file: 's3://b/j.py' };
const code = (outcome: RunOutcome) => (outcome.kind === 'failed' ? outcome.diagnosis.code : outcome.kind);

/** A store in memory: `now` is what stands there. */
class Markers implements OutputMarkers {
  source = () => 'test' as const;
  now: OutputMarker | Error = { kind: 'absent' };
  reads = 0;
  accept = (path: string) => path;
  markerOf = (path: string) => `${path}/_SUCCESS`;
  async read(): Promise<OutputMarker> {
    this.reads++;
    if (this.now instanceof Error) throw this.now;
    return this.now;
  }
  write(version: string): void {
    this.now = { kind: 'present', version };
  }
}

function setUp({ ledger = memoryLedger(), afterMs = 60_000 } = {}) {
  const clock = testClock();
  const markers = new Markers();
  const backend = new MemoryBackend({ clock, script: () => ({ afterMs }) });
  const { engine } = rig({ backend, clock, ledger, markers });
  const options = { key: 'k', output: '/out' };
  const later = (ms: number, act: () => void) => void clock.sleep(ms).then(act);
  return { clock, markers, backend, engine, ledger, options, later, submit: () => engine.submit(spec, options) };
}

test('a marker that appears makes a success; the ledger holds what was there before the request', async (t) => {
  const { submit, markers, later, ledger } = setUp();
  const run = await submit();
  t.is(run.ref.output, '/out');
  t.deepEqual((await attemptOf(ledger, 'k')).output, { path: '/out', before: { kind: 'absent' } });
  later(30_000, () => markers.write('1'));
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded');
  t.like(outcome.evidence.at(-1), { source: 'test', asked: '/out/_SUCCESS', answer: 'written by this attempt' });
});

test('without one the job failed, and is told why; a late one is waited for a little', async (t) => {
  const { submit, clock } = setUp();
  const run = await submit();
  const start = clock.now();
  const outcome = await run.wait();
  t.is(code(outcome), 'OUTPUT_MARKER_MISSING');
  t.regex(outcome.kind === 'failed' ? outcome.diagnosis.title : '', /\/out\/_SUCCESS is not there/);
  t.regex(outcome.kind === 'failed' ? outcome.diagnosis.next.join() : '', /Delta and Iceberg/);
  t.true(clock.now() - start >= 70_000);
  const late = setUp();
  const other = await late.submit();
  late.later(65_000, () => late.markers.write('1'));
  t.is((await other.wait()).kind, 'succeeded');
});

test('one that was there before does not count until it is another one', async (t) => {
  const { submit, markers } = setUp();
  markers.write('old');
  t.is(code(await (await submit()).wait()), 'OUTPUT_MARKER_MISSING');
  const again = setUp();
  again.markers.write('old');
  const run = await again.submit();
  again.later(30_000, () => again.markers.write('new'));
  t.is((await run.wait()).kind, 'succeeded');
});

test('what a request of unknown fate may have written is not taken for what was there before', async (t) => {
  const { submit, markers, backend, ledger } = setUp();
  const start = backend.start.bind(backend);
  backend.failNext('request-lost');
  backend.start = async (plan) => {
    const answer = await start(plan);
    markers.write(`${backend.requests.length}`);
    return answer;
  };
  const run = await submit();
  t.deepEqual((await attemptOf(ledger, 'k')).output?.before, { kind: 'absent' });
  t.is((await run.wait()).kind, 'succeeded');
});

test('back-pressure before anything was sent leaves time for another to write: it is read again', async (t) => {
  const { submit, markers, backend, later, ledger } = setUp();
  backend.failNext('busy', 'busy', 'busy');
  later(1_500, () => markers.write('by another'));
  await submit();
  t.deepEqual((await attemptOf(ledger, 'k')).output?.before, { kind: 'present', version: 'by another' });
});

test('every attempt has its own before', async (t) => {
  const { submit, markers, engine, options } = setUp();
  markers.write('old');
  t.is(code(await (await submit()).wait()), 'OUTPUT_MARKER_MISSING');
  markers.write('by hand');
  const second = await engine.submit(spec, { ...options, retryOf: 'failed' });
  t.is(second.ref.attempt, 2);
  t.is(code(await second.wait()), 'OUTPUT_MARKER_MISSING');
});

test('another process uses what the ledger has', async (t) => {
  const { submit, markers, clock, backend, ledger, later } = setUp();
  const { ref } = await submit();
  const other = rig({ backend, clock, ledger, markers }).engine;
  later(30_000, () => markers.write('1'));
  t.is((await other.attach(ref).wait()).kind, 'succeeded');
});

test('a marker that cannot be read is neither success nor failure: it is asked for until the outage is too long', async (t) => {
  const { submit, markers, later, clock, ledger } = setUp();
  const run = await submit();
  later(30_000, () => (markers.now = new UnreachableError('the store does not answer', 'no')));
  const start = clock.now();
  await t.throwsAsync(run.wait(), { instanceOf: UnreachableError, message: /wrote its output cannot be told/ });
  t.true(clock.now() - start >= 900_000);
  t.is((await attemptOf(ledger, 'k')).phase, 'started', 'nothing was made up');
  const status = await run.status();
  t.is(status.state, 'unknown');
  t.regex(status.unclear ?? '', /cannot be checked: the store does not answer/);
  markers.write('1');
  t.is((await run.wait()).kind, 'succeeded');
});

test('before the request it has to be readable, or nothing is sent', async (t) => {
  const { submit, markers, backend } = setUp();
  markers.now = new UnreachableError('the store does not answer', 'no');
  await t.throwsAsync(submit(), { instanceOf: UnreachableError });
  t.deepEqual(
    backend.requests.filter((one) => one.startsWith('POST')),
    [],
  );
});

test('a marker of which nobody knows what was there before is not guessed about', async (t) => {
  const { markers, backend, clock, submit, later } = setUp();
  const { ref } = await submit();
  later(30_000, () => markers.write('1'));
  const without = rig({ backend, clock, markers }).engine;
  t.is((await without.attach(ref).wait()).kind, 'lost');
});

test('a job that failed has failed for its own reason, and its marker is not looked at', async (t) => {
  const clock = testClock();
  const markers = new Markers();
  const backend = new MemoryBackend({ clock, script: () => ({ outcome: 'failed' }) });
  const run = await rig({ backend, clock, markers }).engine.submit(spec, { output: '/out' });
  t.not(code(await run.wait()), 'OUTPUT_MARKER_MISSING');
  t.is(markers.reads, 1);
});

test('another output under the same key is a conflict, and so is none', async (t) => {
  const { submit, engine } = setUp();
  await submit();
  t.is((await submit()).how, 'adopted');
  const other = engine.submit(spec, { key: 'k', output: '/other' });
  const error = await t.throwsAsync(other, { instanceOf: KeyConflictError });
  t.deepEqual(error.differences, ['output: /out there, /other here']);
  await t.throwsAsync(engine.submit(spec, { key: 'k' }), { instanceOf: KeyConflictError });
});

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'livywire-output-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('files: absent, there, and another one after it was written again', async (t) => {
  const out = join(await folder(t), 'out');
  t.deepEqual(await fileMarkers.read(out), { kind: 'absent' });
  await mkdir(out);
  t.deepEqual(await fileMarkers.read(out), { kind: 'absent' });
  await writeFile(join(out, '_SUCCESS'), '');
  await utimes(join(out, '_SUCCESS'), 1, 1);
  const first = await fileMarkers.read(out);
  t.is(first.kind, 'present');
  t.deepEqual(await fileMarkers.read(out), first);
  await utimes(join(out, '_SUCCESS'), 2, 2);
  t.notDeepEqual(await fileMarkers.read(out), first);
});

(getuid?.() === 0 ? test.skip : test)('files: a folder that may not be read says so', async (t) => {
  const out = await folder(t);
  await chmod(out, 0);
  t.teardown(() => chmod(out, 0o700));
  await t.throwsAsync(fileMarkers.read(out), { instanceOf: ConfigError, message: /may not be read/ });
});

test('files: a mount that does not answer holds a submit for 20 s, with nothing sent and the claim given back', async (t) => {
  const clock = testClock();
  const ledger = memoryLedger();
  const backend = new MemoryBackend({ clock });
  let answer = (_: string) => {};
  let looks = 0;
  const look = async () => (looks++, new Promise<string>((resolve) => (answer = resolve)));
  const markers = fileMarkersOver({ look, clock });
  const { engine } = rig({ backend, clock, ledger, markers });
  const submit = (signal?: AbortSignal) => engine.submit(spec, { key: 'k', output: '/out', ...(signal && { signal }) });
  const start = clock.now();
  await t.throwsAsync(submit(), { instanceOf: UnreachableError, message: /does not answer/ });
  t.is(clock.now() - start, 20_000);
  t.like(await attemptOf(ledger, 'k'), { phase: 'claimed', claim: undefined });
  await t.throwsAsync(submit(), { instanceOf: UnreachableError });
  t.is(looks, 1, 'it is not asked again while it hangs');
  answer('1');
  await clock.sleep(1);

  const gone = new AbortController();
  void clock.sleep(5_000).then(() => gone.abort(new Error('gone')));
  await t.throwsAsync(submit(gone.signal), { message: 'gone' });
  t.is(backend.requests.filter((one) => one.startsWith('POST')).length, 0);
});

test('files: one path has one spelling', (t) => {
  t.is(fileMarkers.accept('/data//out/'), '/data/out');
  t.is(fileMarkers.accept('file:///data/out'), '/data/out');
  t.is(fileMarkers.accept('file:/data/out/'), '/data/out');
});

for (const [path, why] of [
  ['s3://bucket/out', /cannot be checked; this version looks at files/],
  ['hdfs:///out', /cannot be checked/],
  ['out/day', /is not an absolute path/],
  ['file://elsewhere/out', /names no file of this machine/],
  ['', /is not an absolute path/],
  ['/out?password=hunter22', /looks like a secret/],
] as const) {
  test(`files: ${JSON.stringify(path)} is refused before anything is sent`, (t) => {
    t.throws(() => fileMarkers.accept(path), { instanceOf: ConfigError, message: why });
  });
}
