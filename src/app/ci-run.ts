import type { Actor } from '../core/index.js';

type Env = Readonly<Record<string, string | undefined>>;
type CiRun = NonNullable<Actor['ci']>;

/** The run of a CI system or of Airflow that we are part of, from the variables that these set. The innermost counts. */
export function ciRun(env: Env): CiRun | undefined {
  return airflow(env) ?? github(env) ?? gitlab(env) ?? jenkins(env);
}

const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

function airflow(env: Env): CiRun | undefined {
  const dag = given(env.AIRFLOW_CTX_DAG_ID);
  if (dag === undefined) return undefined;
  const [dagRun, task] = [given(env.AIRFLOW_CTX_DAG_RUN_ID), given(env.AIRFLOW_CTX_TASK_ID)];
  const run = [dag, dagRun, task].filter((one) => one !== undefined).join(' ');
  const [three, two] = [given(env.AIRFLOW__API__BASE_URL), given(env.AIRFLOW__WEBSERVER__BASE_URL)];
  const e = encodeURIComponent;
  if (dagRun === undefined || (three ?? two) === undefined) return { system: 'airflow', run };
  const url =
    three !== undefined
      ? `${withoutSlash(three)}/dags/${e(dag)}/runs/${e(dagRun)}${task === undefined ? '' : `/tasks/${e(task)}`}`
      : `${withoutSlash(two ?? '')}/dags/${e(dag)}/grid?dag_run_id=${e(dagRun)}${task === undefined ? '' : `&task_id=${e(task)}`}`;
  return { system: 'airflow', run, url };
}

function github(env: Env): CiRun | undefined {
  const [repository, id] = [given(env.GITHUB_REPOSITORY), given(env.GITHUB_RUN_ID)];
  if (env.GITHUB_ACTIONS !== 'true' || repository === undefined || id === undefined) return undefined;
  const attempt = given(env.GITHUB_RUN_ATTEMPT);
  const server = withoutSlash(given(env.GITHUB_SERVER_URL) ?? 'https://github.com');
  const url = `${server}/${repository}/actions/runs/${id}${attempt === undefined ? '' : `/attempts/${attempt}`}`;
  return { system: 'github-actions', url };
}

function gitlab(env: Env): CiRun | undefined {
  const url = given(env.CI_JOB_URL) ?? given(env.CI_PIPELINE_URL);
  return given(env.GITLAB_CI) === undefined || url === undefined ? undefined : { system: 'gitlab', url };
}

function jenkins(env: Env): CiRun | undefined {
  const url = given(env.BUILD_URL);
  return given(env.JENKINS_URL) === undefined || url === undefined ? undefined : { system: 'jenkins', url };
}
