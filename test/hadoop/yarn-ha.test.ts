import test from 'ava';
import { UnreachableError } from '../../src/core/index.js';
import { YarnHa } from '../../src/hadoop/index.js';
import { type Reply, resourceManager } from './recorded.js';

// Of several ResourceManagers one is active.
const ID = 'application_1795397285523_0006';
const down: Reply = { status: 503, headers: {}, body: 'no healthy upstream' };
const paths = (asked: readonly string[]) => asked.map((line) => line.replace('/ws/v1/cluster', '').split('?')[0]);

test('the active one is found, asked, and remembered', async (t) => {
  const standby = await resourceManager(t, { info: 'standby-info' });
  const active = await resourceManager(t, { info: 'info', app: 'restarted-app' });
  const yarn = new YarnHa({ https: [standby.http, active.http] });
  t.is((await yarn.byId(ID))?.state, 'succeeded');
  t.is((await yarn.byId(ID))?.state, 'succeeded');
  t.deepEqual(paths(standby.asked), ['GET /info']);
  t.deepEqual(paths(active.asked), ['GET /info', `GET /apps/${ID}`, `GET /apps/${ID}`]);
});

test('after a failover the next question goes to the other one, and so do those that follow', async (t) => {
  const first = await resourceManager(t, { info: ['info', 'standby-info'], app: ['restarted-app', down] });
  const second = await resourceManager(t, { info: ['standby-info', 'info'], app: 'restarted-app' });
  const yarn = new YarnHa({ https: [first.http, second.http] });
  t.is((await yarn.byId(ID))?.state, 'succeeded');
  t.is((await yarn.byId(ID))?.state, 'succeeded', 'the first was down, the second took over');
  const before = first.asked.length;
  t.is((await yarn.byId(ID))?.state, 'succeeded');
  t.is(first.asked.length, before);
});

test('one that has become a standby and knows of no active one is left for the one that is', async (t) => {
  const first = await resourceManager(t, { info: ['info', 'standby-info'], tag: 'standby-alone-tag' });
  const second = await resourceManager(t, { info: ['standby-info', 'info'], tag: 'active-tag' });
  const yarn = new YarnHa({ https: [first.http, second.http] });
  t.is((await yarn.byTag('spark-succeeds')).kind, 'found');
});

test('where none is active that is said of each, and no answer is made up', async (t) => {
  const first = await resourceManager(t, { info: 'standby-info' });
  const second = await resourceManager(t, { info: down });
  const yarn = new YarnHa({ https: [first.http, second.http] });
  const error = await t.throwsAsync(yarn.byTag('spark-succeeds'), { instanceOf: UnreachableError });
  t.regex(error.message, /None of YARN's ResourceManagers is active/);
  t.true(error.message.includes(first.http.baseUrl) && error.message.includes(second.http.baseUrl));
});

test('a wait that is aborted ends with its reason', async (t) => {
  const { http } = await resourceManager(t, {});
  const why = new Error('enough');
  await t.throwsAsync(new YarnHa({ https: [http, http] }).serverTime({ signal: AbortSignal.abort(why) }), { is: why });
});
