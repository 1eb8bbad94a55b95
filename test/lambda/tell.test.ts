/** Who waits for the end of a run: tasks of state machines by their token, and a bus. Told once each, whatever dies in between. */
import test from 'ava';
import { AuthError, type CallOptions, LedgerError, type Listener } from '../../src/core/index.js';
import type { RunAnswer } from '../../src/lambda/index.js';
import {
  createCancelHandler,
  createStatusHandler,
  createSubmitHandler,
  createWatchHandler,
} from '../../src/lambda/index.js';
import type { OpenServices } from '../../src/lambda/services.js';
import { job, lambdaRig, type LambdaRig, type Said } from './rig.js';

const BUS = { LIVYWIRE_EVENT_BUS: 'runs' };
const MINUTE = 60_000;

const submit = async (rig: LambdaRig, payload: object): Promise<RunAnswer> =>
  (await createSubmitHandler(rig.options)({ job, key: 'k', ...payload }, rig.context())) as RunAnswer;
const watch = (rig: LambdaRig, seconds = 120) => createWatchHandler(rig.options)({}, rig.context(seconds));

const listenersOf = async ({ ledger }: LambdaRig, key = 'k'): Promise<readonly Listener[]> =>
  (await ledger.get(key))?.record.attempts.at(-1)?.listeners ?? [];
const ends = ({ messenger }: LambdaRig): readonly Said[] => messenger.said.filter(({ what }) => what !== 'beat');
const published = (rig: LambdaRig) =>
  ends(rig).flatMap(({ what, body }) => (what === 'publish' ? [body as { detail: Record<string, unknown> }] : []));

test('the watcher completes the task of a run that succeeded, with what submit would answer, and beats until then', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 90_000 }) });
  t.like(await submit(rig, { taskToken: 'secret-1' }), { next: 'status' });
  t.deepEqual(rig.messenger.said, []);
  await watch(rig);
  t.like(ends(rig), [
    { what: 'succeed', token: 'secret-1', body: { v: 1, next: 'done', outcome: { kind: 'succeeded' } } },
  ]);
  t.is(ends(rig).length, 1);
  t.true(rig.messenger.said.some(({ what }) => what === 'beat'));
  await watch(rig);
  t.is(ends(rig).length, 1);
});

test('a token stands in no log, and no longer than it is needed in the ledger', async (t) => {
  const rig = lambdaRig({ env: { POWERTOOLS_LOG_LEVEL: 'DEBUG' } });
  await submit(rig, { taskToken: 'secret-1' });
  t.is((await listenersOf(rig))[0]?.token, 'secret-1');
  rig.messenger.faults.push(new Error('no'), new Error('no'));
  await watch(rig);
  await watch(rig);
  t.like(await listenersOf(rig), [{ kind: 'task', told: 'succeeded' }]);
  t.false(JSON.stringify(await rig.ledger.get('k')).includes('secret-1'));
  t.false(JSON.stringify(rig.lines).includes('secret-1'));
});

test('what a program lists has no token in it', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: MINUTE }) });
  await submit(rig, { taskToken: 'secret-1' });
  const { runs } = await rig.open({} as Parameters<typeof rig.open>[0]);
  for await (const record of runs.list()) {
    t.is(record.attempts[0]?.listeners?.[0]?.kind, 'task');
    t.false(JSON.stringify(record).includes('secret-1'));
  }
});

test("a failed run fails the task under its diagnosis' code, with the words of submit", async (t) => {
  const lines = ['Traceback (most recent call last):', '  File "etl.py", line 3, in <module>', 'ValueError: no rows'];
  const rig = lambdaRig({ script: () => ({ outcome: 'failed', lines }) });
  await submit(rig, { taskToken: 'a' });
  await watch(rig);
  const [{ what, body } = { what: 'none', body: {} }] = ends(rig);
  const { error, cause } = body as { error: string; cause: string };
  t.deepEqual([what, error], ['fail', 'PYTHON_EXCEPTION']);
  t.regex(cause, /ValueError: no rows/);
  const thrown = await t.throwsAsync(submit(rig, {}));
  t.is(thrown?.message, cause);
});

test('a watcher that dies between the end and the word leaves it to the next one', async (t) => {
  const rig = lambdaRig({ env: BUS });
  await submit(rig, { taskToken: 'a' });
  rig.messenger.faults.push(new Error('killed'), new Error('killed'), new Error('killed'), new Error('killed'));
  await rig.clock.sleep(MINUTE);
  await watch(rig, 10);
  t.is((await rig.ledger.get('k'))?.record.attempts[0]?.outcome?.kind, 'succeeded');
  while (rig.messenger.faults.length > 0) await watch(rig, 10);
  await watch(rig);
  t.deepEqual(
    ends(rig)
      .map(({ what }) => what)
      .sort(),
    ['publish', 'succeed'],
  );
});

test('an end that somebody else has seen is told by the watcher all the same', async (t) => {
  const rig = lambdaRig({ env: BUS });
  await submit(rig, { taskToken: 'a' });
  const { runs } = await rig.open({} as Parameters<typeof rig.open>[0]);
  await (await runs.find('k')).wait();
  t.deepEqual(ends(rig), []);
  t.like(await watch(rig), { followed: 0 });
  t.is(ends(rig).length, 2);
});

test('two executions that found the same run are both told', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: MINUTE }) });
  await submit(rig, { taskToken: 'a' });
  await submit(rig, { taskToken: 'b' });
  await submit(rig, { taskToken: 'b' });
  await watch(rig);
  t.deepEqual(
    ends(rig).map(({ token }) => token),
    ['a', 'b'],
  );
  t.is(rig.posts(), 1);
});

test('a task that waits no more is forgotten at its next beat, and is in nobody else’s way', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 200_000 }) });
  await submit(rig, { taskToken: 'stopped' });
  await submit(rig, { taskToken: 'b' });
  rig.messenger.gone.add('stopped');
  await watch(rig, 400);
  t.is(rig.messenger.said.filter(({ token }) => token === 'stopped').length, 1);
  t.like(await listenersOf(rig), [{ told: 'gone' }, { told: 'succeeded' }]);
});

test('of a run that has ended already the task is completed at once, and failed by the call itself', async (t) => {
  const rig = lambdaRig();
  await submit(rig, {});
  await watch(rig);
  await submit(rig, { taskToken: 'a' });
  t.like(ends(rig), [{ what: 'succeed', token: 'a', body: { next: 'done' } }]);
  const bad = lambdaRig({ script: () => ({ outcome: 'failed' }) });
  await submit(bad, {});
  await watch(bad);
  await t.throwsAsync(submit(bad, { taskToken: 'a' }), { name: 'UNKNOWN' });
  t.deepEqual(ends(bad), []);
});

test('a redrive has a token for an attempt of its own', async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed' }) });
  const execution = { arn: 'arn:aws:states:eu-west-1:1:execution:m:x', state: 'Submit' };
  await submit(rig, { execution, taskToken: 'a' });
  await watch(rig);
  t.like(await submit(rig, { execution: { ...execution, redriveCount: 1 }, taskToken: 'b' }), { ref: { attempt: 2 } });
  await watch(rig);
  t.deepEqual(
    ends(rig).map(({ what, token }) => `${what} ${token}`),
    ['fail a', 'fail b'],
  );
});

test('what is pending is answered to the task, which comes again', async (t) => {
  const rig = lambdaRig();
  rig.backend.failNext(...Array.from({ length: 40 }, () => 'busy' as const));
  t.like(await submit(rig, { taskToken: 'a' }), { next: 'submit' });
  t.like(ends(rig), [{ what: 'succeed', token: 'a', body: { next: 'submit' } }]);
});

test('of a run that the watcher cannot see it says nothing to the task, which would wait for ever', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 86_400_000 }) });
  await submit(rig, { taskToken: 'a' });
  const refused = new AuthError(401, 'the password is wrong');
  const open: OpenServices = async (wishes) => {
    const services = await rig.open(wishes);
    return { ...services, runs: { ...services.runs, find: async () => Promise.reject(refused) } };
  };
  t.like(await createWatchHandler({ ...rig.options, open })({}, rig.context(300)), { open: 1, troubled: 1 });
  t.deepEqual(rig.messenger.said, []);
  await watch(rig);
  t.true(rig.messenger.said.some(({ what }) => what === 'beat'));
});

test('somebody who cannot be told keeps no run from being followed, and nobody from hearing that it is', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 30_000 }) });
  const ended = async (key: string) => {
    await submit(rig, { key, taskToken: key });
    const { runs } = await rig.open({} as Parameters<typeof rig.open>[0]);
    await (await runs.find(key)).wait();
  };
  await ended('before');
  await submit(rig, { key: 'between' });
  const hung = async (_token: string, _output: unknown, { signal }: CallOptions = {}) =>
    new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('no answer'))));
  const beats: number[] = [];
  Object.assign(rig.messenger, { succeed: hung });
  rig.ledger.beat = async ({ open }) => void beats.push(open);
  t.like(await watch(rig), { followed: 1, ended: { succeeded: 1 } });
  t.deepEqual(beats[0], 1);
});

test('a run that takes too long is told to the machine, which cancels it and calls it that', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 86_400_000 }) });
  const payload = { timeoutSeconds: 300, taskToken: 'a' };
  await submit(rig, payload);
  await watch(rig, 600);
  const [late] = ends(rig);
  t.like(late, { what: 'succeed', token: 'a', body: { next: 'cancel', timedOut: true } });
  const stopped = await createCancelHandler(rig.options)({ key: 'k', run: late?.body }, rig.context());
  t.like(stopped, { next: 'submit', timedOut: true, outcome: { kind: 'cancelled' } });
  await t.throwsAsync(submit(rig, { ...payload, taskToken: 'b', run: stopped }), { name: 'RunTimedOut' });
});

test('a function that cannot write down the token says so, and the task calls again', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: MINUTE }) });
  await submit(rig, {});
  const update = rig.ledger.update.bind(rig.ledger);
  rig.ledger.update = async () => Promise.reject(new LedgerError('full'));
  await t.throwsAsync(submit(rig, { taskToken: 'a' }), { name: 'LedgerError' });
  rig.ledger.update = update;
  await submit(rig, { taskToken: 'b' });
  await watch(rig);
  t.deepEqual(
    ends(rig).map(({ token }) => token),
    ['b'],
  );
});

test('a bus is told of every end once, small, with an id that shows a second time', async (t) => {
  const rig = lambdaRig({ env: BUS, script: () => ({ outcome: 'failed' }) });
  await submit(rig, {});
  await watch(rig);
  await watch(rig);
  const [event, ...more] = published(rig);
  t.deepEqual(more, []);
  const { ref } = (await rig.ledger.get('k'))?.record.attempts[0]?.outcome ?? {};
  t.like(event, {
    bus: 'runs',
    source: 'livywire',
    type: 'Livywire Run State Change',
    detail: { id: `${ref?.name}/failed`, state: 'failed', key: 'k', attempt: 1, code: 'UNKNOWN' },
  });
  t.true(JSON.stringify(event).length < 8_000);
});

test('where the bus took it and that could not be written down, it comes again under the same id', async (t) => {
  const rig = lambdaRig({ env: BUS });
  await submit(rig, {});
  const update = rig.ledger.update.bind(rig.ledger);
  rig.ledger.update = async (record, version) => {
    if (JSON.stringify(record).includes('"told"')) throw new Error('killed');
    return update(record, version);
  };
  await watch(rig);
  rig.ledger.update = update;
  await watch(rig);
  const ids = published(rig).map(({ detail }) => detail.id);
  t.true(ids.length >= 2);
  t.deepEqual([...new Set(ids)].length, 1);
});

test('a run that the command line started is announced too, once a watcher follows it', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: MINUTE }) });
  await submit(rig, {});
  const options = { ...rig.options, env: BUS };
  await createWatchHandler(options)({}, rig.context(120));
  t.is(published(rig).length, 1);
});

test('a bus that takes nothing for two weeks, and a task that nobody can tell of for a year, are given up, and the run is not open any more', async (t) => {
  const rig = lambdaRig({ env: BUS });
  await submit(rig, { taskToken: 'secret-1' });
  const refuse = () => rig.messenger.faults.push(...Array.from({ length: 50 }, () => new Error('no such bus')));
  const open = async () => (await watch(rig), (await listenersOf(rig)).filter(({ told }) => told === undefined));
  refuse();
  t.is((await open()).length, 2);
  await rig.clock.sleep(13 * 24 * 60 * MINUTE);
  t.is((await open()).length, 2);
  await rig.clock.sleep(2 * 24 * 60 * MINUTE);
  t.like(await open(), [{ kind: 'task' }]);
  t.like(await listenersOf(rig), [{ told: 'untold' }, { kind: 'task' }]);
  await rig.clock.sleep(352 * 24 * 60 * MINUTE);
  t.deepEqual(await open(), []);
  t.false(JSON.stringify(await rig.ledger.get('k')).includes('secret-1'));
  t.true(rig.lines.some(({ message }) => /not tried any more/.test(String(message))));
});

test('without a bus nothing is published, and what one was promised is forgotten', async (t) => {
  const rig = lambdaRig({ env: BUS });
  await submit(rig, {});
  await createWatchHandler({ ...rig.options, env: {} })({}, rig.context());
  t.deepEqual(published(rig), []);
  t.like(await listenersOf(rig), [{ kind: 'event-bus', told: 'gone' }]);
});

test('a machine that polls, without a watcher, publishes when submit concludes', async (t) => {
  const rig = lambdaRig({ env: BUS });
  const first = await submit(rig, {});
  await rig.clock.sleep(MINUTE);
  const run = await createStatusHandler(rig.options)({ run: first }, rig.context());
  t.is(published(rig).length, 0);
  t.like(await submit(rig, { run }), { next: 'done' });
  t.is(published(rig).length, 1);
});

test("our own event starts another run, once, and its fields are the job's", async (t) => {
  const rig = lambdaRig({ env: BUS, script: () => ({ outcome: 'failed' }) });
  await submit(rig, { key: 'upstream' });
  await watch(rig);
  const [told] = published(rig);
  const event = {
    id: 'e-1',
    time: '2026-11-23T10:00:00Z',
    source: 'livywire',
    'detail-type': 'Livywire Run State Change',
  };
  const next = createSubmitHandler({
    ...rig.options,
    job: { file: 's3://jobs/next.py', args: ['{key}', '{state}', '{code}'] },
  });
  const delivered = { ...event, detail: told?.detail };
  t.like(await next(delivered, rig.context()), { started: 1 });
  t.like(await next({ ...delivered, id: 'e-2' }, rig.context()), { started: 0, adopted: 1 });
  const name = String(told?.detail.name);
  t.deepEqual((await rig.ledger.get(`livywire/${name}/failed`))?.record.spec.args, ['upstream', 'failed', 'UNKNOWN']);
});
