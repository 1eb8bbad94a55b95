/** What is left out of the functions' bundles is not missed: by the way out to servers, and by a run from its submit to its end. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { build } from 'esbuild';
import { leaner } from '../../scripts/gate/lambda-bundles.js';
import { buildHandlers } from '../../scripts/gate/build-handlers.js';
import { root } from '../../scripts/gate/project.js';
import type * as httpRoom from '../../src/http/index.js';
import { connectProxy } from '../helpers/connect-proxy.js';
import { startMoto, standInCredentials } from '../helpers/moto.js';
import { s3World } from '../helpers/s3-world.js';
import { json, redirect, reset, text, webServer } from '../helpers/web-server.js';

standInCredentials();
const aws = startMoto();
test.after.always(async () => (await aws)?.stop());

/** The room as a function has it, from a file of its own. */
async function leanHttp(t: ExecutionContext): Promise<typeof httpRoom> {
  const folder = await mkdtemp(join(root, '.work', 'lean-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const outfile = join(folder, 'http.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['src/http/index.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    define: { __LIVYWIRE_VERSION__: '"0.0.0"' },
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    plugins: [leaner],
    logLevel: 'error',
  });
  return (await import(pathToFileURL(outfile).href)) as typeof httpRoom;
}

test.before(() => mkdir(join(root, '.work'), { recursive: true }));

test('requests and answers of all kinds go past what is left out of axios', async (t) => {
  const { Http } = await leanHttp(t);
  const long = 'x'.repeat(100_000);
  const server = await webServer(t, [
    json({ a: 1 }),
    json({ id: 7 }, 201),
    text(gzipSync('{"zipped":true}'), 200, { 'Content-Encoding': 'gzip' }),
    redirect(307, '/there'),
    json({ moved: true }),
    text(long),
    json({ msg: 'no' }, 400),
    reset,
  ]);
  const http = new Http({ baseUrl: server.url, retries: 0 });
  t.teardown(() => http.close());
  t.deepEqual(await http.get('/a', { query: { size: 1 } }), { a: 1 });
  t.deepEqual(await http.post('/b', { file: 'ü.py' }), { id: 7 });
  t.is(server.seen[1]?.body, '{"file":"ü.py"}');
  t.deepEqual(await http.get('/zipped'), { zipped: true });
  t.deepEqual(await http.get('/here'), { moved: true });
  const cut = await http.getText('/log', { maxBytes: 1_000 });
  t.deepEqual([cut.text.length, cut.truncated], [1_000, true]);
  await t.throwsAsync(http.get('/refused'), { name: 'HttpStatusError' });
  await t.throwsAsync(http.get('/reset'), { name: 'UnreachableError' });
  await server.close();
  await t.throwsAsync(http.delete('/gone'), { name: 'UnreachableError' });
});

test('a proxy is gone through without what is left out of axios', async (t) => {
  const { createNetwork, Http } = await leanHttp(t);
  const server = await webServer(t, json({ through: true }));
  const proxy = await connectProxy({ names: { 'livy:80': { host: '127.0.0.1', port: server.port } } });
  t.teardown(() => proxy.close());
  const network = createNetwork({ proxy: `http://127.0.0.1:${proxy.port}` });
  const http = new Http({ baseUrl: 'http://livy', network, retries: 0 });
  t.teardown(() => http.close());
  t.deepEqual(await http.get('/batches'), { through: true });
  t.is(proxy.asked.length, 1);
});

const APP = 'application_1700000000000_0007';

/** A Livy and a ResourceManager at one address, for one batch. `end()` ends it. */
async function cluster(t: ExecutionContext) {
  let name: string | undefined;
  let isOver = false;
  const startedOn = Date.now() - 3_600_000;
  const app = () => ({
    id: APP,
    name,
    user: 'livy',
    queue: 'default',
    state: isOver ? 'FINISHED' : 'RUNNING',
    finalStatus: isOver ? 'SUCCEEDED' : 'UNDEFINED',
    applicationType: 'SPARK',
    applicationTags: name?.toLowerCase() ?? '',
    startedTime: Date.now() - 60_000,
    finishedTime: isOver ? Date.now() : 0,
    clusterId: startedOn,
  });
  const batch = () => ({ id: 0, name, state: isOver ? 'success' : 'running', appId: APP, appInfo: {}, log: [] });
  const server = await webServer(t, ({ method, url, body }, response, request) => {
    const answer = (data: unknown, status = 200) =>
      json(data, status)({ method, url, body } as never, response, request);
    if (method === 'POST') {
      ({ name } = JSON.parse(body) as { name: string });
      return answer(batch(), 201);
    }
    const { pathname } = new URL(url, 'http://any');
    if (pathname === '/ws/v1/cluster/info')
      return answer({ clusterInfo: { startedOn, state: 'STARTED', haState: 'ACTIVE' } });
    if (pathname === '/ws/v1/cluster/apps') return answer({ apps: name === undefined ? null : { app: [app()] } });
    if (pathname === `/ws/v1/cluster/apps/${APP}`) return answer({ app: app() });
    if (name !== undefined && /^\/batches\/[^/]+$/.test(pathname)) return answer(batch());
    return answer({ msg: 'not found' }, 404);
  });
  return { url: server.url, end: () => (isOver = true) };
}

/** A program that calls handlers one after the other, as it is told on its standard input. */
const CALLER = `
  import { createInterface } from 'node:readline';
  const invokedFunctionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:f';
  const context = { awsRequestId: 'r', functionName: 'f', invokedFunctionArn, getRemainingTimeInMillis: () => 100000 };
  const { handler } = await import(process.argv[2]);
  for await (const line of createInterface({ input: process.stdin }))
    console.log('answer ' + JSON.stringify(await handler(JSON.parse(line), context)));`;

interface Called {
  readonly nexts: readonly string[];
  readonly answer: object | undefined;
  /** The function's files that were read. */
  readonly files: readonly string[];
}

/** One process of a function, with all that it loads. */
async function called(folder: string, handler: string, events: readonly object[], env: object): Promise<Called> {
  const coverage = await mkdtemp(join(folder, 'loaded-'));
  const script = join(folder, 'caller.mjs');
  await writeFile(script, CALLER);
  const running = promisify(execFile)(process.execPath, [script, join(folder, handler, 'index.mjs')], {
    // Node writes down there what it has loaded.
    env: { ...process.env, ...env, NODE_V8_COVERAGE: coverage, POWERTOOLS_LOG_LEVEL: 'ERROR' },
  });
  running.child.stdin?.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const { stdout } = await running;
  const [seen = ''] = await readdir(coverage);
  const { result } = JSON.parse(await readFile(join(coverage, seen), 'utf8')) as {
    readonly result: readonly { readonly url: string }[];
  };
  const home = pathToFileURL(join(folder, handler)).href;
  const answers = stdout
    .split('\n')
    .flatMap((line) => (line.startsWith('answer ') ? [JSON.parse(line.slice(7)) as { next: string }] : []));
  return {
    nexts: answers.map(({ next }) => next),
    answer: answers.at(-1),
    files: result.flatMap(({ url }) => (url.startsWith(home) ? [fileURLToPath(url)] : [])),
  };
}

/** Of files, each gzipped by itself, in kB. */
async function weight(...files: readonly string[]): Promise<number> {
  const sizes = await Promise.all([...new Set(files)].map(async (file) => gzipSync(await readFile(file)).length));
  return sizes.reduce((all, one) => all + one, 0) / 1_000;
}

test('submit and status load less than 150 kB, gzipped, for a run at Livy and YARN with its ledger in S3', async (t) => {
  const world = await s3World(t, aws);
  if (!world) return;
  const folder = await buildHandlers('lean-test');
  t.teardown(() => rm(folder, { recursive: true }));
  const there = await cluster(t);
  const env = {
    LIVYWIRE_URL: there.url,
    LIVYWIRE_YARN_URL: there.url,
    LIVYWIRE_LEDGER: `s3://${world.bucket}/livywire`,
    AWS_ENDPOINT_URL: world.proxy.url,
  };
  const event = { job: { file: 's3://jobs/etl.py' }, key: 'k' };
  const begun = await called(folder, 'submit', [event], env);
  t.deepEqual(begun.nexts, ['status']);
  there.end();
  const looked = await called(folder, 'status', [{ ...event, run: begun.answer }], env);
  t.deepEqual(looked.nexts, ['submit']);
  const concluded = await called(folder, 'submit', [{ ...event, run: looked.answer }], env);
  t.deepEqual(concluded.nexts, ['done']);
  const [submit, status] = [await weight(...begun.files, ...concluded.files), await weight(...looked.files)];
  t.log(`submit ${submit.toFixed(1)} kB, status ${status.toFixed(1)} kB`);
  // Less than half would mean that something was not counted.
  t.true(submit < 150 && submit > 75);
  t.true(status < 150 && status > 75);
});
