import test from 'ava';
import { BadAnswerError } from '../../src/core/index.js';
import { YarnRegistry } from '../../src/hadoop/index.js';
import { bodyOf, recorded, type Reply, resourceManager } from './recorded.js';

const ID = 'application_1795397285523_0006';
const json = (body: unknown): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
interface Wire {
  readonly app: Readonly<Record<string, number | string>>;
}

test('a report carries what YARN said, in our words', async (t) => {
  const { http } = await resourceManager(t, { app: 'spark-fails-finished-failed' });
  const { app: said } = bodyOf<Wire>('spark-fails-finished-failed');
  t.regex(recorded('spark-fails-finished-failed').body, /"entry":\{[^}]*\},"entry":/); // keys are repeated
  const app = await new YarnRegistry({ http }).byId(ID);
  t.is(app?.appId, said.id as string);
  t.deepEqual(app?.tags, ['spark-fails']); // asked for as Spark-fails
  t.is(app?.diagnostics, 'User application exited with status 1');
  t.is(app?.user, 'root');
  t.is(app?.queue, 'default');
  t.is(app?.startedMs, said.startedTime as number);
  t.is(app?.finishedMs, said.finishedTime as number);
  t.is(app?.amContainerLogs, said.amContainerLogs as string);
  t.true(Number(said.launchTime) > Number(said.startedTime));
  t.deepEqual(app?.usage, {
    memoryMbSeconds: said.memorySeconds as number,
    vcoreSeconds: said.vcoreSeconds as number,
    queueMs: Number(said.launchTime) - Number(said.startedTime),
    runMs: Number(said.finishedTime) - Number(said.startedTime),
  });
});

test('a driver that YARN started twice is told apart from one that ran once', async (t) => {
  const { http } = await resourceManager(t, {
    app: ['spark-fails-finished-failed', 'app-crash-failed-failed', 'spark-succeeds-finished-succeeded'],
  });
  const yarn = new YarnRegistry({ http });
  t.is((await yarn.byId(ID))?.attempts, 2);
  t.is((await yarn.byId(ID))?.attempts, 2);
  t.is((await yarn.byId(ID))?.attempts, 1);
  t.is(bodyOf<{ appAttempts: { appAttempt: unknown[] } }>('attempts-crash').appAttempts.appAttempt.length, 2);
});

test('container ids with an epoch, as after a restart of the ResourceManager, tell the attempt too', async (t) => {
  const { app } = bodyOf<Wire>('app-killed');
  const amContainerLogs = 'http://n1:8042/node/containerlogs/container_e17_1410901177871_0001_03_000005/u';
  const { http } = await resourceManager(t, { app: json({ app: { ...app, amContainerLogs } }) });
  t.is((await new YarnRegistry({ http }).byId(ID))?.attempts, 3);
});

test('what has not happened yet is absent, not zero', async (t) => {
  const { http } = await resourceManager(t, { app: 'app-accepted-undefined' });
  const app = await new YarnRegistry({ http }).byId(ID);
  t.false('finishedMs' in (app ?? {}));
  t.false('runMs' in (app?.usage ?? {}));
  t.false('trackingUrl' in (app ?? {}));
});

test('an application that we may not view is reported with what is left of it', async (t) => {
  const { http } = await resourceManager(t, { tag: 'hidden-tag-as-other', info: 'info' });
  const found = await new YarnRegistry({ http }).byTag('secret');
  if (found.kind !== 'found') return t.fail(found.kind);
  t.is(found.apps[0]?.state, 'waiting');
  t.is(found.apps[0]?.startedMs, 0);
  t.deepEqual(found.apps[0]?.usage, {});
});

test('Hadoop 2.8 sends fewer fields, and numbers may be missing altogether', async (t) => {
  const app = { id: ID, state: 'FINISHED', finalStatus: 'SUCCEEDED', applicationType: 'SPARK', amContainerLogs: null };
  const { http } = await resourceManager(t, { app: json({ app }) });
  const report = await new YarnRegistry({ http }).byId(ID);
  t.is(report?.state, 'succeeded');
  t.deepEqual(report?.usage, {});
  t.deepEqual(report?.tags, []);
});

test('lists come in five shapes', async (t) => {
  const { app } = bodyOf<Wire>('spark-fails-finished-failed');
  const found = [{ apps: { app: [app] } }, { apps: { app } }];
  for (const body of found) {
    const { http } = await resourceManager(t, { tag: json(body), info: 'info' });
    const search = await new YarnRegistry({ http }).byTag('spark-fails');
    t.is(search.kind === 'found' ? search.apps.length : 0, 1);
  }
  for (const body of [{ apps: null }, { apps: {} }, { apps: '' }]) {
    const { http } = await resourceManager(t, { tag: json(body), info: 'info' });
    t.is((await new YarnRegistry({ http }).byTag('spark-fails')).kind, 'unknown');
  }
});

test('an answer that is neither an application nor a list is an error, not "none"', async (t) => {
  for (const body of [{}, [], 'ok', { apps: 7 }, { apps: { app: [{ name: 'no id' }] } }, { app: null }]) {
    const { http } = await resourceManager(t, { tag: json(body), app: json(body) });
    const yarn = new YarnRegistry({ http });
    await t.throwsAsync(yarn.byTag('x'), { instanceOf: BadAnswerError, message: /not a list of applications/ });
    await t.throwsAsync(yarn.byId(ID), { instanceOf: BadAnswerError, message: /not an application/ });
  }
});

test('credentials in diagnostics are masked', async (t) => {
  const { app } = bodyOf<Wire>('app-killed');
  const diagnostics = 'failed: --conf spark.hadoop.fs.s3a.secret.key=wJalrXUtnFEMI';
  const { http } = await resourceManager(t, { app: json({ app: { ...app, diagnostics } }) });
  const report = await new YarnRegistry({ http }).byId(ID);
  t.false(report?.diagnostics.includes('wJalrXUtnFEMI'));
});
