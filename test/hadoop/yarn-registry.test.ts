import test from 'ava';
import { AuthError, ConfigError, HttpStatusError, UnreachableError } from '../../src/core/index.js';
import { YarnRegistry } from '../../src/hadoop/index.js';
import { recorded, type Reply, resourceManager } from './recorded.js';

const ID = 'application_1795397285523_0006';
const proxy404: Reply = {
  status: 404,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>404 Not Found</title></head><body>nginx</body></html>',
};

test('an id that an active ResourceManager does not know has no record', async (t) => {
  const { http, asked } = await resourceManager(t, { app: 'app-not-found', info: 'info' });
  t.is(await new YarnRegistry({ http }).byId(ID), undefined);
  t.deepEqual(
    asked.map((line) => line.split('?')[0]),
    [`GET /ws/v1/cluster/apps/${ID}`, 'GET /ws/v1/cluster/info', `GET /ws/v1/cluster/apps/${ID}`],
  );
});

test('the 404 of a ResourceManager that is still recovering is not "no record"', async (t) => {
  // Recorded: 404 of an application that it knew again a second later.
  t.is(recorded('restarting-app').status, 404);
  t.is(recorded('restarted-app').status, 200);
  const { http } = await resourceManager(t, { app: 'restarting-app', info: 'restarting-info' });
  await t.throwsAsync(new YarnRegistry({ http }).byId(ID), { instanceOf: UnreachableError, message: /INITIALIZING/ });
});

test('an application that comes back between two questions is found', async (t) => {
  const { http } = await resourceManager(t, { app: ['restarting-app', 'restarted-app'], info: 'restarted-info' });
  t.is((await new YarnRegistry({ http }).byId(ID))?.state, 'succeeded');
});

test("a 404 that is not YARN's own is an error", async (t) => {
  const { http } = await resourceManager(t, { app: proxy404, kill: proxy404 });
  const yarn = new YarnRegistry({ http });
  await t.throwsAsync(yarn.byId(ID), { instanceOf: HttpStatusError, message: /404/ });
  await t.throwsAsync(yarn.kill(ID), { instanceOf: HttpStatusError, message: /404/ });
});

test('a standby ResourceManager that knows of no active one is out of reach', async (t) => {
  const { http } = await resourceManager(t, { tag: 'standby-alone-tag', app: 'standby-alone-tag' });
  const yarn = new YarnRegistry({ http });
  const wanted = { instanceOf: UnreachableError, message: /no active ResourceManager/ };
  await t.throwsAsync(yarn.byTag('x'), wanted);
  await t.throwsAsync(yarn.byId(ID), wanted);
});

test('what is not an application id is refused before anything is sent', async (t) => {
  const { http, asked } = await resourceManager(t, {});
  const yarn = new YarnRegistry({ http });
  for (const id of ['bogus', '../info', 'application_1_0001/state', '']) {
    await t.throwsAsync(yarn.byId(id), { instanceOf: ConfigError });
    await t.throwsAsync(yarn.kill(id), { instanceOf: ConfigError });
  }
  for (const tag of ['', ' ', 'a,b']) await t.throwsAsync(yarn.byTag(tag), { instanceOf: ConfigError });
  t.deepEqual(asked, []);
});

test('tags are compared whole, and in lower case', async (t) => {
  const { http, asked } = await resourceManager(t, { tag: 'spark-fails', info: 'info' });
  const yarn = new YarnRegistry({ http });
  t.is((await yarn.byTag('Spark-FAILS')).kind, 'found');
  t.regex(asked[0] ?? '', /applicationTags=spark-fails&/);
  // A server that answers with more than it was asked for.
  t.is((await yarn.byTag('spark')).kind, 'unknown');
  t.is((await yarn.byTag('spark-fails-2')).kind, 'unknown');
});

test('several applications under one tag are all reported', async (t) => {
  const { body, ...rest } = recorded('spark-fails');
  const { apps } = JSON.parse(body) as { apps: { app: object[] } };
  const twice = JSON.stringify({ apps: { app: [...apps.app, { ...apps.app[0], id: ID }] } });
  const { http } = await resourceManager(t, { tag: { ...rest, body: twice } });
  const found = await new YarnRegistry({ http }).byTag('spark-fails');
  t.is(found.kind === 'found' ? found.apps.length : 0, 2);
});

test("the server's time is that of its Date, which it sends twice", async (t) => {
  const { headers } = recorded('info');
  t.regex(headers.date ?? '', /GMT, .*GMT$/);
  const { http } = await resourceManager(t, { info: 'info' });
  const time = await new YarnRegistry({ http }).serverTime();
  t.is(time, Date.parse((headers.date ?? '').slice(0, 29)));
  t.is(time % 1_000, 0);
});

test('an answer without a date gives no server time', async (t) => {
  const { http } = await resourceManager(t, { info: { ...recorded('info'), headers: {} } });
  await t.throwsAsync(new YarnRegistry({ http }).serverTime(), { message: /no Date header/ });
});

test('a kill is taken while it waits, while it runs and after its end', async (t) => {
  for (const kill of ['kill-waiting', 'kill-running', 'kill-killed']) {
    const { http, asked } = await resourceManager(t, { kill });
    t.is(await new YarnRegistry({ http }).kill(ID), 'asked');
    t.deepEqual(asked, [`PUT /ws/v1/cluster/apps/${ID}/state`]);
  }
});

test('a kill of an application that YARN does not know has no record', async (t) => {
  const { http } = await resourceManager(t, { kill: 'kill-not-found', info: 'info' });
  t.is(await new YarnRegistry({ http }).kill(ID), 'no-record');
});

test('a kill that a recovering ResourceManager knows nothing of is not "no record"', async (t) => {
  const { http } = await resourceManager(t, { kill: 'kill-not-found', info: 'restarting-info' });
  await t.throwsAsync(new YarnRegistry({ http }).kill(ID), { instanceOf: UnreachableError });
});

test('a refused kill says who may', async (t) => {
  const { http } = await resourceManager(t, { kill: 'hidden-kill-as-other' });
  const error = await t.throwsAsync(new YarnRegistry({ http, user: 'bob' }).kill(ID), { instanceOf: AuthError });
  t.regex(error.message, /Unauthorized attempt to kill .* by remote user bob/);
  t.regex(error.message, /asked as bob.*was left as it is/);
});

test('every question and every kill is asked as the given user', async (t) => {
  const answers = { app: 'app-not-found', info: 'info', tag: 'apps-none', kill: 'kill-running' };
  const { http, asked } = await resourceManager(t, answers);
  const yarn = new YarnRegistry({ http, user: 'ana maria' });
  await yarn.byId(ID);
  await yarn.byTag('x');
  await yarn.kill(ID);
  await yarn.serverTime();
  t.is(asked.length, 8);
  for (const line of asked) t.regex(line, /[?&]user\.name=ana%20maria/);
});

test('an abort ends the question with its own reason', async (t) => {
  const { http } = await resourceManager(t, { app: 'app-killed' });
  const reason = new Error('enough');
  await t.throwsAsync(new YarnRegistry({ http }).byId(ID, { signal: AbortSignal.abort(reason) }), { is: reason });
});
