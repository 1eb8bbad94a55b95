import test from 'ava';
import { LedgerError, UnreachableError, WaitTimeoutError } from '../../src/core/index.js';
import { memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { attemptOf, entryOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { faultyLedger } from '../helpers/faulty-ledger.js';
import { dead, running, silent, StubBackend, success } from '../helpers/stub-backend.js';

// What is known where only Livy and the ledger can be asked.
const spec = { file: 's3://b/j.py' };

for (const kind of ['succeeded', 'failed', 'cancelled'] as const) {
  test(`a run that ${kind} has that outcome, and the ledger keeps it`, async (t) => {
    const ledger = memoryLedger();
    const run = await testLivywire({ ledger, script: () => ({ outcome: kind }) }).submit(spec, { key: 'k' });
    const outcome = await run.wait();
    t.is(outcome.kind, kind);
    t.deepEqual((await attemptOf(ledger, 'k')).outcome, outcome);
    t.is((await attemptOf(ledger, 'k')).phase, 'ended');
    t.true(outcome.evidence.length > 0);
  });
}

test('a failure comes with its reason, from the log', async (t) => {
  const lines = ['Traceback (most recent call last):', '  File "/j.py", line 3, in <module>', 'ValueError: no'];
  const run = await testLivywire({ script: () => ({ outcome: 'failed', lines }) }).submit(spec);
  const outcome = await run.wait();
  t.is(outcome.kind === 'failed' && outcome.diagnosis.code, 'PYTHON_EXCEPTION');
  await t.throwsAsync(run.result(), { name: 'JobFailedError', message: /ValueError: no/ });
});

test('a secret in the driver’s log reaches neither outcome, ledger nor error', async (t) => {
  const secret = 'ValueError: cannot connect with password=hunter2 to jdbc:postgresql://etl:hunter3@db/x';
  const lines = ['Traceback (most recent call last):', '  File "/j.py", line 3, in <module>', secret];
  const ledger = memoryLedger();
  const run = await testLivywire({ ledger, script: () => ({ outcome: 'failed', lines }) }).submit(spec, { key: 'k' });
  const outcome = await run.wait();
  t.is(outcome.kind === 'failed' && outcome.diagnosis.code, 'PYTHON_EXCEPTION');
  const error = await t.throwsAsync(run.result(), { name: 'JobFailedError', message: /cannot connect/ });
  t.notRegex(JSON.stringify([outcome, await entryOf(ledger, 'k'), error.message]), /hunter/);
});

for (const state of ['failed', 'cancelled'] as const) {
  test(`a secret in a server’s message does not reach the outcome of a run that ${state}`, async (t) => {
    const said = { raw: 'dead', state, message: 'token=hunter2 refused', tail: ['password=hunter2'] } as const;
    const backend = new StubBackend([said]);
    backend.onLog = () => Promise.reject(new UnreachableError('no', 'no'));
    const { engine, clock } = rig({ backend });
    const outcome = await engine.attach(refFor(clock)).wait();
    t.is(outcome.kind, state);
    t.notRegex(JSON.stringify(outcome), /hunter/);
    t.regex(JSON.stringify(outcome), /refused/);
  });
}

test('a log that cannot be read makes the reason poorer, never the outcome', async (t) => {
  for (const problem of [new UnreachableError('no', 'no'), new TypeError('a bug in a reader')]) {
    const backend = new StubBackend([{ ...dead, message: 'exit code 1' }]);
    backend.onLog = () => Promise.reject(problem);
    const { engine, clock } = rig({ backend });
    const outcome = await engine.attach(refFor(clock)).wait();
    t.is(outcome.kind === 'failed' && outcome.diagnosis.code, 'UNKNOWN');
  }
});

test('a run that Livy forgot is lost after half a minute without a record, with all that was asked', async (t) => {
  const { engine, clock, ledger } = rig({ backend: new StubBackend([running, undefined]) });
  const ref = refFor(clock);
  await ledger.create(recordFor(ref));
  const start = clock.now();
  const outcome = await engine.attach(ref).wait();
  t.is(outcome.kind, 'lost');
  t.true(clock.now() - start >= 30_000);
  t.deepEqual(
    outcome.evidence.map(({ source, answer }) => `${source}: ${answer}`),
    ['livy: running', 'livy: no record', 'ledger: started'],
  );
});

test('a gap of one read is not a loss, even when the clock is set forward in it', async (t) => {
  const clock = testClock();
  let offset = 0;
  const jumpy = {
    now: () => clock.now() + offset,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
  };
  const backend = new StubBackend([running, undefined, undefined, success]);
  const status = backend.status.bind(backend);
  backend.status = async (ref) => {
    if (backend.requests.length === 2) offset = 3_600_000;
    return status(ref);
  };
  t.is((await rig({ backend, clock: jumpy }).engine.attach(refFor(clock)).wait()).kind, 'succeeded');
});

test('a run is not lost while the ledger is silent: it may know the outcome', async (t) => {
  const ledger = faultyLedger(memoryLedger(), { reads: Array.from({ length: 1_000 }, () => 'before' as const) });
  const { engine, clock } = rig({ backend: new StubBackend([undefined]), ledger });
  await t.throwsAsync(engine.attach(refFor(clock)).wait(), { instanceOf: UnreachableError });
});

test('a run of another endpoint is not lost because this one does not know it', async (t) => {
  const { engine, clock } = rig({ backend: new StubBackend([undefined]) });
  const run = engine.attach(refFor(clock, { endpoint: 'http://elsewhere:8998' }));
  await t.throwsAsync(run.wait(), { instanceOf: UnreachableError, message: /started at http:\/\/elsewhere:8998/ });
});

test('a run of another address of the same server is found by its name', async (t) => {
  const { engine, clock } = rig({ backend: new StubBackend([running, success]) });
  t.is((await engine.attach(refFor(clock, { endpoint: 'http://127.0.0.1:18998' })).wait()).kind, 'succeeded');
});

for (const phase of ['claimed', 'posting'] as const) {
  test(`a run that is still being submitted (${phase}) is never lost, however long nobody has a record`, async (t) => {
    const { engine, clock, ledger } = rig({ backend: new StubBackend([undefined]) });
    const ref = refFor(clock);
    const leaseUntil = new Date(clock.now() + 600_000).toISOString();
    await ledger.create(recordFor(ref, { phase, claim: { owner: 'other/1', host: 'elsewhere', pid: 9, leaseUntil } }));
    await t.throwsAsync(engine.attach(ref).wait({ timeoutMs: 600_000 }), { instanceOf: WaitTimeoutError });
    t.is((await attemptOf(ledger, 'k')).phase, phase);
  });
}

test('a run that was refused has no outcome: waiting says why it was refused', async (t) => {
  const { engine, clock, ledger } = rig({ backend: new StubBackend([undefined]) });
  const ref = refFor(clock);
  await ledger.create(recordFor(ref, { phase: 'refused', note: 'no such file' }));
  await t.throwsAsync(engine.attach(ref).wait(), { name: 'JobRefusedError', message: 'no such file' });
  t.is((await attemptOf(ledger, 'k')).phase, 'refused');
});

test('an outcome that another process wrote is the outcome, though Livy forgot the run', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  const one = await lw.submit(spec, { key: 'k' });
  const two = lw.attach(one.ref);
  const outcome = await one.wait();
  lw.backend.forgetAll();
  t.deepEqual(await two.wait(), outcome);
  t.is((await two.status()).state, 'succeeded');
});

test('the first outcome that was written stays: many watchers have one word', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger, script: () => ({ outcome: 'failed' }) });
  const run = await lw.submit(spec, { key: 'k' });
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => lw.attach(run.ref).wait()));
  for (const outcome of outcomes) t.deepEqual(outcome, outcomes[0]);
  t.deepEqual((await attemptOf(ledger, 'k')).outcome, outcomes[0]);
});

test('lost is replaced by whoever learns the truth', async (t) => {
  const backend = new StubBackend([undefined]);
  const { engine, clock, ledger } = rig({ backend });
  const ref = refFor(clock);
  await ledger.create(recordFor(ref));
  t.is((await engine.attach(ref).wait()).kind, 'lost');
  backend.says(success);
  t.is((await engine.attach(ref).wait()).kind, 'succeeded');
  t.is((await attemptOf(ledger, 'k')).outcome?.kind, 'succeeded');
  backend.says(undefined);
  t.is((await engine.attach(ref).wait()).kind, 'succeeded', 'and lost never replaces it');
});

test('an outcome that cannot be written is told all the same', async (t) => {
  const inner = memoryLedger();
  const ledger = { ...inner, update: () => Promise.reject(new LedgerError('read-only file system')) };
  const { engine, clock, warnings } = rig({ backend: new StubBackend([success]), ledger });
  const ref = refFor(clock);
  await inner.create(recordFor(ref));
  t.is((await engine.attach(ref).wait()).kind, 'succeeded');
  t.is(warnings.filter((one) => one.includes('the outcome could not be written')).length, 1, 'and once');
});

test('the outcome of an older attempt does not touch the newer one', async (t) => {
  const { engine, clock, ledger } = rig({ backend: new StubBackend([success]) });
  const ref = refFor(clock);
  const { version } = await ledger.create(recordFor(ref));
  const two = { ...recordFor(ref).attempts[0]!, attempt: 2, name: ref.name.replace('-a1', '-a2') };
  await ledger.update({ ...recordFor(ref), attempts: [...recordFor(ref).attempts, two] }, version);
  await engine.attach(ref).wait();
  t.is((await entryOf(ledger, 'k')).record.attempts.at(-1)?.outcome, undefined);
});

test('a name that now belongs to another batch is a run without a record', async (t) => {
  const clock = testClock();
  const lw = testLivywire({ clock });
  const run = await lw.submit(spec);
  lw.backend.forgetAll();
  await lw.submit(spec);
  t.is((await run.wait()).kind, 'lost');
});

test('status of a run that nobody knows is a RunNotFoundError; of one nobody can be asked about, an UnreachableError', async (t) => {
  const { engine, clock } = rig({ backend: new StubBackend([undefined]) });
  await t.throwsAsync(engine.attach(refFor(clock)).status(), { name: 'RunNotFoundError' });
  const down = rig({ backend: new StubBackend([silent]) });
  await t.throwsAsync(down.engine.attach(refFor(clock)).status(), { instanceOf: UnreachableError });
});
