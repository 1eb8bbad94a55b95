/** The recipes of docs/airflow.md in a real Airflow, over a real Livy, YARN, S3 and Step Functions of this machine. Airflow is fetched once. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import { deployHandlers, down, type LocalInstance, StepFunctions, up } from '../../src/local/index.js';
import { runSparkJob } from '../../src/workflow/index.js';
import { ask, askUntil } from '../../test/helpers/livy-rest.js';
import { buildHandlers } from '../gate/build-handlers.js';
import { root } from '../gate/project.js';
import { type Airflow, installAirflow, startAirflow } from '../peers/airflow.js';
import { familyOf, killAll } from '../peers/processes.js';
import type { Proof } from './proof.js';

/** What a recipe is to show. */
interface Case {
  readonly name: string;
  readonly dag: string;
  /** `applications` is left out where there may be one for each try; `tries` where Airflow 3.3 does not count as it says: some looks of a sensor are tries, and a killed try is none. */
  readonly wanted: { readonly state: string; readonly tries?: number; readonly applications?: number };
  /** Kills Airflow's process of the task, and all below it, once its application runs. */
  readonly killsWorker?: true;
}

const cases: readonly Case[] = [
  { name: 'waiting task', dag: 'nightly_bash', wanted: { state: 'success', tries: 1, applications: 1 } },
  {
    name: 'waiting task, its job fails',
    dag: 'nightly_bash_fails',
    wanted: { state: 'failed', tries: 2, applications: 2 },
  },
  {
    name: 'waiting task, its worker is killed',
    dag: 'nightly_bash_sleeps',
    wanted: { state: 'success', tries: 2, applications: 1 },
    killsWorker: true,
  },
  { name: 'sensor', dag: 'nightly_sensor', wanted: { state: 'success', applications: 1 } },
  {
    name: 'sensor, its job fails for good',
    dag: 'nightly_sensor_fails',
    wanted: { state: 'failed' },
  },
  { name: 'state machine', dag: 'nightly_machine', wanted: { state: 'success', tries: 1, applications: 1 } },
  {
    name: 'state machine, its job fails',
    dag: 'nightly_machine_fails',
    wanted: { state: 'failed', tries: 2, applications: 2 },
  },
  { name: 'functions', dag: 'nightly_functions', wanted: { state: 'success', applications: 1 } },
  {
    name: "Airflow's own LivyOperator, its worker is killed",
    dag: 'livy_operator',
    wanted: { state: 'success', applications: 2 },
    killsWorker: true,
  },
];

/** Of the cases' names; to try a few. */
const ONLY = new RegExp(process.env.AIRFLOW_ONLY ?? '');

/** For comparison: what the provider's own operator does with the same fault. */
const livyOperator = `
from datetime import timedelta

from airflow.providers.apache.livy.operators.livy import LivyOperator
from airflow.sdk import dag


@dag(schedule=None, default_args={"retries": 1, "retry_delay": timedelta(seconds=5)})
def livy_operator():
    LivyOperator(task_id="sales", file="s3://team-bucket/jobs/sleep.py", args=["60"], polling_interval=2)


livy_operator()
`;

/** The blocks of Python of the page, each under its DAG's name, and the same with another job. */
async function dagsOf(bucket: string): Promise<Record<string, string>> {
  const page = await readFile(join(root, 'docs/airflow.md'), 'utf8');
  const blocks = [...page.matchAll(/```python\n(.*?)```/gs)].map(([, code = '']) => code);
  const quick = (code: string): string =>
    code
      .replaceAll('team-bucket', bucket)
      .replaceAll('"@daily"', 'None')
      .replaceAll('timedelta(minutes=5)', 'timedelta(seconds=5)')
      .replaceAll('"retries": 2', '"retries": 1')
      .replaceAll('poke_interval=60', 'poke_interval=5')
      .replaceAll('waiter_delay=30', 'waiter_delay=5');
  const dags = Object.fromEntries(
    [...blocks, livyOperator].map((code) => [/\ndef (\w+)\(\):\n/.exec(code)?.[1] ?? '', quick(code)]),
  );
  const like = (name: string, as: string, change: (code: string) => string): void => {
    dags[as] = change(dags[name] ?? '').replaceAll(name, as);
  };
  const failing = (code: string): string => code.replaceAll(/jobs\/\w+\.py/g, 'jobs/fail.py');
  like('nightly_bash', 'nightly_bash_fails', failing);
  like('nightly_bash', 'nightly_bash_sleeps', (code) => code.replace(/wordcount\.py .*"/, 'sleep.py 60"'));
  like('nightly_sensor', 'nightly_sensor_fails', failing);
  like('nightly_machine', 'nightly_machine_fails', failing);
  return dags;
}

interface App {
  readonly id: string;
  readonly state: string;
}
async function appsOf({ behind }: LocalInstance): Promise<readonly App[]> {
  const { apps } = (await ask(`${behind?.resourceManager}/ws/v1/cluster/apps`)) as { apps: { app?: App[] } | null };
  return apps?.app ?? [];
}

/** Kills Airflow's process of the task, where it can be told, and what the task has started. No other task is at work just then. */
async function killWorker(airflow: Airflow, dag: string): Promise<number> {
  const family = await familyOf(airflow.pid);
  const victims = family.filter(({ words }) => words.includes('task runner') || words.includes(`${dag}/`));
  killAll(victims);
  return victims.length;
}

async function prove(one: Case, airflow: Airflow, instance: LocalInstance) {
  const before = new Set((await appsOf(instance)).map(({ id }) => id));
  const fresh = async () => (await appsOf(instance)).filter(({ id }) => !before.has(id));
  const startedAt = performance.now();
  await airflow.start(one.dag, 'proof');
  let killed: number | undefined;
  if (one.killsWorker) {
    await askUntil(fresh, (apps) => apps.some(({ state }) => state === 'RUNNING'));
    killed = await killWorker(airflow, one.dag);
  }
  const view = await askUntil(
    () => airflow.task(one.dag, 'proof', 'sales'),
    ({ state }) => state === 'success' || state === 'failed',
  );
  const got = { state: view.state, tries: view.tries, applications: (await fresh()).length };
  const logs = [];
  for (let i = 1; i <= view.tries; i++) logs.push(`try ${i}`, await airflow.log(one.dag, 'proof', 'sales', i));
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  return {
    case: one.name,
    wanted: one.wanted,
    got,
    seconds,
    ...(killed !== undefined && { killed }),
    log: logs.join('\n'),
  };
}

export const proof: Proof = {
  name: 'airflow',
  claim:
    'The recipes of docs/airflow.md work in a real Airflow: a retry adopts what runs, and starts again what failed',
  async run(say) {
    const bin = await installAirflow(say);
    await execa('npm', ['run', 'build'], { cwd: root });
    const folder = await mkdtemp(join(tmpdir(), 'livywire-airflow-'));
    const places = { name: 'nightly', stateDir: join(folder, 'state') };
    let airflow: Airflow | undefined;
    try {
      const instance = await up({ ...places, aws: true });
      const { aws } = instance;
      if (!aws) throw new Error('an instance with AWS says where it is');
      const s3 = new S3Client({ endpoint: aws.endpoint, region: aws.region, credentials: aws });
      const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: aws.bucket, Key, Body }));
      for (const job of ['wordcount.py', 'sleep.py', 'fail.py'])
        await put(`jobs/${job}`, await readFile(join(root, 'jobs', job), 'utf8'));
      await put('in/words.txt', 'one two two\n');
      const { functions } = await deployHandlers(instance, { bundles: await buildHandlers('airflow-proof') });
      await new StepFunctions(aws).put('run-spark-job', runSparkJob({ functions }));
      const programs = join(folder, 'bin');
      await mkdir(programs);
      const program = join(programs, 'livywire');
      await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'dist/cli/bin.js')}" "$@"\n`);
      await chmod(program, 0o755);
      const env = {
        PATH: `${programs}:${process.env.PATH ?? ''}`,
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_REGION: aws.region,
        AWS_DEFAULT_REGION: aws.region,
        AWS_ACCESS_KEY_ID: aws.accessKeyId,
        AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
        AIRFLOW_CONN_AWS_DEFAULT: `aws://?region_name=${aws.region}`,
        AIRFLOW_CONN_LIVY_DEFAULT: instance.url,
      };
      airflow = await startAirflow(bin, join(folder, 'airflow'), { env, dags: await dagsOf(aws.bucket) });
      const rows = [];
      for (const one of cases.filter(({ name }) => ONLY.test(name))) {
        const { log, ...row } = await prove(one, airflow, instance);
        const isRight =
          row.got.applications <= Math.max(row.got.tries, row.wanted.applications ?? 0) &&
          (['state', 'tries', 'applications'] as const).every(
            (what) => row.wanted[what] === undefined || row.wanted[what] === row.got[what],
          );
        say(`${isRight ? 'ok    ' : 'WRONG '} ${one.name}: ${JSON.stringify(row.got)}, ${row.seconds} s`);
        if (!isRight) say(log);
        rows.push({ ...row, isRight });
      }
      const missed = rows.filter(({ isRight }) => !isRight).map((row) => `${row.case}: ${JSON.stringify(row.got)}`);
      return { figures: { versions: airflow.versions, rows }, missed };
    } finally {
      await airflow?.stop();
      await down(places);
      await rm(folder, { recursive: true, force: true });
    }
  },
};
