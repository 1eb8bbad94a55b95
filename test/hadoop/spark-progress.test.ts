import test, { type ExecutionContext } from 'ava';
import type { Clock, Logger, RunEvent, RunRef } from '../../src/core/index.js';
import { Http } from '../../src/http/index.js';
import { SparkProgress } from '../../src/hadoop/spark-progress.js';
import { proxyOfLink } from '../../src/hadoop/driver-ui.js';
import { testClock } from '../../src/testing/index.js';
import { type Reply, serve } from './recorded.js';
import { driver, hadoopAnswer, hadoopText, type Moment, wholeTrace } from './spark-trace.js';

const APP = 'application_1795407446564_0001';
const ref: RunRef = {
  v: 1,
  key: 'k',
  attempt: 1,
  backend: 'livy',
  endpoint: 'http://livy:8998',
  name: 'livywire-00-a1',
  createdAt: '2026-11-23T04:00:00.000Z',
};
const onYarn: RunRef = { ...ref, appId: APP };
const logger: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const line = (text: string): RunEvent => ({ type: 'line', stream: 'stderr', text, source: 'livy' });
const log = hadoopText('spark-log-cluster.txt').split('\n');
const trace = wholeTrace('stages');
const busy = trace[20] as Moment;

function source(
  t: ExecutionContext,
  parts: { yarns?: readonly Http[]; history?: Http; clock?: Clock; proxy?: Http } = {},
) {
  const opened: string[] = [];
  const progress = new SparkProgress({
    livyUrl: 'http://livy.corp:8998/base',
    clock: testClock(),
    logger,
    ...parts,
    open: (baseUrl) => {
      opened.push(baseUrl);
      return parts.proxy ?? new Http({ baseUrl: 'http://127.0.0.1:9', retries: 0 });
    },
  });
  return { progress, opened };
}

test("under YARN the driver is asked through the ResourceManager's proxy", async (t) => {
  const spark = await driver(t, busy);
  const { progress, opened } = source(t, { yarns: [spark.http] });
  const read = await progress.open(onYarn).read(onYarn);
  t.is(read?.source, 'driver');
  t.true(spark.asked.every((one) => one.startsWith(`GET /proxy/${APP}/api/v1/applications/${APP}/`)));
  t.deepEqual(opened, []);
});

test('of several ResourceManagers the one that leads to the driver is asked, and asked again', async (t) => {
  const spark = await driver(t, busy);
  const standby = await serve(t, 'YARN', () => ['standby', { status: 503, headers: {}, body: 'standby' }]);
  const reader = source(t, { yarns: [standby.http, spark.http] }).progress.open(onYarn);
  t.is(await reader.read(onYarn), undefined);
  t.is((await reader.read(onYarn))?.source, 'driver');
  const before = standby.asked.length;
  t.is((await reader.read(onYarn))?.source, 'driver');
  t.is(standby.asked.length, before);
});

/** A ResourceManager whose web proxy is a server of its own, as EMR sets it up. */
const bareYarn = (t: ExecutionContext, app: object) =>
  serve(t, 'YARN', (_method, { pathname }) => {
    if (pathname.startsWith('/proxy/')) return ['proxy', { status: 404, headers: {}, body: '' }];
    const body = JSON.stringify({ app: { id: APP, trackingUrl: '', unmanagedApplication: false, ...app } });
    return ['app', { status: 200, headers: { 'content-type': 'application/json' }, body }];
  });
const EMR_PROXY = `http://ip-10-0-0-1.ec2.internal:20888/proxy/${APP}/`;

test('where the ResourceManager has no proxy of its own, the one that it names is asked, and YARN is not asked again', async (t) => {
  const spark = await driver(t, busy);
  const yarn = await bareYarn(t, { trackingUrl: EMR_PROXY });
  const { progress, opened } = source(t, { yarns: [yarn.http], proxy: spark.http });
  const reader = progress.open(onYarn);
  t.is(await reader.read(onYarn), undefined);
  const before = yarn.asked.length;
  t.is((await reader.read(onYarn))?.source, 'driver');
  t.is((await reader.read(onYarn))?.source, 'driver');
  t.deepEqual(opened, [EMR_PROXY.slice(0, -1)]);
  t.is(yarn.asked.length, before);
  t.true(spark.asked.every((one) => one.startsWith(`GET /api/v1/applications/${APP}/`)));
});

for (const app of [
  { trackingUrl: `http://rm:8088/cluster/app/${APP}` },
  { trackingUrl: 'http://rm:20888/proxy/application_1_2/' },
  { trackingUrl: `http://elsewhere/x/proxy/${APP}/` },
  // Its master was not started by YARN: the address is what it says itself.
  { trackingUrl: EMR_PROXY, unmanagedApplication: true },
]) {
  test(`nobody is asked because of ${JSON.stringify(app)}`, async (t) => {
    const yarn = await bareYarn(t, app);
    const { progress, opened } = source(t, { yarns: [yarn.http] });
    const reader = progress.open(onYarn);
    for (let i = 0; i < 3; i++) t.is(await reader.read(onYarn), undefined);
    t.deepEqual(opened, []);
  });
}

// As recorded: to the ResourceManager's page while it is accepted, to a page of the History Server after the end.
const page: Reply = { status: 200, headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html><html></html>' };
for (const [what, answer] of [
  ['sends to a page', page],
  [
    'redirects into the void',
    { ...hadoopAnswer('spark-stages-accepted-jobs'), headers: { location: 'http://127.0.0.1:9/' } },
  ],
  ['answers 404', { status: 404, headers: {}, body: '' }],
  ['answers 500', { status: 500, headers: {}, body: 'starting' }],
] as const) {
  test(`while the proxy ${what} the log's lines are counted, and then the driver again`, async (t) => {
    const spark = await driver(t, answer);
    const reader = source(t, { yarns: [spark.http] }).progress.open(onYarn);
    t.is(await reader.read(onYarn), undefined);
    for (const text of log.slice(0, 40)) reader.hear(line(text));
    t.is((await reader.read(onYarn))?.source, 'log');
    spark.now = busy;
    let last = await reader.read(onYarn);
    for (let i = 0; i < 5 && last?.source !== 'driver'; i++) last = await reader.read(onYarn);
    t.is(last?.source, 'driver');
  });
}

test('a stage is told once, whoever tells it first', async (t) => {
  const spark = await driver(t, trace[0] as Moment);
  const reader = source(t, { yarns: [spark.http] }).progress.open(onYarn);
  const told: number[] = [];
  for (const moment of trace) {
    spark.now = moment;
    told.push(...((await reader.read(onYarn))?.ended ?? []).map(({ id }) => id));
  }
  spark.now = { status: 404, headers: {}, body: '' };
  for (const text of log) reader.hear(line(text));
  told.push(...((await reader.read(onYarn))?.ended ?? []).map(({ id }) => id));
  t.deepEqual(
    told.sort((a, b) => a - b),
    [0, 1, 2, 4, 5, 7],
  );
});

test("a second driver's stages are told, though they have the numbers of the first one's", async (t) => {
  const spark = await driver(t, trace[0] as Moment);
  const reader = source(t, { yarns: [spark.http] }).progress.open(onYarn);
  const told: number[] = [];
  for (const moment of [...trace, ...trace]) {
    spark.now = moment;
    told.push(...((await reader.read(onYarn))?.ended ?? []).map(({ id }) => id));
  }
  t.deepEqual(
    told.sort((a, b) => a - b),
    [0, 1, 2, 4, 5, 7].flatMap((id) => [id, id]),
  );
});

test('a log that knows less takes nothing back', async (t) => {
  const spark = await driver(t, trace.at(-1) as Moment);
  const reader = source(t, { yarns: [spark.http] }).progress.open(onYarn);
  await reader.read(onYarn);
  spark.now = { status: 404, headers: {}, body: '' };
  for (const text of log.slice(0, 40)) reader.hear(line(text));
  t.is(await reader.read(onYarn), undefined);
});

const hints: readonly (readonly [string, string | undefined])[] = [
  ["26/11/23 04:09:22 INFO Utils: Successfully started service 'SparkUI' on port 37265.", 'http://livy.corp:37265'],
  ['INFO SparkUI: Bound SparkUI to 0.0.0.0, and started at http://10.1.2.3:4041', 'http://livy.corp:4041'],
  ['INFO SparkUI: Bound SparkUI to 0.0.0.0, and started at https://evil.example:4041', 'https://livy.corp:4041'],
  ["Successfully started service 'SparkUI' on port 22.", undefined],
  ["Successfully started service 'sparkDriver' on port 40123.", undefined],
  ['SparkUI started at http://169.254.169.254/latest/meta-data', undefined],
];
for (const [text, address] of hints) {
  test(`without YARN ${JSON.stringify(text)} leads to ${address ?? 'nobody'}`, async (t) => {
    const { progress, opened } = source(t);
    const reader = progress.open(ref);
    reader.hear(line(text));
    await reader.read(ref);
    t.deepEqual(opened, address === undefined ? [] : [address]);
  });
}

test('an address in the log is nothing to go by where the driver runs in a container', async (t) => {
  const { progress, opened } = source(t);
  const reader = progress.open(onYarn);
  reader.hear(line("Successfully started service 'SparkUI' on port 37265."));
  t.is(await reader.read(onYarn), undefined);
  t.deepEqual(opened, []);
});

test("of Livy's links only YARN's proxy to this very application is asked", (t) => {
  t.is(proxyOfLink(`http://rm:8088/proxy/${APP}/`, APP), `http://rm:8088/proxy/${APP}`);
  t.is(proxyOfLink(`https://gw/yarn/proxy/${APP}`, APP), `https://gw/yarn/proxy/${APP}`);
  for (const link of [
    undefined,
    'http://rm:8088/cluster/app/x',
    `http://rm/proxy/${APP}/?next=http://x`,
    'http://rm/proxy/application_1_2/',
    `ftp://rm/proxy/${APP}`,
    `http://u:p@rm/proxy/${APP}`,
  ]) {
    t.is(proxyOfLink(link, APP), undefined);
  }
});

async function history(t: ExecutionContext, unready = 0) {
  let asked = 0;
  return serve(t, 'History', (_method, { pathname }) => {
    const what = pathname.replace(`/api/v1/applications/${APP}`, '');
    if (what === '' && asked++ < unready)
      return [`not yet ${asked}`, { status: 404, headers: {}, body: `unknown app ${APP}` }];
    return [what, `../hadoop/spark-stages-history${what.replace(/^\/1\//, '-')}`];
  });
}

test('after the end the counts are those of the History Server, which is waited for', async (t) => {
  const { http } = await history(t, 2);
  const { progress } = source(t, { history: http });
  const final = await progress.final(onYarn, { withinMs: 4_000 });
  t.like(final, { complete: true, source: 'history-server', executors: 1 });
  t.like(final?.stages, { done: 6, failed: 0, running: 0, skipped: 2, total: 6 });
  t.like(final?.tasks, { done: 89, failed: 0, running: 0, total: 89 });
  t.true((final?.bytes?.shuffleWrite ?? 0) > 0);
  const ended = (await progress.open(onYarn).read(onYarn))?.ended ?? [];
  t.deepEqual(
    ended.map(({ id }) => id),
    [0, 1, 2, 4, 5, 7],
  );
});

test('where the History Server is not ready in time, what was last seen counts', async (t) => {
  const { http, asked } = await history(t, 100);
  const spark = await driver(t, busy);
  const { progress } = source(t, { history: http, yarns: [spark.http] });
  const seen = await progress.open(onYarn).read(onYarn);
  const final = await progress.final(onYarn, { withinMs: 4_000 });
  t.deepEqual(final?.tasks, seen?.tasks);
  t.deepEqual(final?.active, []);
  t.is(final?.complete, undefined);
  t.is(asked.length, 5);
});

test('who is in a hurry asks nobody', async (t) => {
  const { http, asked } = await history(t);
  t.is(await source(t, { history: http }).progress.final(onYarn, { withinMs: 0 }), undefined);
  t.deepEqual(asked, []);
});
