/** A real Airflow in a folder of its own: scheduler, triggerer and API of one version, over SQLite, on this machine alone. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { freePorts } from '../../src/local/ports.js';
import { ask, askUntil } from '../../test/helpers/livy-rest.js';
import { root } from '../gate/project.js';
import { familyOf, killAll } from './processes.js';

const PACKAGES = [
  'apache-airflow==3.3.2',
  'apache-airflow-providers-amazon[aiobotocore]==9.39.0',
  'apache-airflow-providers-standard==1.21.0',
  'apache-airflow-providers-apache-livy==4.6.4',
];

const NAMES = PACKAGES.map((one) => /^[\w-]+/.exec(one)?.[0] ?? one);

/** A task of a run of a DAG, as the API has it. */
export interface TaskView {
  readonly state: string | null;
  readonly tries: number;
}

export interface Airflow {
  readonly versions: Readonly<Record<string, string>>;
  start(dag: string, run: string): Promise<void>;
  task(dag: string, run: string, task: string): Promise<TaskView>;
  /** What one try of a task wrote. */
  log(dag: string, run: string, task: string, attempt: number): Promise<string>;
  /** The process that holds everything of it. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** Fetches it once. @returns the folder of its programs */
export async function installAirflow(say: (line: string) => void): Promise<string> {
  const home = join(root, '.work/peers/airflow-3.3.2');
  const bin = join(home, 'bin');
  const pip = (...args: string[]) => execa(join(bin, 'python'), ['-m', 'pip', ...args], { reject: false });
  if ((await pip('show', ...NAMES)).exitCode === 0) return bin;
  say('fetching Airflow');
  await execa('python3', ['-m', 'venv', home]);
  await execa(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  return bin;
}

/**
 * @param folder - where it keeps what it has; its DAGs are in `dags` there
 * @param env - what tasks find in their environment
 */
export async function startAirflow(
  bin: string,
  folder: string,
  { env, dags }: { readonly env: Readonly<Record<string, string>>; readonly dags: Readonly<Record<string, string>> },
): Promise<Airflow> {
  const [port = 0, workerLogs = 0, triggerLogs = 0] = await freePorts(3);
  const url = `http://127.0.0.1:${port}`;
  await mkdir(join(folder, 'dags'), { recursive: true });
  for (const [name, code] of Object.entries(dags)) await writeFile(join(folder, 'dags', `${name}.py`), code);
  const server = execa(join(bin, 'airflow'), ['standalone'], {
    reject: false,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {
      ...env,
      PATH: `${env.PATH ?? process.env.PATH ?? ''}:${bin}`,
      AIRFLOW_HOME: folder,
      AIRFLOW__API__BASE_URL: url,
      AIRFLOW__API__HOST: '127.0.0.1',
      AIRFLOW__API__PORT: String(port),
      AIRFLOW__API__WORKERS: '1',
      AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: 'False',
      AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${url}/execution/`,
      AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
      AIRFLOW__CORE__PARALLELISM: '4',
      AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: 'True',
      AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT: String(triggerLogs),
      AIRFLOW__LOGGING__WORKER_LOG_SERVER_HOST: '127.0.0.1',
      AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT: String(workerLogs),
      AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK: 'False',
    },
  });
  const stop = async (): Promise<void> => {
    const family = server.pid === undefined ? [] : await familyOf(server.pid);
    server.kill('SIGTERM');
    await Promise.race([server, delay(10_000)]);
    killAll(family); // what it has left
    server.kill('SIGKILL');
    await server;
  };
  try {
    const token = await tokenOf(url);
    const call = async (path: string, method = 'GET', body?: object): Promise<unknown> => {
      const reply = await fetch(`${url}/api/v2/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      if (!reply.ok) throw new Error(`Airflow answered ${reply.status} to ${path}: ${await reply.text()}`);
      return reply.json();
    };
    const names = Object.keys(dags).length;
    await askUntil(
      async () => (await call('dags')) as { total_entries: number },
      ({ total_entries }) => total_entries >= names,
    );
    const at = (dag: string, run: string, task: string): string => `dags/${dag}/dagRuns/${run}/taskInstances/${task}`;
    const listed = await execa(join(bin, 'python'), ['-m', 'pip', 'list', '--format=json']);
    const packages = JSON.parse(listed.stdout) as { name: string; version: string }[];
    return {
      versions: Object.fromEntries(packages.filter(({ name }) => NAMES.includes(name)).map((p) => [p.name, p.version])),
      async start(dag, run) {
        await call(`dags/${dag}/dagRuns`, 'POST', { dag_run_id: run, logical_date: new Date().toISOString() });
      },
      async task(dag, run, task) {
        const { state, try_number } = (await call(at(dag, run, task))) as { state: string | null; try_number: number };
        return { state, tries: try_number };
      },
      async log(dag, run, task, attempt) {
        const path = `${at(dag, run, task)}/logs/${attempt}?full_content=true`;
        // Of some tries it keeps none.
        const { content = [] } = (await call(path).catch(() => ({}))) as {
          content?: readonly ({ readonly event?: string; readonly error_detail?: unknown } | string)[];
        };
        const lines = content.map((one) =>
          typeof one === 'string'
            ? one
            : [one.event, one.error_detail && JSON.stringify(one.error_detail)].filter(Boolean).join(' '),
        );
        return lines.join('\n');
      },
      pid: server.pid ?? 0,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Everybody is an admin there. */
async function tokenOf(url: string): Promise<string> {
  for (let left = 120; ; left--) {
    try {
      const { access_token } = (await ask(`${url}/auth/token`)) as { access_token?: string };
      if (access_token !== undefined) return access_token;
    } catch (error) {
      if (left === 0) throw error;
    }
    await delay(1_000);
  }
}
