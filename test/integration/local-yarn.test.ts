import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import {
  down,
  instanceStatus,
  killServer,
  type LocalInstance,
  packageRoot,
  startServer,
  up,
} from '../../src/local/index.js';
import { markedProcesses } from '../../src/local/process-id.js';
import { readRecord } from '../../src/local/record.js';
import { ask, askText, askUntil, batchOf, type RestBatch, runToEnd, submit } from '../helpers/livy-rest.js';

interface App {
  readonly state: string;
  readonly finalStatus: string;
  readonly amContainerLogs?: string;
}

let stateDir = '';
let instance: LocalInstance;
const jobs = join(packageRoot(), 'jobs');

test.before(async (t) => {
  t.timeout(900_000); // the first one fetches everything
  stateDir = await mkdtemp(join(tmpdir(), 'livywire-yarn-'));
  instance = await up({ stateDir, yarn: true });
});
test.after.always(async () => {
  await down({ stateDir });
  await rm(stateDir, { recursive: true, force: true });
});

function behind(): NonNullable<LocalInstance['behind']> {
  if (instance.behind === undefined) throw new Error('an instance with YARN says where YARN is');
  return instance.behind;
}

const appOf = async (id: string | null): Promise<App> =>
  ((await ask(`${behind().resourceManager}/ws/v1/cluster/apps/${id ?? 'none'}`)) as { app: App }).app;

/** Submits a job and waits until its driver runs at YARN. */
async function running(job: Readonly<Record<string, unknown>>): Promise<{ batch: RestBatch; appId: string; app: App }> {
  const { id } = await submit(instance.url, job);
  const batch = await askUntil(
    () => batchOf(instance.url, id),
    ({ appId }) => appId !== null,
  );
  const app = await askUntil(
    () => appOf(batch.appId),
    ({ state }) => state === 'RUNNING',
  );
  return { batch, appId: batch.appId ?? '', app };
}

const containerOf = (app: App): string => /container_\w+/.exec(app.amContainerLogs ?? '')?.[0] ?? 'none';

test.serial('every server of the instance answers and has a log', async (t) => {
  const status = await instanceStatus('default', { stateDir });
  t.is(status?.state, 'up');
  t.deepEqual(
    status?.servers.map(({ name, state }) => [name, state]),
    [
      ['resourcemanager', 'up'],
      ['nodemanager', 'up'],
      ['jobhistory', 'up'],
      ['spark-history', 'up'],
      ['livy', 'up'],
    ],
  );
});

test.serial('the driver of a job in cluster mode is read from its node, then from the JobHistory server', async (t) => {
  const { batch, appId, app } = await running({ file: join(jobs, 'sleep.py'), args: ['12'] });
  const container = containerOf(app);
  const live = await askUntil(
    () => askText(`${behind().nodeManager}/ws/v1/node/containers/${container}/logs/stdout`),
    (text) => text.includes('slept 1 of 12 s'),
  );
  t.false(live.includes('slept 12 of 12 s'), 'it was read while the job ran');

  await askUntil(
    () => batchOf(instance.url, batch.id),
    ({ state }) => state === 'success',
  );
  t.like(await appOf(appId), { state: 'FINISHED', finalStatus: 'SUCCEEDED' });
  const kept = await askUntil(
    () => askText(`${behind().jobHistory}/ws/v1/history/containerlogs/${container}/stdout`),
    (text) => text.includes('End of LogType'),
  );
  t.true(kept.includes('slept 12 of 12 s'));
  const history = (await askUntil(
    () => ask(`${behind().sparkHistory}/api/v1/applications/${appId}`).catch(() => undefined),
    (answer) => answer !== undefined,
  )) as { id: string };
  t.is(history.id, appId);
});

test.serial('a job that fails in cluster mode is dead for Livy and failed for YARN', async (t) => {
  const conf = { 'spark.yarn.maxAppAttempts': '1' };
  const batch = await runToEnd(instance.url, { file: join(jobs, 'fail.py'), conf });
  t.is(batch.state, 'dead');
  t.like(await appOf(batch.appId), { state: 'FINISHED', finalStatus: 'FAILED' });
});

test.serial('a job outlives a crash of Livy, ResourceManager and NodeManager, and Livy finds it again', async (t) => {
  const name = 'outlives';
  const { appId } = await running({ name, file: join(jobs, 'sleep.py'), args: ['25'] });
  for (const server of ['livy', 'resourcemanager', 'nodemanager'] as const) {
    t.true(await killServer({ stateDir, server, signal: 'SIGKILL' }), server);
  }
  t.is((await instanceStatus('default', { stateDir }))?.state, 'broken');
  for (const server of ['resourcemanager', 'nodemanager', 'livy'] as const) await startServer({ stateDir, server });
  t.is((await instanceStatus('default', { stateDir }))?.state, 'up');

  const found = await batchOf(instance.url, name);
  t.is(found.appId, appId);
  await askUntil(
    () => batchOf(instance.url, name),
    ({ state }) => state === 'success',
  );
  t.like(await appOf(appId), { state: 'FINISHED', finalStatus: 'SUCCEEDED' });
});

test.serial('down stops the containers of a job that is running', async (t) => {
  await running({ file: join(jobs, 'sleep.py'), args: ['600'] });
  const record = await readRecord(instance.dir);
  if (record === undefined) throw new Error('no record');
  t.true((await markedProcesses(record.token)).length > 5, 'the driver is among the marked');
  t.true(await down({ stateDir }));
  t.deepEqual(await markedProcesses(record.token), []);
});
