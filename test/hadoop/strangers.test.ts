import test, { type ExecutionContext } from 'ava';
import type { RunEvent, RunRef } from '../../src/core/index.js';
import { nodeAddress } from '../../src/hadoop/node-address.js';
import { DriverLog, readSparkFacts, SparkProgress } from '../../src/hadoop/index.js';
import { Http } from '../../src/http/index.js';
import { testClock } from '../../src/testing/index.js';
import { itemsOf, loggedRef } from '../helpers/log-readers.js';
import { json, redirect, webServer } from '../helpers/web-server.js';
import { ref as onYarn, serveCluster, shown } from './log-cluster.js';

// Addresses that a log, a job, a node or a link names: nobody is asked because of them whom nobody trusts.
const open = (baseUrl: string, service = 'A server') => new Http({ baseUrl, service, retries: 0 });
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const appId = onYarn.appId ?? '';

const progressOf = (t: ExecutionContext, options: { livyUrl: string; yarns?: readonly Http[] }) =>
  new SparkProgress({ ...options, open, clock: testClock(), logger: silent });

test('a port that a job prints sends us nowhere else', async (t) => {
  const elsewhere = await webServer(t, json([]));
  const own = await webServer(t, [redirect(302, '/v1/kill?id=1'), redirect(307, `${elsewhere.url}/latest/meta-data`)]);
  const reader = progressOf(t, { livyUrl: 'http://127.0.0.1:8998' }).open(loggedRef);
  const line: RunEvent = {
    type: 'line',
    stream: 'stderr',
    source: 'livy',
    text: `INFO SparkUI: Bound SparkUI to 0.0.0.0, and started at http://db.corp:${own.port}`,
  };
  reader.hear(line);
  t.is(await reader.read(loggedRef), undefined);
  t.is(await reader.read(loggedRef), undefined);
  t.deepEqual([...new Set(own.seen.map(({ method, url }) => `${method} ${url}`))], ['GET /api/v1/applications']);
  t.is(elsewhere.seen.length, 0);
});

test('a driver behind the proxy of YARN sends us to no other server', async (t) => {
  const elsewhere = await webServer(t, json([]));
  const rm = await webServer(t, redirect(302, `${elsewhere.url}/latest/meta-data`));
  const reader = progressOf(t, { livyUrl: 'http://livy.invalid', yarns: [open(rm.url)] }).open(onYarn);
  t.is(await reader.read(onYarn), undefined);
  t.true(rm.seen.length > 0);
  await t.throwsAsync(readSparkFacts(appId, { http: open(rm.url), base: `/proxy/${appId}`, source: 'YARN' }), {
    message: /redirects to http:\/\/127\.0\.0\.1:\d+, and is followed no further than its own host; name that server/,
  });
  t.is(elsewhere.seen.length, 0);
});

test('a node that sends us elsewhere is one that has the log no more: the log server is asked by its own address', async (t) => {
  const { cluster, base } = await serveCluster(t);
  const elsewhere = await webServer(t, json({}));
  const node = await webServer(t, redirect(307, `${elsewhere.url}/ws/v1/history/containers/x/logs/stdout`));
  cluster.isOver = true;
  cluster.collected = [{ stdout: 'collected\n', stderr: '' }];
  const places: Record<string, string> = { 'The NodeManager': node.url, 'The log server': base };
  const reach = (_: string, service: string) => open(places[service] ?? '', service);
  const reader = new DriverLog({ https: [open(base, 'YARN')], reach, clock: testClock() }).open(onYarn);
  t.deepEqual(shown(await itemsOf(reader.finish(onYarn))), ['1 stdout: collected']);
  t.true(node.seen.length > 0);
  t.is(elsewhere.seen.length, 0);
});

test('a log server does not send us to another one, and it is said what to set if that is the right one', async (t) => {
  const { cluster, base } = await serveCluster(t);
  const elsewhere = await webServer(t, json({}));
  const logs = await webServer(t, redirect(307, `${elsewhere.url}/login`));
  cluster.isOver = true;
  cluster.nodes[0] = 'unknown';
  const reach = (_: string, service: string) => open(service === 'The log server' ? logs.url : base, service);
  const reader = new DriverLog({ https: [open(base, 'YARN')], reach, clock: testClock() }).open(onYarn);
  const [said] = shown(await itemsOf(reader.finish(onYarn)));
  t.regex(said ?? '', /cannot be read: The log server .*redirects to .*; name that server in the settings/);
  t.is(elsewhere.seen.length, 0);
});

/** What a History Server read in a job's event log: these links to the logs of its executors. */
async function executorLinks(t: ExecutionContext, links: readonly string[]) {
  const { cluster, base } = await serveCluster(t);
  const id = appId.replace('application_', '');
  const history = await webServer(t, (seen, response, request) =>
    json(
      seen.url.endsWith('/allexecutors')
        ? links.map((link, i) => ({ id: `${i}`, executorLogs: { stdout: link.replace('ID', id) } }))
        : { id: appId, name: 'etl', attempts: [{ attemptId: '1' }] },
    )(seen, response, request),
  );
  const reached: string[] = [];
  const source = new DriverLog({
    https: [open(base, 'YARN')],
    history: open(history.url),
    clock: testClock(),
    reach: (baseUrl, service) => {
      if (service === 'The NodeManager') reached.push(baseUrl);
      return open(`${base}/${service === 'The NodeManager' ? 'node' : 'logs'}`, service);
    },
  });
  cluster.isOver = true;
  return { cluster, reached, read: (ref: RunRef) => itemsOf(source.open(ref, { executors: true }).finish(ref)) };
}

test('a node that only a link in the event log names is not asked, unless YARN has one of that name', async (t) => {
  const { cluster, reached, read } = await executorLinks(t, [
    'http://node-7.corp:8042/node/containerlogs/container_ID_01_000002/etl/stdout?start=-4096',
    'http://169.254.169.254:80/node/containerlogs/container_ID_01_000003/etl/stdout',
  ]);
  cluster.clusterNodes = ['node-7.corp:8042', 'node-8.corp:8042'];
  await read(onYarn);
  t.deepEqual(reached, ['http://node-7.corp:8042']);
});

test('executors of an application that YARN has forgotten are those that the History Server knows, from the log server', async (t) => {
  const { cluster, reached, read } = await executorLinks(t, [
    'http://node-7.corp:8042/node/containerlogs/container_ID_01_000002/etl/stdout?start=-4096',
  ]);
  cluster.isForgotten = true;
  cluster.collected = [{ stdout: 'hello\n' }];
  t.true(shown(await read(onYarn)).includes(' stdout: hello'));
  t.deepEqual(reached, []);
});

test('a ResourceManager that does not list its nodes takes no executor away: their logs come from the log server', async (t) => {
  const { cluster, reached, read } = await executorLinks(t, [
    'http://node-7.corp:8042/node/containerlogs/container_ID_01_000002/etl/stdout?start=-4096',
  ]);
  cluster.hidesNodes = true;
  cluster.collected = [{ stdout: 'hello\n' }];
  t.deepEqual(shown(await read(onYarn)), [' stdout: hello']);
  t.deepEqual(reached, []);
});

test('links to logs of another kind, or of another application, are passed over', async (t) => {
  const { reached, read } = await executorLinks(t, [
    '/logs/container_ID_01_000002/stdout',
    '',
    'not a link/container_ID_01_000003/',
    'http://[/container_ID_01_000004/',
    'http://node-7.corp:8042/node/containerlogs/container_1_0001_01_000002/etl/stdout',
  ]);
  const said = shown(await read(onYarn));
  t.deepEqual(reached, []);
  t.is(said.length, 3);
  for (const one of said) t.regex(one, /^notice: container_\w+_01_00000[234]'s log cannot be read/);
});

test('of what names a node nothing but scheme, host and port is taken', (t) => {
  t.is(nodeAddress('ip-10-0-3-9.ec2.internal:8042'), 'http://ip-10-0-3-9.ec2.internal:8042');
  t.is(nodeAddress('node:8044', 'https'), 'https://node:8044');
  t.is(nodeAddress('http://Node:8042'), 'http://node:8042');
  t.is(nodeAddress('[::1]:8042'), 'http://[::1]:8042');
  for (const odd of ['', 'node', 'user@node:1', 'http://node:1/path', 'file://node:1', 'node:1?x', 'node:99999']) {
    t.is(nodeAddress(odd), undefined, odd);
  }
});
