// Real sockets on purpose: what a person is told of a refused connection comes from the system.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Finding, loadDoctor, readSettings } from '../../src/app/index.js';

type Reply = { readonly status?: number; readonly body: unknown; readonly date?: string };
type Routes = Readonly<Record<string, Reply | ((request: IncomingMessage) => Reply)>>;

/** A server that answers by path, and remembers what it was asked. */
async function serve(t: ExecutionContext, routes: Routes) {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push(`${request.method} ${path}${request.headers.authorization === undefined ? '' : ' (authorized)'}`);
    const route = routes[path];
    const {
      status = 200,
      body,
      date,
    } = (typeof route === 'function' ? route(request) : route) ?? { status: 404, body: { msg: 'none' } };
    if (date !== undefined) response.setHeader('Date', date);
    response.setHeader('Content-Type', typeof body === 'string' ? 'text/html' : 'application/json');
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
}

const VERSION = { body: { version: '0.8.0-incubating', user: 'livy' } };
const batches = (...sessions: readonly object[]) => ({ body: { from: 0, total: sessions.length, sessions } });
const LIVY = { '/version': VERSION, '/batches': batches() };

async function examine(t: ExecutionContext, env: Readonly<Record<string, string>>): Promise<Finding[]> {
  const ledger = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(ledger, { recursive: true, force: true }));
  const settings = await readSettings({ env: { HOME: ledger, LIVYWIRE_LEDGER: ledger, ...env }, cwd: ledger });
  const diagnoseSettings = await loadDoctor();
  const findings: Finding[] = [];
  for await (const finding of diagnoseSettings(settings, { timeoutMs: 5_000 })) findings.push(finding);
  return findings;
}
const of = (findings: readonly Finding[], check: Finding['check']): Finding => {
  const found = findings.find((one) => one.check === check);
  if (!found) throw new Error(`no finding about ${check}`);
  return found;
};

test('without an address that is the problem, and nothing is asked', async (t) => {
  const findings = await examine(t, {});
  t.like(of(findings, 'settings'), { level: 'problem', fault: 'caller' });
  t.regex(of(findings, 'settings').next ?? '', /--url/);
  t.is(of(findings, 'ledger').level, 'ok');
  t.false(findings.some(({ check }) => check === 'livy'));
});

test('a Livy that answers well: version, rights, CSRF and clock are fine, and only GETs were sent', async (t) => {
  const { url, asked } = await serve(t, LIVY);
  const findings = await examine(t, { LIVYWIRE_URL: url });
  for (const check of ['settings', 'ledger', 'livy', 'auth', 'csrf', 'clock'] as const)
    t.is(of(findings, check).level, 'ok', check);
  t.regex(of(findings, 'livy').seen, /Livy 0\.8\.0/);
  t.regex(of(findings, 'settings').seen, /LIVYWIRE_URL/);
  t.is(of(findings, 'yarn').level, 'skipped');
  t.regex(of(findings, 'yarn').next ?? '', /--yarn-url/);
  t.deepEqual(asked, ['GET /version', 'GET /batches']);
});

test('a refused connection is a problem of the service, with the next step', async (t) => {
  const { url, server } = await serve(t, {});
  server.close();
  const livy = of(await examine(t, { LIVYWIRE_URL: url }), 'livy');
  t.like(livy, { level: 'problem', fault: 'service' });
  t.regex(livy.next ?? '', /is Livy installed and running/);
});

test('a name that is not known points to a proxy or a map', async (t) => {
  const livy = of(await examine(t, { LIVYWIRE_URL: 'http://no-such-host.invalid:8998' }), 'livy');
  t.is(livy.level, 'problem');
  t.regex(livy.next ?? '', /--proxy socks5h:\/\/.*--map/);
});

for (const status of [401, 403]) {
  test(`${status} is a problem of the caller: without credentials it asks for some, with them it says whose they are`, async (t) => {
    const { url } = await serve(t, { '/version': VERSION, '/batches': { status, body: { msg: 'no' } } });
    const without = of(await examine(t, { LIVYWIRE_URL: url }), 'auth');
    t.like(without, { level: 'problem', fault: 'caller' });
    t.regex(without.next ?? '', /--password-file/);
    const findings = await examine(t, { LIVYWIRE_URL: url, LIVYWIRE_USER: 'ada', LIVYWIRE_PASSWORD: 'hunter2' });
    t.regex(
      of(findings, 'auth').next ?? '',
      status === 401 ? /does not know these credentials \(LIVYWIRE_USER\)/ : /right to use Livy/,
    );
    t.notRegex(JSON.stringify(findings), /hunter2/);
  });
}

test('something else that listens there is named as what it is not', async (t) => {
  const json = await serve(t, { '/version': { body: { hello: 'world' } } });
  t.regex(of(await examine(t, { LIVYWIRE_URL: json.url }), 'livy').seen, /not as Livy does/);
  const html = await serve(t, { '/version': { body: '<html>Sign in</html>' } });
  t.regex(of(await examine(t, { LIVYWIRE_URL: html.url }), 'livy').next ?? '', /login page/);
  const none = await serve(t, {});
  t.regex(of(await examine(t, { LIVYWIRE_URL: none.url }), 'livy').next ?? '', /base path/);
});

test('a clock that is off is said with its distance and what it breaks', async (t) => {
  const { url } = await serve(t, { ...LIVY, '/version': { ...VERSION, date: 'Thu, 01 Jan 2026 00:00:00 GMT' } });
  const clock = of(await examine(t, { LIVYWIRE_URL: url }), 'clock');
  t.is(clock.level, 'note');
  t.regex(clock.seen, /our clock is \d+ s ahead of the server/);
  t.regex(clock.next ?? '', /NTP/);
});

const yarnRoutes = (node?: string): Routes => ({
  '/ws/v1/cluster/info': {
    body: { clusterInfo: { state: 'STARTED', haState: 'ACTIVE', resourceManagerVersion: '3.3.4' } },
  },
  '/ws/v1/cluster/nodes': {
    body: { nodes: node === undefined ? null : { node: [{ state: 'RUNNING', nodeHTTPAddress: node }] } },
  },
});

test('YARN, a NodeManager and the History Server are asked where they are named; credentials go to Livy alone', async (t) => {
  const livy = await serve(t, LIVY);
  const node = await serve(t, { '/ws/v1/node/info': { body: {} } });
  const yarn = await serve(t, yarnRoutes(node.url.slice('http://'.length)));
  const history = await serve(t, { '/api/v1/version': { body: { spark: '3.5.1' } } });
  const findings = await examine(t, {
    LIVYWIRE_URL: livy.url,
    LIVYWIRE_YARN_URL: yarn.url,
    LIVYWIRE_HISTORY_URL: history.url,
    LIVYWIRE_TOKEN: 'hunter2',
  });
  for (const check of ['yarn', 'node-manager', 'history-server'] as const) t.is(of(findings, check).level, 'ok', check);
  t.regex(of(findings, 'yarn').seen, /LIVYWIRE_YARN_URL.*STARTED, ACTIVE, 3\.3\.4/);
  t.true(livy.asked.every((line) => line.endsWith('(authorized)')));
  for (const { asked } of [yarn, node, history]) t.false(asked.some((line) => line.includes('authorized')));
});

test('YARN is found by a link of a running batch', async (t) => {
  const yarn = await serve(t, yarnRoutes());
  const livy = await serve(t, {
    '/version': VERSION,
    '/batches': batches({
      id: 0,
      appId: 'application_1_0001',
      appInfo: { driverLogUrl: null, sparkUiUrl: `${yarn.url}/proxy/application_1_0001/` },
    }),
  });
  const findings = await examine(t, { LIVYWIRE_URL: livy.url });
  t.is(of(findings, 'yarn').level, 'ok');
  t.regex(of(findings, 'yarn').seen, /from a link of Livy/);
  t.like(of(findings, 'node-manager'), { level: 'problem', seen: 'YARN has no running node: jobs will wait' });
});

test('a YARN that is named and does not answer is a problem, a NodeManager out of reach only a note', async (t) => {
  const livy = await serve(t, LIVY);
  const gone = await serve(t, {});
  gone.server.close();
  const named = of(await examine(t, { LIVYWIRE_URL: livy.url, LIVYWIRE_YARN_URL: gone.url }), 'yarn');
  t.like(named, { level: 'problem', fault: 'service' });
  const yarn = await serve(t, yarnRoutes(gone.url.slice('http://'.length)));
  const node = of(await examine(t, { LIVYWIRE_URL: livy.url, LIVYWIRE_YARN_URL: yarn.url }), 'node-manager');
  t.is(node.level, 'note');
  t.regex(node.seen, /cannot be read live/);
});

test('a standby ResourceManager is told from the active one', async (t) => {
  const livy = await serve(t, LIVY);
  const yarn = await serve(t, { '/ws/v1/cluster/info': { body: { clusterInfo: { haState: 'STANDBY' } } } });
  t.regex(of(await examine(t, { LIVYWIRE_URL: livy.url, LIVYWIRE_YARN_URL: yarn.url }), 'yarn').seen, /standby/);
});

test('of several ResourceManagers the active one counts, and a standby one is no problem', async (t) => {
  const livy = await serve(t, LIVY);
  const node = await serve(t, { '/ws/v1/node/info': { body: { nodeInfo: {} } } });
  const yarn = await serve(t, yarnRoutes(node.url.slice('http://'.length)));
  const standby = await serve(t, { '/ws/v1/cluster/info': { body: { clusterInfo: { haState: 'STANDBY' } } } });
  const both = `${standby.url}, ${yarn.url}`;
  const seen = (await examine(t, { LIVYWIRE_URL: livy.url, LIVYWIRE_YARN_URL: both })).filter(
    (one) => one.check === 'yarn',
  );
  t.deepEqual(
    seen.map(({ level }) => level),
    ['ok', 'ok'],
  );
  t.true(seen[0]?.seen.includes(standby.url));
  t.regex(seen[1]?.seen ?? '', /STARTED, ACTIVE/);
});

test('proxies in effect, maps and unchecked certificates are told', async (t) => {
  const { url } = await serve(t, LIVY);
  const findings = await examine(t, {
    LIVYWIRE_URL: url,
    HTTPS_PROXY: 'http://u:hunter2@p:1',
    LIVYWIRE_MAP: 'a=b',
    LIVYWIRE_INSECURE: 'true',
  });
  const network = findings.filter(({ check }) => check === 'network').map(({ seen }) => seen);
  t.is(network.length, 3);
  t.regex(network[0] ?? '', /HTTPS_PROXY is set/);
  t.regex(network[1] ?? '', /a=b/);
  t.regex(network[2] ?? '', /certificates are not checked \(LIVYWIRE_INSECURE\)/);
  t.notRegex(JSON.stringify(findings), /hunter2/);
});

test('a ledger that cannot be written is the caller’s problem', async (t) => {
  const ledger = of(await examine(t, { LIVYWIRE_LEDGER: '/dev/null/ledger' }), 'ledger');
  t.like(ledger, { level: 'problem', fault: 'caller' });
  t.regex(ledger.next ?? '', /--ledger/);
});

test('of a ledger in S3 the way out is the one that AWS’s refusal has, not another folder', async (t) => {
  const env = {
    LIVYWIRE_LEDGER: 's3://team-bucket/l',
    LIVYWIRE_REGION: 'us-east-1',
    LIVYWIRE_AWS_PROFILE: 'livywire-has-none',
  };
  const ledger = of(await examine(t, env), 'ledger');
  t.like(ledger, { level: 'problem', fault: 'caller' });
  t.regex(ledger.seen, /^the ledger s3:\/\/team-bucket\/l .* profile livywire-has-none gives no AWS credentials/);
  t.regex(ledger.next ?? '', /^set AWS_PROFILE/);
});
