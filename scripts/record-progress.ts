/**
 * Records what Spark's monitoring API and YARN's scheduler answer while jobs of `jobs/` run and wait, into test/fixtures/hadoop.
 *
 *     npx tsx src/cli/bin.ts local up --yarn --name record --allow $PWD/jobs     # prints the addresses
 *     npx tsx scripts/record-progress.ts --livy <url> --yarn <url> --history <url> [--only stages|straggler|waiting]
 *
 * `--prefix fair-` names what came from another ResourceManager, here one with the fair scheduler. The instance should be idle. Bodies are kept as they came, but for folders of the machine; a trace keeps of each answer
 * the fields that are read.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { root } from './gate/project.js';

const { values } = parseArgs({
  options: {
    livy: { type: 'string' },
    yarn: { type: 'string' },
    history: { type: 'string' },
    only: { type: 'string' },
    prefix: { type: 'string', default: '' },
  },
});
const { livy, yarn, history, prefix } = values;
if (livy === undefined || yarn === undefined || history === undefined)
  throw new Error('--livy, --yarn and --history are needed');

const out = join(root, 'test/fixtures/hadoop');
mkdirSync(out, { recursive: true });

interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function get(url: string): Promise<Answer> {
  const answer = await fetch(url, { redirect: 'manual', headers: { Accept: 'application/json' } });
  const headers = Object.fromEntries(
    ['content-type', 'location'].flatMap((name) =>
      answer.headers.has(name) ? [[name, answer.headers.get(name) ?? '']] : [],
    ),
  );
  return { url, status: answer.status, headers, body: await answer.text() };
}

/** Whose machine it was is no part of an answer. */
const clean = (text: string): string =>
  text
    .replaceAll(join(root, 'jobs'), '/srv/jobs')
    .replaceAll(/(?:\/[\w.-]+)+\/nm-local/g, '/var/yarn/nm-local')
    .replaceAll(homedir(), '/home/livy')
    .replaceAll(root, '/srv');

function keep(name: string, { url, ...answer }: Answer): void {
  writeFileSync(
    join(out, `${prefix}${name}.json`),
    `${clean(JSON.stringify({ asked: `GET ${url}`, ...answer }, undefined, 1))}\n`,
  );
  console.log(`${name}: ${answer.status}`);
}
const record = async (name: string, url: string): Promise<void> => keep(name, await get(url));

interface Batch {
  readonly id: number;
  readonly appId: string | null;
}

async function submit(
  job: string,
  args: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<Batch> {
  const body = JSON.stringify({
    file: join(root, 'jobs', job),
    args,
    conf: { 'spark.dynamicAllocation.enabled': false },
    ...more,
  });
  const headers = { 'Content-Type': 'application/json', 'X-Requested-By': 'record' };
  const answer = await fetch(`${livy}/batches`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Batch;
}

async function appOf({ id }: Batch): Promise<string> {
  for (;;) {
    const { appId } = (await (await fetch(`${livy}/batches/${id}`)).json()) as Batch;
    if (appId !== null) return appId;
    await sleep(500);
  }
}

const appState = async (appId: string): Promise<string> => {
  const { app } = JSON.parse((await get(`${yarn}/ws/v1/cluster/apps/${appId}`)).body) as { app: { state: string } };
  return app.state;
};

async function until(appId: string, states: readonly string[]): Promise<void> {
  while (!states.includes(await appState(appId))) await sleep(300);
}

const stop = async ({ id }: Batch): Promise<void> =>
  void (await fetch(`${livy}/batches/${id}`, { method: 'DELETE', headers: { 'X-Requested-By': 'record' } }));

const over = ['FINISHED', 'FAILED', 'KILLED'];
const fields = {
  jobs:
    'jobId status name submissionTime stageIds numTasks numActiveTasks numCompletedTasks numCompletedIndices numSkippedTasks ' +
    'numFailedTasks numActiveStages numCompletedStages numSkippedStages numFailedStages',
  stages:
    'stageId attemptId status name numTasks numActiveTasks numCompleteTasks numCompletedIndices numFailedTasks submissionTime ' +
    'firstTaskLaunchedTime completionTime inputBytes outputBytes shuffleReadBytes shuffleWriteBytes diskBytesSpilled',
  executors: 'id isActive totalInputBytes totalShuffleRead totalShuffleWrite',
  sql: 'id status description',
} as const;

function lean(body: string, names: string): unknown {
  const list = JSON.parse(body) as Record<string, unknown>[];
  const wanted = names.split(' ');
  return list.map((one) => Object.fromEntries(wanted.flatMap((name) => (name in one ? [[name, one[name]]] : []))));
}

/** A driver's answers, each second from its start to its end, and then what the History Server has of it. */
async function trace(name: string, args: readonly string[]): Promise<void> {
  const batch = await submit('stages.py', args);
  const appId = await appOf(batch);
  const api = `${yarn}/proxy/${appId}/api/v1/applications/${appId}`;
  await record(`spark-${name}-accepted-jobs`, `${api}/jobs`);
  await until(appId, ['RUNNING']);
  const readings: unknown[] = [];
  const start = Date.now();
  while (!over.includes(await appState(appId))) {
    const [jobs, stages, all, executors, sql] = await Promise.all(
      [
        '/jobs',
        '/stages?status=active',
        '/stages',
        '/allexecutors',
        '/sql?details=false&planDescription=false&offset=0&length=50',
      ].map((path) => get(api + path)),
    );
    if (
      jobs?.status === 200 &&
      stages?.status === 200 &&
      all?.status === 200 &&
      executors?.status === 200 &&
      sql?.status === 200
    ) {
      readings.push({
        atMs: Date.now() - start,
        jobs: lean(jobs.body, fields.jobs),
        active: lean(stages.body, fields.stages),
        stages: lean(all.body, fields.stages),
        executors: lean(executors.body, fields.executors),
        sql: lean(sql.body, fields.sql),
      });
      if (readings.length === 3) keep(`spark-${name}-running-stages`, stages);
    }
    await sleep(1_000);
  }
  writeFileSync(
    join(out, `${prefix}spark-${name}-trace.json`),
    `[\n${readings.map((one) => clean(JSON.stringify(one))).join(',\n')}\n]\n`,
  );
  console.log(`spark-${name}-trace: ${readings.length} readings`);
  await record(`spark-${name}-over-jobs`, `${api}/jobs`);
  await sleep(8_000);
  const app = `${history}/api/v1/applications/${appId}`;
  await record(`spark-${name}-history`, app);
  for (const what of ['jobs', 'stages', 'allexecutors'])
    await record(`spark-${name}-history-${what}`, `${app}/1/${what}`);
}

/** Somebody holds the queue, and others wait for it. */
async function waiting(): Promise<void> {
  const holder = await submit('sleep.py', ['300'], { name: 'etl_sales', executorMemory: '3g', numExecutors: 1 });
  await until(await appOf(holder), ['RUNNING']);
  const second = await submit('sleep.py', ['300'], { name: 'etl_stock', executorMemory: '1g', numExecutors: 1 });
  await until(await appOf(second), ['RUNNING']);
  await sleep(10_000);
  const waiters: Batch[] = [];
  for (const name of ['report_a', 'report_b']) {
    const one = await submit('sleep.py', ['1'], { name, driverMemory: '4g' });
    waiters.push(one);
    await until(await appOf(one), ['ACCEPTED']);
  }
  await sleep(3_000);
  const last = await appOf(waiters[1] as Batch);
  await record('wait-app', `${yarn}/ws/v1/cluster/apps/${last}`);
  await record('wait-apps', `${yarn}/ws/v1/cluster/apps?states=ACCEPTED,RUNNING&deSelects=resourceRequests`);
  await record('wait-scheduler', `${yarn}/ws/v1/cluster/scheduler`);
  await record('wait-nodes', `${yarn}/ws/v1/cluster/nodes?states=RUNNING`);
  for (const one of [...waiters, second, holder]) await stop(one);
}

const parts: Readonly<Record<string, () => Promise<void>>> = {
  stages: () => trace('stages', ['0.4', '24']),
  straggler: () => trace('straggler', ['0.3', '24', '15']),
  waiting,
};
for (const [name, part] of Object.entries(parts)) if (values.only === undefined || values.only === name) await part();
