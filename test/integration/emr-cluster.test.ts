// A cluster of the local EMR API with two primaries: a Livy on each, found by its name, its Livys killed, the cluster terminated
// under a run.
import { EMRClient, ListClustersCommand, ListInstancesCommand } from '@aws-sdk/client-emr';
import test from 'ava';
import { connectToCluster, type ConnectToClusterOptions } from '../../src/aws/index.js';
import { createLivywire, type Ledger, type Livywire, memoryLedger } from '../../src/index.js';
import { killServer, startServer } from '../../src/local/index.js';
import { useLocalLivy } from '../helpers/local-livy.js';
import { ask, askUntil, batchOf, submit } from '../helpers/livy-rest.js';
import { standInCredentials } from '../helpers/moto.js';

standInCredentials();
const local = useLocalLivy(test, { aws: true, primaries: 2 });

const job = `
import sys, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
time.sleep(float(sys.argv[1]))
print('slept', sys.argv[1])
spark.stop()
`;
const conf = { 'spark.yarn.maxAppAttempts': '1' };

function aws() {
  const { aws: access } = local().instance;
  if (!access) throw new Error('an instance with AWS says where it is');
  return access;
}

async function connect(
  options: ConnectToClusterOptions & { readonly cluster?: string; readonly ledger?: Ledger } = {},
): Promise<Livywire> {
  const { endpoint: endpointUrl, region, clusterName } = aws();
  const { cluster = clusterName, ledger = memoryLedger(), ...rest } = options;
  const connection = await connectToCluster(cluster, { endpointUrl, region, ...rest });
  return createLivywire({ ...connection, ledger });
}

const control = async (path: string, body: unknown): Promise<void> => {
  const answer = await fetch(`${aws().endpoint}/_livywire/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
};

/** Livy on each primary, as a client finds them. */
async function livys(): Promise<string[]> {
  const { endpoint, region } = aws();
  const emr = new EMRClient({ endpoint, region, credentials: aws() });
  const { Clusters } = await emr.send(new ListClustersCommand({}));
  const { Instances } = await emr.send(
    new ListInstancesCommand({ ClusterId: Clusters?.[0]?.Id, InstanceGroupTypes: ['MASTER'] }),
  );
  const { port } = new URL(local().url);
  return (Instances ?? []).map(({ PrivateIpAddress = '' }) => `http://${PrivateIpAddress}:${port}`);
}

test.serial(
  'each primary has a Livy of its own that knows its own batches; their applications are one YARN’s',
  async (t) => {
    t.timeout(300_000);
    const [first = '', second = ''] = await livys();
    t.deepEqual([first, second], [local().url, local().url.replace('127.0.0.1', '127.0.0.2')]);

    const name = 'ha';
    const { id } = await submit(second, { name, file: await local().job('sleep.py', job), args: ['15'] });
    const { appId } = await askUntil(
      () => batchOf(second, id),
      (batch) => batch.appId !== null,
    );
    t.deepEqual(await ask(`${first}/batches/${name}`), { msg: `Session '${name}' not found.` });

    await killServer({ ...local().places, server: 'livy-2', signal: 'SIGKILL' });
    await t.throwsAsync(fetch(second));
    const place = `${local().instance.behind?.resourceManager ?? ''}/ws/v1/cluster/apps/${appId ?? 'none'}`;
    const app = async () => ((await ask(place)) as { app: { state: string; finalStatus: string } }).app;
    t.like(await askUntil(app, ({ state }) => state === 'FINISHED'), { finalStatus: 'SUCCEEDED' });

    await startServer({ ...local().places, server: 'livy-2' });
    const found = await askUntil(
      () => batchOf(second, name),
      ({ state }) => state === 'success',
    );
    t.is(found.appId, appId);
  },
);

test.serial('the Livy that took a job is killed: the run goes on at YARN, and ends once, as it ended', async (t) => {
  t.timeout(300_000);
  const lw = await connect();
  const file = await local().job('sleep.py', job);
  const run = await lw.submit({ file, args: ['20'], conf }, { key: 'failover' });
  t.regex(run.ref.endpoint, /^emr:\/\/us-east-1\/j-[A-Z0-9]+$/);
  for await (const { appId } of run.watch()) if (appId !== undefined) break;
  // The first primary is asked first, so it took the job.
  await killServer({ ...local().places, server: 'livy', signal: 'SIGKILL' });
  // Somebody else, who was told of the cluster anew, finds the same run and sends nothing.
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded');
  t.is(outcome.evidence.at(-1)?.source, 'yarn');
  const again = await lw.submit({ file, args: ['20'], conf }, { key: 'failover' });
  t.is(again.how, 'adopted');
  t.is(again.ref.appId, outcome.ref.appId);

  // The next job goes to the other one, which counts its batches from the beginning.
  const other = await lw.submit({ file, args: ['1'], conf }, { key: 'after' });
  const after = await other.wait();
  t.is(after.kind, 'succeeded');
  t.not(after.ref.appId, outcome.ref.appId);
  await startServer({ ...local().places, server: 'livy' });
  await lw.close();
});

test.serial('a Livy that is killed before the application is known loses no run and starts none twice', async (t) => {
  t.timeout(300_000);
  const lw = await connect();
  const run = await lw.submit({ file: await local().job('sleep.py', job), args: ['5'], conf }, { key: 'early' });
  t.is(run.ref.appId, undefined);
  await killServer({ ...local().places, server: 'livy', signal: 'SIGKILL' });
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded', JSON.stringify(outcome.evidence));
  const yarn = local().instance.behind?.resourceManager ?? '';
  const answer = await fetch(`${yarn}/ws/v1/cluster/apps?applicationTags=${run.ref.name}`);
  const { apps } = (await answer.json()) as { apps: { app: unknown[] } };
  t.is(apps.app.length, 1);
  await startServer({ ...local().places, server: 'livy' });
  await lw.close();
});

test.serial(
  'a cluster that is terminated ends its runs, with the reason, and another attempt may go elsewhere',
  async (t) => {
    t.timeout(300_000);
    const ledger = memoryLedger();
    const lw = await connect({ ledger });
    const spec = { file: await local().job('sleep.py', job), args: ['600'], conf };
    const run = await lw.submit(spec, { key: 'terminated' });
    for await (const { state } of run.watch()) if (state === 'running') break;
    const id = run.ref.endpoint.split('/').at(-1) ?? '';
    for (const server of ['livy', 'livy-2', 'resourcemanager', 'spark-history'] as const)
      await killServer({ ...local().places, server, signal: 'SIGKILL' });
    await control(`clusters/${id}`, {
      state: 'TERMINATED',
      reason: { code: 'USER_REQUEST', message: 'Terminated by user request' },
    });
    const outcome = await run.wait();
    t.is(outcome.kind, 'failed');
    if (outcome.kind === 'failed') {
      t.is(outcome.diagnosis.code, 'CLUSTER_TERMINATED');
      t.regex(
        outcome.diagnosis.title,
        /^Cluster j-\w+ \(\S+\) is TERMINATED.*USER_REQUEST: Terminated by user request/,
      );
    }
    await lw.close();

    // By its name it is gone; by its id the ledger's runs are still to be had, and nothing starts there.
    await t.throwsAsync(connect(), { name: 'ConfigError', message: /the last one, j-\w+, ended.*USER_REQUEST/ });
    const gone = await connect({ cluster: id, ledger });
    t.is((await gone.submit(spec, { key: 'terminated' })).outcome?.kind, 'failed');
    await t.throwsAsync(gone.submit(spec, { key: 'new' }), { name: 'ConfigError', message: /takes no more jobs/ });
    await gone.close();
  },
);
