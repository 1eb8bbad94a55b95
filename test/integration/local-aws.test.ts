import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  AddJobFlowStepsCommand,
  CancelStepsCommand,
  DescribeClusterCommand,
  DescribeStepCommand,
  EMRClient,
  ListClustersCommand,
  ListInstancesCommand,
  ModifyClusterCommand,
  type Step,
} from '@aws-sdk/client-emr';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import test from 'ava';
import { down, instanceStatus, type LocalInstance, packageRoot, up } from '../../src/local/index.js';
import { ask, askUntil, runToEnd } from '../helpers/livy-rest.js';

let stateDir = '';
let instance: LocalInstance;
let s3: S3Client;
let emr: EMRClient;
let bucket = '';
let clusterId = '';

test.before(async (t) => {
  t.timeout(900_000); // the first one fetches everything
  stateDir = await mkdtemp(join(tmpdir(), 'livywire-aws-'));
  instance = await up({ stateDir, aws: true, name: 'nightly' });
  const { aws } = instance;
  if (aws === undefined) throw new Error('an instance with AWS says where it is');
  bucket = aws.bucket;
  const settings = { endpoint: aws.endpoint, region: aws.region, credentials: aws };
  s3 = new S3Client(settings);
  emr = new EMRClient(settings);
  for (const job of ['wordcount.py', 'sleep.py', 'fail.py']) {
    await put(`jobs/${job}`, await readFile(join(packageRoot(), 'jobs', job), 'utf8'));
  }
  await put('in/words.txt', 'one two two three three three\n');
});
test.after.always(async () => {
  await down({ stateDir, name: 'nightly' });
  await rm(stateDir, { recursive: true, force: true });
});

const put = (Key: string, Body: string): Promise<unknown> =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

async function keys(prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key);
}

async function bytes(key: string): Promise<Uint8Array> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

async function words(folder: string): Promise<string> {
  const part = (await keys(folder)).find((key) => key.includes('part-'));
  return Buffer.from(await bytes(part ?? 'none')).toString('utf8');
}

const counted = 'word,count\nthree,3\ntwo,2\none,1\n';

test.serial('a job whose file, input and output are in S3 runs through Livy and YARN', async (t) => {
  const [file, input, output] = ['jobs/wordcount.py', 'in/', 'out/livy'].map((key) => `s3://${bucket}/${key}`);
  const batch = await runToEnd(instance.url, { file, args: [input, output] });
  t.is(batch.state, 'success', batch.log.join('\n'));
  t.true((await keys('out/livy')).includes('out/livy/_SUCCESS'));
  t.is(await words('out/livy'), counted);
});

test.serial('the cluster is found by its name, and leads to this Livy and this YARN', async (t) => {
  const { Clusters } = await emr.send(new ListClustersCommand({ ClusterStates: ['WAITING'] }));
  t.deepEqual(
    Clusters?.map(({ Name }) => Name),
    ['nightly'],
  );
  clusterId = Clusters?.[0]?.Id ?? '';
  const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: clusterId }));
  t.true(Cluster?.Applications?.some(({ Name }) => Name === 'Livy'));
  const properties = Object.assign(
    {},
    ...(Cluster?.Configurations ?? []).map(({ Properties }) => Properties),
  ) as Record<string, string>;
  const { Instances } = await emr.send(
    new ListInstancesCommand({ ClusterId: clusterId, InstanceGroupTypes: ['MASTER'], InstanceStates: ['RUNNING'] }),
  );
  const primary = Instances?.[0]?.PrivateIpAddress ?? '';
  t.is(`http://${primary}:${properties['livy.server.port'] ?? ''}`, instance.url);
  t.is(`http://${properties['yarn.resourcemanager.webapp.address'] ?? ''}`, instance.behind?.resourceManager ?? '');
});

const spark = (Name: string, ...args: string[]) => ({
  Name,
  ActionOnFailure: 'CONTINUE' as const,
  HadoopJarStep: { Jar: 'command-runner.jar', Args: ['spark-submit', '--deploy-mode', 'cluster', ...args] },
});

const stepOf = async (StepId = ''): Promise<Step | undefined> =>
  (await emr.send(new DescribeStepCommand({ ClusterId: clusterId, StepId }))).Step;

const ended = (step: Step | undefined): boolean =>
  ['COMPLETED', 'FAILED', 'CANCELLED'].includes(step?.Status?.State ?? '');

const apps = async (): Promise<readonly { name: string; state: string; finalStatus: string }[]> => {
  const answer = (await ask(`${instance.behind?.resourceManager ?? ''}/ws/v1/cluster/apps`)) as {
    apps: { app: { name: string; state: string; finalStatus: string }[] };
  };
  return answer.apps.app;
};

test.serial(
  'steps run spark-submit on this YARN: one ends well, one fails with its reason, one is cancelled',
  async (t) => {
    await emr.send(new ModifyClusterCommand({ ClusterId: clusterId, StepConcurrencyLevel: 3 }));
    const once = ['--conf', 'spark.yarn.maxAppAttempts=1'];
    const at = (key: string): string => `s3://${bucket}/${key}`;
    const { StepIds: [good, bad, long] = [] } = await emr.send(
      new AddJobFlowStepsCommand({
        JobFlowId: clusterId,
        Steps: [
          spark('good', at('jobs/wordcount.py'), at('in/'), at('out/step')),
          spark('bad', ...once, at('jobs/fail.py')),
          spark('long', ...once, '--name', 'outlives', at('jobs/sleep.py'), '30'),
        ],
      }),
    );
    await askUntil(apps, (all) => all.some(({ name, state }) => name === 'outlives' && state === 'RUNNING'));
    const cancel = new CancelStepsCommand({ ClusterId: clusterId, StepIds: [long ?? ''] });
    t.is((await emr.send(cancel)).CancelStepsInfoList?.[0]?.Status, 'SUBMITTED');
    t.is((await askUntil(() => stepOf(long), ended))?.Status?.State, 'CANCELLED');
    t.like(
      (await apps()).find(({ name }) => name === 'outlives'),
      { state: 'RUNNING' },
      'as at AWS it goes on',
    );

    t.is((await askUntil(() => stepOf(good), ended))?.Status?.State, 'COMPLETED');
    t.is(await words('out/step'), counted);

    const failed = (await askUntil(() => stepOf(bad), ended))?.Status;
    t.is(failed?.State, 'FAILED');
    t.regex(failed?.FailureDetails?.Message ?? '', /Application application_\S+ finished with failed status/);
    const log = (failed?.FailureDetails?.LogFile ?? '').replace(`s3://${bucket}/`, '');
    // A copy is made while the step runs and another after its end: the reason is in the last one.
    const copied = await askUntil(
      async () => ((await keys(log)).length > 0 ? gunzipSync(await bytes(log)).toString('utf8') : ''),
      (text) => text.includes('SparkException'),
    );
    t.regex(copied, /SparkException/);

    const end = await askUntil(apps, (all) => all.every(({ state }) => state === 'FINISHED'));
    t.like(
      end.find(({ name }) => name === 'outlives'),
      { finalStatus: 'SUCCEEDED' },
    );
  },
);

test.serial("a container's stdout comes to the cluster's log folder in S3", async (t) => {
  const prefix = `logs/${clusterId}/containers/`;
  const found = await askUntil(
    () => keys(prefix),
    (all) => all.filter((key) => key.endsWith('_01_000001/stdout.gz')).length === 4,
  );
  const texts = await Promise.all(
    found.filter((key) => key.endsWith('/stdout.gz')).map(async (key) => gunzipSync(await bytes(key)).toString('utf8')),
  );
  t.true(texts.some((text) => text.includes('3 different words, 6 in all')));
});

test.serial('moto and the router are servers of the instance, and go with it', async (t) => {
  const status = await instanceStatus('nightly', { stateDir });
  t.deepEqual(
    status?.servers.map(({ name }) => name).filter((name) => name === 'moto' || name === 'aws'),
    ['moto', 'aws'],
  );
  t.true(await down({ stateDir, name: 'nightly' }));
  await t.throwsAsync(fetch(instance.aws?.endpoint ?? ''));
});
