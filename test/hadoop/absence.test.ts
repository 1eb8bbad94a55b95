import test, { type ExecutionContext } from 'ava';
import { type AppSearch, UnreachableError } from '../../src/core/index.js';
import { YarnRegistry } from '../../src/hadoop/index.js';
import { bodyOf, recorded, type Reply, resourceManager, startedOn, type YarnAnswers } from './recorded.js';

const FILTER = 'yarn.webapp.filter-entity-list-by-user';
const OLD_FILTER = 'yarn.resourcemanager.display.per-user-apps';
const KEPT = 'yarn.resourcemanager.max-completed-applications';
const STORED = 'yarn.resourcemanager.state-store.max-completed-applications';
const openConf = {
  [FILTER]: 'conf-filter',
  [OLD_FILTER]: 'conf-filter-old-name',
  [KEPT]: 'conf-max-completed',
  [STORED]: 'conf-stored',
};

const TAG = 'livywire-0f1e-a1';
const MINUTE = 60_000;
/** A ResourceManager that has been up for a minute when the job is sent, with a few applications that ended later. */
const young: YarnAnswers = { info: 'info', tag: 'apps-none', old: 'apps-none', ended: 'apps-many', conf: openConf };
const sent = startedOn('info') + MINUTE;

const ends = (name: string): number[] =>
  bodyOf<{ apps: { app: { finishedTime: number }[] } }>(name)
    .apps.app.map(({ finishedTime }) => finishedTime)
    .sort((a, b) => a - b);

async function search(t: ExecutionContext, answers: YarnAnswers, sinceMs?: number): Promise<AppSearch> {
  const { http } = await resourceManager(t, answers);
  return new YarnRegistry({ http }).byTag(TAG, sinceMs === undefined ? {} : { sinceMs });
}

/** Whose lists are empty because it is starting has not answered: a `dead` of Livy's is not to be believed on its word. */
async function isSilence(t: ExecutionContext, answers: YarnAnswers, sinceMs: number | undefined, message: RegExp) {
  for (const since of [sinceMs, undefined])
    await t.throwsAsync(search(t, answers, since), { instanceOf: UnreachableError, message });
}

async function isUnknown(t: ExecutionContext, answers: YarnAnswers, sinceMs: number | undefined, why: RegExp) {
  const found = await search(t, answers, sinceMs);
  t.is(found.kind, 'unknown');
  t.regex(found.kind === 'unknown' ? found.reason : '', why);
}

test('an empty list is proof where the memory has never been full', async (t) => {
  t.deepEqual(await search(t, young, sent), { kind: 'absent' });
});

test('an empty list is proof where an application that ended before the job was sent is still remembered', async (t) => {
  const last = ends('apps-many').at(-1) ?? 0;
  // Nobody asks how many are kept: YARN drops in the order of the ends.
  const answers = { ...young, old: 'apps-many', ended: [] };
  t.deepEqual(await search(t, answers, last + MINUTE), { kind: 'absent' });
});

test('an old application proves nothing by its start: one that ended later may outlive ours', async (t) => {
  const [first = 0] = ends('memory-apps');
  const started = bodyOf<{ apps: { app: { startedTime: number }[] } }>('memory-apps').apps.app.map(
    (a) => a.startedTime,
  );
  const sinceMs = first + 5_000; // as if a server had ignored the range that it was asked for
  t.true(Math.min(...started) < sinceMs - 5_000);
  const conf = { ...openConf, [KEPT]: 'memory-conf', [STORED]: 'memory-conf-stored' };
  const answers = { info: 'memory-info', tag: 'memory-tag', old: 'memory-apps', ended: 'memory-apps', conf };
  await isUnknown(t, answers, sinceMs, /remembers 2 ended applications.*may have dropped ours/);
});

test('YARN did drop applications: a full memory, all of it younger than the job, proves nothing', async (t) => {
  // Recorded with a memory of two: four were submitted, two are left, and the first one's tag finds nothing.
  const sinceMs = startedOn('memory-info') + 6_000;
  t.true((ends('memory-apps')[0] ?? 0) > sinceMs);
  const conf = { ...openConf, [KEPT]: 'memory-conf', [STORED]: 'memory-conf-stored' };
  const answers = { info: 'memory-info', tag: 'memory-tag', old: 'apps-none', ended: 'memory-apps', conf };
  await isUnknown(t, answers, sinceMs, /may have dropped ours/);
});

test('the smaller memory counts: the one of the state store is what a second ResourceManager starts with', async (t) => {
  const conf = { ...openConf, [STORED]: json({ property: { key: STORED, value: '3' } }) };
  await isUnknown(t, { ...young, conf }, sent, /remembers 3 ended applications/);
});

test('Hadoop 3.2 may drop a younger one first, so that only a much older one is proof there', async (t) => {
  const info = recorded('info');
  const at32 = {
    ...info,
    body: info.body.replace('"resourceManagerVersion":"3.3.4"', '"resourceManagerVersion":"3.2.1-amzn-3"'),
  };
  const last = ends('apps-many').at(-1) ?? 0;
  const full = { ...openConf, [KEPT]: json({ property: { key: KEPT, value: '4' } }) };
  const answers = { ...young, info: at32, old: 'apps-many', conf: full };
  await isUnknown(t, answers, last + MINUTE, /may have dropped ours/);
  t.deepEqual(await search(t, answers, last + 2 * 60 * MINUTE), { kind: 'absent' });
});

test('without the server time of the request nothing is proof', async (t) => {
  await isUnknown(t, { tag: 'apps-none', info: 'info' }, undefined, /not known by YARN's clock/);
});

test('a ResourceManager that was restarted after the request proves nothing', async (t) => {
  const answers = { ...young, info: 'forgot-info', tag: 'forgot-tag' };
  await isUnknown(t, answers, startedOn('forgot-info') - MINUTE, /was started at .* not well before the job was sent/);
  await isUnknown(t, answers, startedOn('forgot-info') + 4_999, /not well before/);
  t.like(await search(t, answers, startedOn('forgot-info')), { mayHaveForgotten: true });
  t.is((await search(t, answers, startedOn('forgot-info') + 5_001)).kind, 'absent');
});

test('where server time is not known, the clock of the asker tells with an hour to spare whether it may have forgotten', async (t) => {
  const { http } = await resourceManager(t, young);
  const yarn = new YarnRegistry({ http });
  const upMs = (await yarn.serverTime()) - startedOn('info');
  const mayHaveForgotten = async (sentAgoMs?: number) => {
    const found = await yarn.byTag(TAG, sentAgoMs === undefined ? {} : { sentAgoMs });
    t.like(found, { kind: 'unknown', reason: "when the job was sent is not known by YARN's clock" });
    return found.kind === 'unknown' && found.mayHaveForgotten;
  };
  t.is(await mayHaveForgotten(upMs - 60 * MINUTE - 1), undefined);
  t.is(await mayHaveForgotten(upMs - 60 * MINUTE), true);
  t.is(await mayHaveForgotten(), true);
});

test('a ResourceManager that is still reading its state store has not answered', async (t) => {
  // Recorded: an empty list, a second before the application was there again.
  t.is(bodyOf<{ apps: { app?: unknown[] } }>('restarting-tag').apps.app, undefined);
  t.is(bodyOf<{ apps: { app?: unknown[] } }>('restarted-tag').apps.app?.length, 1);
  const answers = { info: 'restarting-info', tag: 'restarting-tag' };
  await isSilence(t, answers, startedOn('restarting-info') + MINUTE, /not ready yet \(INITIALIZING\)/);
});

test('a ResourceManager that was ready only after it gave its list is asked for it again', async (t) => {
  const answers = { info: 'restarted-info', tag: ['restarting-tag', 'restarted-tag'] };
  const { http } = await resourceManager(t, answers);
  const yarn = new YarnRegistry({ http });
  t.is((await yarn.byTag('spark-succeeds', { sinceMs: startedOn('restarted-info') - MINUTE })).kind, 'found');
});

test('a standby ResourceManager has not answered', async (t) => {
  const answers = { info: 'standby-info', tag: 'active-tag' };
  await isSilence(t, answers, startedOn('standby-info') + MINUTE, /standby one; give the address of the active one/);
});

test('where YARN lists to each user only what they may view, an empty list proves nothing', async (t) => {
  // Recorded: the application is there, and its owner finds it.
  const owner = await resourceManager(t, { tag: 'filtered-tag-as-owner' });
  t.is((await new YarnRegistry({ http: owner.http }).byTag('secret')).kind, 'found');
  const answers = { info: 'filtered-info', tag: 'filtered-tag-as-other', conf: { [FILTER]: 'filtered-conf' } };
  await isUnknown(t, answers, startedOn('filtered-info') + MINUTE, /only the applications that this user may view/);
});

test('who may see everything can say so', async (t) => {
  const { http } = await resourceManager(t, {
    ...young,
    conf: { [KEPT]: 'conf-max-completed', [STORED]: 'conf-stored' },
  });
  t.is((await new YarnRegistry({ http, seesAllApps: true }).byTag(TAG, { sinceMs: sent })).kind, 'absent');
});

test('the older name of the filter counts as well', async (t) => {
  const conf = {
    ...openConf,
    [FILTER]: 'conf-unknown-name',
    [OLD_FILTER]: json({ property: { key: OLD_FILTER, value: 'true' } }),
  };
  await isUnknown(t, { ...young, conf }, sent, /display\.per-user-apps/);
});

test('a ResourceManager that knows no such filter has none', async (t) => {
  const conf = { ...openConf, [FILTER]: 'conf-unknown-name', [OLD_FILTER]: 'conf-unknown-name' };
  t.is((await search(t, { ...young, conf }, sent)).kind, 'absent');
});

test('Hadoop 2.8 answers every question for a setting with all of them', async (t) => {
  const all = json({
    properties: [
      { key: KEPT, value: '1000', isFinal: false },
      { key: 'a.b', value: null },
    ],
  });
  const conf = { [FILTER]: all, [OLD_FILTER]: all, [KEPT]: all, [STORED]: all };
  t.is((await search(t, { ...young, conf }, sent)).kind, 'absent');
});

for (const [what, reply] of [
  ['a 404 of a proxy', { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>Not here</html>' }],
  ['a refusal', { status: 403, headers: {}, body: 'Unauthorized' }],
  ['a login page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' }],
  ['something else', { status: 200, headers: {}, body: '{"ok":true}' }],
] as const) {
  test(`${what} in place of the settings leaves it open what we may see`, async (t) => {
    const conf = { [FILTER]: reply, [OLD_FILTER]: reply, [KEPT]: reply, [STORED]: reply };
    await isUnknown(t, { ...young, conf }, sent, /\/conf cannot be read/);
  });
}

test('settings are asked for once, however often absence is', async (t) => {
  const { http, asked } = await resourceManager(t, young);
  const yarn = new YarnRegistry({ http });
  for (let i = 0; i < 3; i++) await yarn.byTag(TAG, { sinceMs: sent });
  t.is(asked.filter((line) => line.includes('/conf')).length, 4);
  t.is(asked.filter((line) => line.includes('/cluster/info')).length, 3);
});

test('settings are asked for again after a restart', async (t) => {
  const later = { ...young, info: ['info', 'forgot-info'] };
  const { http, asked } = await resourceManager(t, later);
  const yarn = new YarnRegistry({ http });
  await yarn.byTag(TAG, { sinceMs: sent });
  await yarn.byTag(TAG, { sinceMs: startedOn('forgot-info') + MINUTE });
  t.is(asked.filter((line) => line.includes(FILTER)).length, 2);
});

function json(body: unknown): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
