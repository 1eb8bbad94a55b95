import test, { type ExecutionContext } from 'ava';
import { type RunRef, systemClock, UnreachableError } from '../../src/core/index.js';
import { Http } from '../../src/http/index.js';
import { YarnWaiting } from '../../src/hadoop/yarn-waiting.js';
import { type Reply, serve } from './recorded.js';
import { hadoopAnswer, hadoopBody } from './spark-trace.js';

interface App {
  readonly id: string;
}
const appIdOf = (name: string): string => hadoopBody<{ app: App }>(name).app.id;

const refOf = (appId?: string): RunRef => ({
  v: 1,
  key: 'k',
  attempt: 1,
  backend: 'livy',
  endpoint: 'http://livy',
  name: 'livywire-00-a1',
  createdAt: '2026-11-23T04:00:00.000Z',
  ...(appId !== undefined && { appId }),
});

const edited = (name: string, edit: (body: never) => void): Reply => {
  const answer = hadoopAnswer(name);
  const body = JSON.parse(answer.body) as never;
  edit(body);
  return { ...answer, body: JSON.stringify(body) };
};

interface Told {
  readonly app: Reply;
  readonly apps?: Reply;
  readonly scheduler?: Reply;
  readonly nodes?: Reply;
}
const refused: Reply = { status: 403, headers: {}, body: 'no' };

async function explain(t: ExecutionContext, appId: string, told: Told) {
  const { http, asked } = await serve(t, 'YARN', (_method, { pathname }) => {
    if (pathname === '/ws/v1/cluster/scheduler') return ['scheduler', told.scheduler ?? refused];
    if (pathname === '/ws/v1/cluster/nodes') return ['nodes', told.nodes ?? refused];
    if (pathname === '/ws/v1/cluster/apps') return ['apps', told.apps ?? refused];
    return ['app', told.app];
  });
  const waiting = new YarnWaiting({ https: [http], clock: systemClock });
  return { http, waiting, asked, told: await waiting.explain(refOf(appId)) };
}

const held: Told = {
  app: hadoopAnswer('wait-app'),
  apps: hadoopAnswer('wait-apps'),
  scheduler: hadoopAnswer('wait-scheduler'),
  nodes: hadoopAnswer('wait-nodes'),
};

test('an application that waits in a held queue says for how long, for whom and why', async (t) => {
  const { told } = await explain(t, appIdOf('wait-app'), held);
  t.is(
    told?.summary,
    'ACCEPTED 4s · queue default 88 % used · 1 ahead · AM limit reached · no node has 4.5 GB free · largest: etl_sales 64 %',
  );
  t.deepEqual(told?.causes, ['AM_LIMIT', 'CLUSTER_FULL', 'BEHIND_OTHERS']);
  t.is(told?.queue?.ahead, 1);
  t.is(told?.never, undefined);
  t.regex(told?.diagnostics ?? '', /AM resource limit exceeded/);
});

test('what cannot be had leaves its part out: the rest is said', async (t) => {
  const { told } = await explain(t, appIdOf('wait-app'), { app: held.app });
  t.is(told?.summary, 'ACCEPTED 4s · queue default · AM limit reached');
});

test('an application that runs, has ended or is unknown does not wait', async (t) => {
  const running = edited('wait-app', ({ app }: { app: Record<string, unknown> }) => {
    app.state = 'RUNNING';
    app.runningContainers = 3;
  });
  t.is((await explain(t, appIdOf('wait-app'), { app: running })).told, undefined);
  const ended = edited('wait-app', ({ app }: { app: Record<string, unknown> }) => void (app.state = 'FINISHED'));
  t.is((await explain(t, appIdOf('wait-app'), { app: ended })).told, undefined);
  t.is((await explain(t, appIdOf('wait-app'), { app: { status: 404, headers: {}, body: '' } })).told, undefined);
});

test('a master that has its container is starting, and nothing is in its way', async (t) => {
  const starting = edited('wait-app', ({ app }: { app: Record<string, unknown> }) => void (app.runningContainers = 1));
  const { told } = await explain(t, appIdOf('wait-app'), { ...held, app: starting });
  t.is(told?.summary, 'ACCEPTED 4s · the driver is starting');
  t.deepEqual(told?.causes, []);
});

// Spark asks YARN for its largest node before it submits, so this comes with nodes that have left since: edited.
const small = edited('wait-nodes', ({ nodes }: { nodes: { node: Record<string, unknown>[] } }) => {
  for (const node of nodes.node) Object.assign(node, { usedMemoryMB: 1_024, availMemoryMB: 3_072 });
});

test('a driver that no node has room for is told at once', async (t) => {
  const { told } = await explain(t, appIdOf('wait-app'), { app: held.app, nodes: small });
  t.true(told?.causes.includes('TOO_LARGE'));
  t.is(
    told?.never,
    'the driver asks for 4.5 GB, and the largest node has 4 GB: no node of now can start it; ask for less (driver memory and its overhead)',
  );
  t.true(told?.summary.includes(told.never ?? '?'));
});

test('executors that no node has room for are told, too, while the driver runs', async (t) => {
  const alone = edited('wait-app', ({ app }: { app: Record<string, unknown> }) =>
    Object.assign(app, { state: 'RUNNING', runningContainers: 1, diagnostics: '' }),
  );
  const { told } = await explain(t, appIdOf('wait-app'), { ...held, app: alone, nodes: small });
  t.is(told?.raw, 'RUNNING');
  t.is(told?.causes[0], 'TOO_LARGE');
  t.regex(
    told?.summary ?? '',
    /^the driver waits for executors · each executor asks for 4.5 GB, and the largest node has 4 GB/,
  );
});

test("the fair scheduler's queues and words are read as well", async (t) => {
  const { told } = await explain(t, appIdOf('fair-wait-app'), {
    app: hadoopAnswer('fair-wait-app'),
    apps: hadoopAnswer('fair-wait-apps'),
    scheduler: hadoopAnswer('fair-wait-scheduler'),
    nodes: hadoopAnswer('fair-wait-nodes'),
  });
  t.regex(
    told?.summary ?? '',
    /^ACCEPTED \d+s · queue default 100 % used · 1 ahead · AM limit reached · largest: etl_s\w+ \d+ %$/,
  );
  t.deepEqual(told?.causes, ['AM_LIMIT', 'QUEUE_FULL', 'BEHIND_OTHERS']);
});

test('a driver that has left no room for its own executors is told so', async (t) => {
  const id = appIdOf('wait-app');
  const alone = edited('wait-app', ({ app }: { app: Record<string, unknown> }) =>
    Object.assign(app, { state: 'RUNNING', runningContainers: 1, diagnostics: '', allocatedMB: 7_168 }),
  );
  const apps = edited('wait-apps', (body: { apps: { app: { id: string; allocatedMB: number }[] } }) => {
    body.apps.app = body.apps.app.filter((one) => one.id === id).map((one) => ({ ...one, allocatedMB: 7_168 }));
  });
  const { told } = await explain(t, id, { ...held, app: alone, apps });
  t.is(
    told?.summary,
    'the driver waits for executors · queue default 88 % used · no node has 4.5 GB free · nobody else runs in it: no room is left beside the driver itself',
  );
});

test('a stopped queue, a cluster without nodes and a full queue are named', async (t) => {
  const stopped = edited(
    'wait-scheduler',
    ({ scheduler }: { scheduler: { schedulerInfo: { queues: { queue: Record<string, unknown>[] } } } }) => {
      const [queue] = scheduler.schedulerInfo.queues.queue;
      Object.assign(queue ?? {}, { state: 'STOPPED', absoluteUsedCapacity: 100 });
    },
  );
  const { told } = await explain(t, appIdOf('wait-app'), {
    app: held.app,
    scheduler: stopped,
    nodes: { status: 200, headers: {}, body: '{"nodes":null}' },
  });
  t.deepEqual(told?.causes, ['NO_NODES', 'QUEUE_STOPPED', 'AM_LIMIT', 'QUEUE_FULL']);
  t.regex(told?.summary ?? '', /the cluster has no nodes · queue default is STOPPED · queue default 100 % used/);
});

test('many who wait ask for the scheduler, the queue and the nodes once', async (t) => {
  const { waiting, asked } = await explain(t, appIdOf('wait-app'), held);
  await Promise.all(Array.from({ length: 20 }, () => waiting.explain(refOf(appIdOf('wait-app')))));
  const times = (path: string) => asked.filter((one) => one.startsWith(`GET ${path}`)).length;
  t.is(times('/ws/v1/cluster/scheduler'), 1);
  t.is(times('/ws/v1/cluster/nodes'), 1);
  t.is(times('/ws/v1/cluster/apps?'), 1);
});

test('without an application id nobody is asked, and a ResourceManager that is down is an error', async (t) => {
  const waiting = new YarnWaiting({
    https: [new Http({ baseUrl: 'http://127.0.0.1:9', service: 'YARN', retries: 0 })],
    clock: systemClock,
  });
  t.is(await waiting.explain(refOf()), undefined);
  await t.throwsAsync(waiting.explain(refOf('application_1_1')), { instanceOf: UnreachableError });
});

test('of several ResourceManagers the next is asked where one is down or a standby one, and then it alone', async (t) => {
  const active = await explain(t, appIdOf('wait-app'), held);
  const standby = await serve(t, 'YARN', () => ['standby', { status: 200, headers: {}, body: 'This is standby RM' }]);
  const down = new Http({ baseUrl: 'http://127.0.0.1:9', service: 'YARN', retries: 0 });
  const waiting = new YarnWaiting({ https: [standby.http, down, active.http], clock: systemClock });
  t.is((await waiting.explain(refOf(appIdOf('wait-app'))))?.summary, active.told?.summary);
  const before = standby.asked.length;
  t.is((await waiting.explain(refOf(appIdOf('wait-app'))))?.summary, active.told?.summary);
  t.is(standby.asked.length, before);
  const none = new YarnWaiting({ https: [standby.http, down], clock: systemClock });
  await t.throwsAsync(none.explain(refOf(appIdOf('wait-app'))));
});
