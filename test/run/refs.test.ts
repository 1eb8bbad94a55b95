import test from 'ava';
import { ConfigError, RunNotFoundError, type RunRef } from '../../src/core/index.js';
import { memoryLedger, testLivywire } from '../../src/testing/index.js';
import { refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { testClock } from '../../src/testing/index.js';
import { StubBackend } from '../helpers/stub-backend.js';

const spec = { file: 's3://b/j.py' };

test('a ref survives JSON and finds the run from elsewhere', async (t) => {
  const lw = testLivywire({ script: () => ({ outcome: 'failed' }) });
  const run = await lw.submit(spec, { key: 'k' });
  const ref = JSON.parse(JSON.stringify(run.ref)) as RunRef;
  t.deepEqual(ref, run.ref);
  const later = lw.attach(ref);
  t.is(later.how, 'attached');
  t.is((await later.wait()).kind, 'failed');
});

test('attach sends nothing', (t) => {
  const lw = testLivywire();
  lw.attach(refFor(lw.clock));
  t.deepEqual(lw.backend.requests, []);
});

const wrong: readonly (readonly [string, unknown])[] = [
  ['v', 2],
  ['key', 7],
  ['backend', 'mesos'],
  ['backend', undefined],
  ['endpoint', undefined],
  ['name', null],
  ['attempt', '1'],
  ['attempt', -1],
  ['attempt', 1.5],
  ['createdAt', 'yesterday'],
  ['id', 7],
  ['appId', {}],
];
for (const [field, value] of wrong) {
  test(`a ref whose ${field} is ${JSON.stringify(value)} is a ConfigError that names the field`, (t) => {
    const lw = testLivywire();
    const ref = { ...refFor(lw.clock), [field]: value } as RunRef;
    const error = t.throws(() => lw.attach(ref), { instanceOf: ConfigError });
    t.is(error.field, `ref.${field}`);
  });
}

for (const value of [null, undefined, 'application_1_1', 7, []]) {
  test(`a ref that is ${JSON.stringify(value)} is a ConfigError`, (t) => {
    t.throws(() => testLivywire().attach(value as unknown as RunRef), { instanceOf: ConfigError });
  });
}

test('a run is found by its key, its name, its batch id and its application id', async (t) => {
  const lw = testLivywire();
  const run = await lw.submit(spec, { key: 'k' });
  for (const asked of ['k', run.ref.name, 'livy:0']) t.deepEqual((await lw.find(asked)).ref, run.ref, asked);
});

test('an application that livywire never started is found through YARN', async (t) => {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  registry.set('application_1_1', { raw: 'FINISHED', finalStatus: 'SUCCEEDED' });
  const { engine } = rig({ backend: new StubBackend(), registry, clock });
  const run = await engine.find('application_1_1');
  t.is(run.ref.attempt, 0);
  t.is(run.ref.name, '', 'the name of a Spark application is nobody’s batch name');
  t.is((await run.wait()).kind, 'succeeded');
});

for (const asked of ['nothing', 'livy:7', 'application_1_1', `livywire-${'0a'.repeat(16)}-a1`]) {
  test(`${asked} that nobody knows is a RunNotFoundError`, async (t) => {
    await t.throwsAsync(testLivywire().find(asked), { instanceOf: RunNotFoundError });
  });
}

test('the key of a retried run leads to its newest attempt, an older name to the older one', async (t) => {
  const lw = testLivywire({ script: () => ({ outcome: 'failed' }) });
  const one = await lw.submit(spec, { key: 'k' });
  await one.wait();
  const two = await lw.submit(spec, { key: 'k', retryOf: 'failed' });
  t.is((await lw.find('k')).ref.name, two.ref.name);
  t.is((await lw.find(one.ref.name)).ref.attempt, 1);
  t.is((await (await lw.find(one.ref.name)).wait()).kind, 'failed');
});

test('a plan is the request that submit would send, and sends nothing', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  const plan = await lw.plan(spec, { key: 'k' });
  t.deepEqual(lw.backend.requests, []);
  t.is(await ledger.get('k'), undefined);
  t.is(plan.name, (await lw.submit(spec, { key: 'k' })).ref.name);
});

test('the list is what the ledger holds', async (t) => {
  const lw = testLivywire();
  await lw.submit(spec, { key: 'a' });
  await lw.clock.sleep(1_000);
  await lw.submit(spec, { key: 'b' });
  const keys: string[] = [];
  for await (const { key } of lw.list({ limit: 5 })) keys.push(key);
  t.deepEqual(keys, ['b', 'a']);
});
