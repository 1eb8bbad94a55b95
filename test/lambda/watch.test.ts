import test from 'ava';
import { createSubmitHandler, createWatchHandler } from '../../src/lambda/index.js';
import { job, lambdaRig, type LambdaRig } from './rig.js';

const submitAll = (rig: LambdaRig, ...keys: readonly string[]) =>
  Promise.all(keys.map((key) => createSubmitHandler(rig.options)({ job, key }, rig.context())));

const endOf = async (rig: LambdaRig, key: string) => (await rig.ledger.get(key))?.record.attempts.at(-1)?.outcome?.kind;

test('a watcher writes down how every run ends that is in flight, with few reads, and says that it is there', async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed', afterMs: 90_000 }) });
  const keys = Array.from({ length: 40 }, (_, i) => `run ${i}`);
  await submitAll(rig, ...keys);
  rig.backend.requests.length = 0;
  const answer = await createWatchHandler(rig.options)({}, rig.context(300));
  t.like(answer, { followed: 40, ended: { failed: 40 }, open: 0, troubled: 0 });
  t.deepEqual([...new Set(await Promise.all(keys.map((key) => endOf(rig, key))))], ['failed']);
  const reads = rig.backend.requests.filter((request) => !request.endsWith('/log'));
  t.true(reads.length < 120, `${reads.length} reads for 40 runs`);
  const beat = await rig.ledger.lastBeat?.();
  t.is(beat?.by, 'arn:aws:lambda:eu-west-1:123456789012:function:submit');
});

test('a watcher stops in time, and the next one goes on', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 400_000 }) });
  await submitAll(rig, 'long');
  const watch = createWatchHandler(rig.options);
  const before = rig.clock.now();
  t.like(await watch({}, rig.context(300)), { followed: 1, open: 1, ended: { succeeded: 0 } });
  t.true(rig.clock.now() - before <= 300_000);
  t.like(await watch({}, rig.context(300)), { followed: 1, open: 0, ended: { succeeded: 1 } });
});

test('a run that begins while it watches is followed, too', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 100_000 }) });
  await submitAll(rig, 'first');
  const watching = createWatchHandler(rig.options)({}, rig.context(300));
  await rig.clock.sleep(20_000);
  await submitAll(rig, 'second');
  t.like(await watching, { followed: 2, ended: { succeeded: 2 } });
});

test('with nothing in flight it ends at once, and keeps nobody waiting', async (t) => {
  const rig = lambdaRig();
  const before = rig.clock.now();
  t.like(await createWatchHandler(rig.options)({}, rig.context(300)), { followed: 0, open: 0 });
  t.is(rig.clock.now(), before);
});

test('a server that is out of reach leaves runs open, and is no failure of the watcher', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 60_000 }) });
  await submitAll(rig, 'k');
  rig.backend.down();
  t.like(await createWatchHandler(rig.options)({}, rig.context(120)), { followed: 1, open: 1 });
  rig.backend.up();
  t.like(await createWatchHandler(rig.options)({}, rig.context(120)), { open: 0, ended: { succeeded: 1 } });
});

test('an event of EMR wakes it', async (t) => {
  const rig = lambdaRig();
  await submitAll(rig, 'k');
  await rig.clock.sleep(60_000);
  const event = {
    id: 'e',
    source: 'aws.emr',
    'detail-type': 'EMR Cluster State Change',
    detail: { clusterId: 'j-1', state: 'TERMINATED' },
  };
  const before = rig.clock.now();
  t.like(await createWatchHandler(rig.options)(event, rig.context(120)), { ended: { succeeded: 1 } });
  t.true(rig.clock.now() - before < 5_000);
  t.true(rig.lines.some(({ message }) => message === 'woken'));
});

test('the numbers of a watcher are there for alarms', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 30_000 }) });
  await submitAll(rig, 'k');
  await rig.clock.sleep(10_000);
  rig.lines.length = 0;
  await createWatchHandler(rig.options)({}, rig.context(120));
  t.like(
    rig.lines.find((line) => 'OpenRuns' in line),
    { OpenRuns: 1, OldestRun: 10_000 },
  );
});
