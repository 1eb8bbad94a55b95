/**
 * Records what a real ResourceManager and a real Spark History Server answer, into test/fixtures/yarn.
 *
 *     npx tsx scripts/record-yarn.ts --jars <folder of Hadoop's jars> --spark <SPARK_HOME> [--python <interpreter>] [--only <part>]
 *
 * Starts its own servers on 127.0.0.1 and stops them. Bodies are kept byte for byte, but for the work folder's path.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { root } from './gate/project.js';
import { Cluster, until } from './record-yarn/cluster.js';
import { scripts } from './record-yarn/scripts.js';

const { values } = parseArgs({
  options: {
    jars: { type: 'string' },
    spark: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    only: { type: 'string' },
  },
});
if (values.jars === undefined || values.spark === undefined) throw new Error('--jars and --spark are needed');

const out = join(root, 'test/fixtures/yarn');
const folder = mkdtempSync(join(tmpdir(), 'record-yarn-'));
const cluster = new Cluster(folder, values.jars, values.spark);
const python = {
  'spark.yarn.appMasterEnv.PYSPARK_PYTHON': values.python,
  'spark.executorEnv.PYSPARK_PYTHON': values.python,
};
const asJson = { Accept: 'application/json' };
const kept = ['date', 'content-type', 'location', 'refresh', 'retry-after'];

interface Question {
  readonly method?: 'GET' | 'PUT' | 'POST';
  readonly at?: 'rm' | 'rm2' | 'history';
  readonly body?: unknown;
}

async function ask(path: string, { method = 'GET', at = 'rm', body }: Question = {}) {
  const url = cluster.url(at) + path;
  const headers = { ...asJson, ...(body !== undefined && { 'Content-Type': 'application/json' }) };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(url, { method, redirect: 'manual', headers, ...sent });
  return { url, method, status: answer.status, headers: answer.headers, body: await answer.text() };
}
type Answer = Awaited<ReturnType<typeof ask>>;

function keep(name: string, { url, method, status, headers, body }: Answer): void {
  const shown = Object.fromEntries(kept.flatMap((key) => (headers.has(key) ? [[key, headers.get(key)]] : [])));
  const record = { asked: `${method} ${url}`, status, headers: shown, body };
  const text = JSON.stringify(record, undefined, 1).replaceAll(folder, '/var/yarn');
  writeFileSync(join(out, `${name}.json`), `${text}\n`);
  console.log(`${name}: ${String(status)}`);
}
const record = async (name: string, path: string, question: Question = {}): Promise<void> =>
  keep(name, await ask(path, question));

const apps = '/ws/v1/cluster/apps';
const lean = 'deSelects=resourceRequests';
const byId = (id: string) => `${apps}/${id}?${lean}`;
const byTag = (tag: string) => `${apps}?applicationTags=${tag}&${lean}`;

const AppBody = z.object({ app: z.object({ state: z.string(), finalStatus: z.string() }) });
const AppsBody = z.object({ apps: z.object({ app: z.array(z.object({ id: z.string() })).default([]) }) });
const NewBody = z.object({ 'application-id': z.string() });

async function statesOf(id: string): Promise<readonly [string, Answer]> {
  const answer = await ask(byId(id));
  const { app } = AppBody.parse(JSON.parse(answer.body));
  return [`${app.state}-${app.finalStatus}`.toLowerCase(), answer];
}
async function idByTag(tag: string): Promise<string> {
  const { app } = AppsBody.parse(JSON.parse((await ask(byTag(tag))).body)).apps;
  if (!app[0]) throw new Error(`no application with the tag ${tag}`);
  return app[0].id;
}

/** Submits without Spark, through the ResourceManager's own REST. */
async function submit(command: string, { tag, user, attempts = 1 }: { tag: string; user?: string; attempts?: number }) {
  const as = user === undefined ? '' : `?user.name=${user}`;
  const { body } = await ask(`${apps}/new-application${as}`, { method: 'POST' });
  const id = NewBody.parse(JSON.parse(body))['application-id'];
  const spec = {
    'application-id': id,
    'application-name': tag,
    'max-app-attempts': attempts,
    'am-container-spec': { commands: { command: `${command} 1>>stdout 2>>stderr` } },
    resource: { memory: 256, vCores: 1 },
    'application-type': 'SAMPLE',
    'application-tags': { tag: [tag] },
  };
  const answer = await ask(apps + as, { method: 'POST', body: spec });
  if (answer.status !== 202) throw new Error(`not accepted: ${answer.body}`);
  return id;
}
const masterSaying = (finalStatus: string, seconds = 0) =>
  `$JAVA_HOME/bin/java -Xmx128m -cp '${cluster.classpath}' ${join(root, 'scripts/record-yarn/Am.java')} ${finalStatus} ${String(seconds)}`;

/** Keeps the first answer of each state on the way to an end. */
async function watch(id: string, prefix: string): Promise<void> {
  const seen = new Set<string>();
  await until(
    `the end of ${id}`,
    async () => {
      const [states, answer] = await statesOf(id);
      if (!seen.has(states)) keep(`${prefix}-${states}`, answer);
      seen.add(states);
      return /^(finished|failed|killed)/.test(states);
    },
    20,
  );
}

// While it recovers it answers already, and knows nothing yet.
const rmIsUp = () =>
  until('the ResourceManager', async () => (await ask('/ws/v1/cluster/info')).body.includes('"ACTIVE"'), 100);
const nodeIsUp = () =>
  until('a node', async () => (await ask('/ws/v1/cluster/metrics')).body.includes('"activeNodes":1'));
async function restart(changes: Readonly<Record<string, string>>): Promise<void> {
  await cluster.stop('rm');
  cluster.configure(changes);
  cluster.start('rm');
  await rmIsUp();
}
const forgetful = { 'yarn.resourcemanager.recovery.enabled': 'false' };
const kill = (id: string, as = '') =>
  [`${apps}/${id}/state${as}`, { method: 'PUT', body: { state: 'KILLED' } }] as const;

async function ordinary(): Promise<void> {
  cluster.start('rm');
  await rmIsUp();
  await record('info', '/ws/v1/cluster/info');
  await record('conf-max-completed', '/conf?name=yarn.resourcemanager.max-completed-applications');
  await record('conf-filter', '/conf?name=yarn.webapp.filter-entity-list-by-user');
  await record('conf-filter-old-name', '/conf?name=yarn.resourcemanager.display.per-user-apps');
  await record('conf-stored', '/conf?name=yarn.resourcemanager.state-store.max-completed-applications');
  await record('conf-unknown-name', '/conf?name=no.such.setting');
  await record('apps-none', byTag('nobody'));
  await record('app-not-found', byId('application_1_0001'));
  await record('app-bad-id', byId('bogus'));

  const waiting = await submit('true', { tag: 'waiting' });
  for (let i = 0; i < 40; i++) {
    const [states, answer] = await statesOf(waiting);
    keep(`app-${states}`, answer);
    if (states.startsWith('accepted')) break;
  }
  await record('kill-waiting', ...kill(waiting));
  await until('killed', async () => (await statesOf(waiting))[0] === 'killed-killed');
  await record('app-killed-while-waiting', byId(waiting));

  cluster.start('nm');
  await nodeIsUp();
  await watch(await submit(masterSaying('SUCCEEDED', 3), { tag: 'succeeds' }), 'app');
  for (const status of ['FAILED', 'KILLED', 'UNDEFINED']) {
    await watch(await submit(masterSaying(status), { tag: status.toLowerCase() }), 'app');
  }
  const crash = await submit('exit 3', { tag: 'crashes', attempts: 2 });
  await watch(crash, 'app-crash');
  await record('attempts-crash', `${apps}/${crash}/appattempts`);
  const sleeper = await submit('sleep 600', { tag: 'sleeper' });
  await sleep(4_000);
  await record('kill-running', ...kill(sleeper));
  await until('killed', async () => (await statesOf(sleeper))[0] === 'killed-killed');
  await record('app-killed', byId(sleeper));
  await record('kill-killed', ...kill(sleeper));
  await record('kill-not-found', ...kill('application_1_0001'));
  await record('apps-many', `${apps}?${lean}`);
}

async function spark(): Promise<void> {
  cluster.start('history');
  for (const [name, text] of Object.entries(scripts)) {
    const script = join(folder, `${name}.py`);
    writeFileSync(script, text);
    const done = cluster.spark(script, { ...python, 'spark.yarn.tags': `Spark-${name}` });
    await until(`${name} at YARN`, async () => (await idByTag(`spark-${name}`)) !== '');
    const id = await idByTag(`spark-${name}`);
    if (name === 'succeeds') {
      await until('running', async () => (await statesOf(id))[0].startsWith('running'), 20);
      await record('spark-running', byId(id));
      await until(
        'in progress',
        async () => (await ask(`/api/v1/applications/${id}`, { at: 'history' })).status === 200,
      );
      await record('history-in-progress', `/api/v1/applications/${id}`, { at: 'history' });
    }
    await Promise.all([done, watch(id, `spark-${name}`)]);
    await sleep(3_000); // the History Server reads its folder every second
    await record(`spark-${name}`, byTag(`Spark-${name}`));
    await record(`spark-${name}-attempts`, `${apps}/${id}/appattempts`);
    await record(`history-${name}`, `/api/v1/applications/${id}`, { at: 'history' });
    const last = z.object({ attempts: z.array(z.object({ attemptId: z.string() })) });
    const { attempts } = last.parse(JSON.parse((await ask(`/api/v1/applications/${id}`, { at: 'history' })).body));
    await record(`history-${name}-jobs`, `/api/v1/applications/${id}/${attempts[0]?.attemptId ?? ''}/jobs`, {
      at: 'history',
    });
  }
  const script = join(folder, 'fails.py');
  await cluster.spark(script, { 'spark.yarn.tags': 'spark-client', 'spark.pyspark.python': values.python }, 'client');
  await sleep(3_000);
  await record('spark-client-mode-fails', byTag('spark-client'));
  const client = await idByTag('spark-client');
  await record('history-client-mode', `/api/v1/applications/${client}`, { at: 'history' });
  await record('history-client-mode-jobs', `/api/v1/applications/${client}/jobs`, { at: 'history' });
  await record('history-not-found', '/api/v1/applications/application_1_0001', { at: 'history' });
  await cluster.stop('history', 'SIGTERM');
}

async function restarted(): Promise<void> {
  const before = await idByTag('spark-succeeds');
  await cluster.stop('rm');
  cluster.start('rm');
  // The same questions over and over, until the answers are those of an active one; of the others the first are kept.
  let isFirst = true;
  await until(
    'recovered',
    async () => {
      const info = await ask('/ws/v1/cluster/info');
      const answers = { app: await ask(byId(before)), tag: await ask(byTag('spark-succeeds')) };
      const stage = info.body.includes('"ACTIVE"') ? 'restarted' : 'restarting';
      if (stage === 'restarting' && !isFirst) return false;
      isFirst = false;
      keep(`${stage}-info`, info);
      for (const [name, answer] of Object.entries(answers)) keep(`${stage}-${name}`, answer);
      return stage === 'restarted';
    },
    5,
    30_000,
  );
  await restart(forgetful);
  await record('forgot-info', '/ws/v1/cluster/info');
  await record('forgot-app', byId(before));
  await record('forgot-tag', byTag('spark-succeeds'));
}

async function memory(): Promise<void> {
  await restart({ ...forgetful, 'yarn.resourcemanager.max-completed-applications': '2' });
  await nodeIsUp();
  for (const tag of ['first', 'second', 'third', 'fourth']) {
    const id = await submit('exit 3', { tag });
    await until('the end', async () => (await statesOf(id))[0].startsWith('failed'));
  }
  await record('memory-info', '/ws/v1/cluster/info');
  await record('memory-conf', '/conf?name=yarn.resourcemanager.max-completed-applications');
  await record('memory-conf-stored', '/conf?name=yarn.resourcemanager.state-store.max-completed-applications');
  await record('memory-apps', `${apps}?states=FINISHED,FAILED,KILLED&${lean}`);
  await record('memory-tag', byTag('first'));
}

async function access(): Promise<void> {
  const acls = { ...forgetful, 'yarn.acl.enable': 'true', 'yarn.admin.acl': 'admin' };
  for (const filter of ['false', 'true']) {
    await restart({ ...acls, 'yarn.webapp.filter-entity-list-by-user': filter });
    await nodeIsUp();
    const id = await submit('sleep 600', { tag: 'secret', user: 'alice' });
    await until('a container', async () =>
      (await ask(`${byId(id)}&user.name=alice`)).body.includes('"amContainerLogs"'),
    );
    const name = filter === 'true' ? 'filtered' : 'hidden';
    await record(`${name}-info`, '/ws/v1/cluster/info');
    await record(`${name}-conf`, '/conf?name=yarn.webapp.filter-entity-list-by-user');
    await record(`${name}-tag-as-owner`, `${byTag('secret')}&user.name=alice`);
    await record(`${name}-tag-as-other`, `${byTag('secret')}&user.name=bob`);
    await record(`${name}-app-as-other`, `${byId(id)}&user.name=bob`);
    await record(`${name}-kill-as-other`, ...kill(id, '?user.name=bob'));
    await record(`${name}-kill-as-owner`, ...kill(id, '?user.name=alice'));
  }
}

async function standby(): Promise<void> {
  await cluster.stop('nm', 'SIGTERM'); // which ends its containers, too
  await cluster.stop('rm');
  cluster.configure(cluster.highAvailability());
  cluster.start('rm');
  await until('an answer', async () => (await ask('/ws/v1/cluster/info')).status > 0);
  await record('standby-alone-info', '/ws/v1/cluster/info');
  await record('standby-alone-tag', byTag('spark-succeeds'));
  cluster.start('rm2');
  await until('an answer', async () => (await ask('/ws/v1/cluster/info', { at: 'rm2' })).status > 0);
  await cluster.hadoop('org.apache.hadoop.yarn.client.cli.RMAdminCLI', ['-transitionToActive', 'rm1']);
  await until('active', async () => (await ask('/ws/v1/cluster/info')).body.includes('"ACTIVE"'));
  await record('active-info', '/ws/v1/cluster/info');
  await record('active-tag', byTag('spark-succeeds'));
  await record('standby-info', '/ws/v1/cluster/info', { at: 'rm2' });
  await record('standby-tag', byTag('spark-succeeds'), { at: 'rm2' });
  await record('standby-conf', '/conf?name=yarn.resourcemanager.max-completed-applications', { at: 'rm2' });
}

const parts = { ordinary, spark, restarted, memory, access, standby };
try {
  mkdirSync(out, { recursive: true });
  await cluster.prepare();
  for (const [name, part] of Object.entries(parts)) {
    if (values.only === undefined || values.only === name) await part();
  }
} finally {
  await cluster.stopAll();
  rmSync(folder, { recursive: true, force: true });
}
