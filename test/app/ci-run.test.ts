import test from 'ava';
import { ciRun } from '../../src/app/ci-run.js';

test('each system’s own variables tell its run', (t) => {
  t.deepEqual(
    ciRun({
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_RUN_ID: '7',
      GITHUB_RUN_ATTEMPT: '2',
      GITHUB_SERVER_URL: 'https://git.corp/',
    }),
    { system: 'github-actions', url: 'https://git.corp/o/r/actions/runs/7/attempts/2' },
  );
  t.deepEqual(ciRun({ GITLAB_CI: 'true', CI_JOB_URL: 'https://gitlab.corp/g/p/-/jobs/9' }), {
    system: 'gitlab',
    url: 'https://gitlab.corp/g/p/-/jobs/9',
  });
  t.deepEqual(ciRun({ JENKINS_URL: 'https://ci.corp/', BUILD_URL: 'https://ci.corp/job/etl/3/' }), {
    system: 'jenkins',
    url: 'https://ci.corp/job/etl/3/',
  });
  t.is(ciRun({ BUILD_URL: 'https://elsewhere', HOME: '/' }), undefined);
});

test('Airflow inside a CI system counts, with the address of its web server where that is set', (t) => {
  const task = {
    AIRFLOW_CTX_DAG_ID: 'sales',
    AIRFLOW_CTX_TASK_ID: 'etl',
    AIRFLOW_CTX_DAG_RUN_ID: 'manual__2026-11-01T00:00:00+00:00',
  };
  const run = 'sales manual__2026-11-01T00:00:00+00:00 etl';
  t.deepEqual(ciRun({ ...task, JENKINS_URL: 'x', BUILD_URL: 'y' }), { system: 'airflow', run });
  t.is(
    ciRun({ ...task, AIRFLOW__API__BASE_URL: 'https://air.corp/' })?.url,
    'https://air.corp/dags/sales/runs/manual__2026-11-01T00%3A00%3A00%2B00%3A00/tasks/etl',
  );
  t.is(
    ciRun({ ...task, AIRFLOW__WEBSERVER__BASE_URL: 'https://air.corp' })?.url,
    'https://air.corp/dags/sales/grid?dag_run_id=manual__2026-11-01T00%3A00%3A00%2B00%3A00&task_id=etl',
  );
});
