// A pipeline from its YAML file to a message in a queue, started by the command line, redriven after its failure was mended; a run that is
// handed over to another execution; a run whose Livy is killed. One stack for all: moto's Step Functions, Glue, SNS and SQS, our router's
// Redshift, our bundles in AWS's Lambda runtime, a real EMR step, Livy, YARN and Spark.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import test from 'ava';
import { execa } from 'execa';
import {
  deployHandlers,
  down,
  type ExecutionView,
  killServer,
  type LocalInstance,
  packageRoot,
  startServer,
  StepFunctions,
  up,
} from '../../src/local/index.js';
import { runSparkJob } from '../../src/workflow/index.js';
import { buildHandlers } from '../../scripts/gate/build-handlers.js';
import { functionsNode } from '../helpers/functions-node.js';
import { ask, askUntil } from '../helpers/livy-rest.js';
import { compileText } from '../helpers/pipelines.js';

const name = 'pipeline';
const functions = { submit: 'livywire-submit', status: 'livywire-status', cancel: 'livywire-cancel' };
const role = 'arn:aws:iam::123456789012:role/copy';
let root = '';
let stateDir = '';
let bundles = '';
let instance: LocalInstance;
let s3: S3Client;
let steps: StepFunctions;

/** The smallest that Spark takes, so that all have room at once. */
const small = {
  driverMemory: '512m',
  executorMemory: '512m',
  numExecutors: 1,
  conf: { 'spark.yarn.maxAppAttempts': 1, 'spark.yarn.am.memoryOverhead': '256m' },
};

const nightly = `
name: nightly
params: { bucket: , cluster: , topic: }
steps:
  clean:
    kind: emr-step
    cluster: \${params.cluster}
    job:
      file: \${params.bucket}/jobs/wordcount.py
      args: ['\${params.bucket}/in/', '\${params.bucket}/clean']
      driverMemory: 512m
      executorMemory: 512m
      numExecutors: 1
  count:
    kind: livy
    needs: clean
    job:
      file: \${params.bucket}/jobs/count.py
      args: ['\${params.bucket}/clean/', '\${params.bucket}/counted']
      driverMemory: 512m
      executorMemory: 512m
      numExecutors: 1
      conf: { spark.yarn.maxAppAttempts: 1 }
    output: \${params.bucket}/counted
  catalogue:
    kind: glue-job
    needs: count
    job: refresh
    arguments: { --application: '\${steps.count.ref.appId}' }
  load:
    kind: redshift
    needs: catalogue
    database: dwh
    workgroup: analysts
    copy: { table: words, from: '\${params.bucket}/counted/', role: '${role}', options: FORMAT AS CSV }
  tell:
    kind: sns
    needs: load
    topic: \${params.topic}
    message: { statement: '\${steps.load.statementId}', catalogue: '\${steps.catalogue.JobRunState}' }
`;

const each = `
functions: { submit: livywire-submit, status: livywire-status, cancel: livywire-cancel }
params: { bucket: }
steps:
  countries:
    kind: livy
    foreach: [de]
    job: { file: '\${params.bucket}/jobs/sleep.py', args: ['2'], driverMemory: 512m, executorMemory: 512m, numExecutors: 1 }
`;

const s3Uri = (key: string): string => `s3://${instance.aws?.bucket ?? ''}/${key}`;
const put = (Key: string, Body: string): Promise<unknown> =>
  s3.send(new PutObjectCommand({ Bucket: instance.aws?.bucket, Key, Body }));
const jobText = (job: string): Promise<string> => readFile(join(packageRoot(), 'jobs', job), 'utf8');

/** A call of one of AWS's JSON APIs. */
async function aws<T = unknown>(service: string, target: string, input: object): Promise<T> {
  const reply = await fetch(instance.aws?.endpoint ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=livywire/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${target}: ${reply.status} ${text.slice(0, 300)}`);
  return (text === '' ? {} : JSON.parse(text)) as T;
}

/** SNS speaks in forms and XML. */
async function sns(action: string, input: Readonly<Record<string, string>>): Promise<string> {
  const reply = await fetch(instance.aws?.endpoint ?? '', {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=livywire/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({ Action: action, Version: '2010-03-31', ...input }),
  });
  return reply.text();
}

/** A livywire line as a person types it on this machine, in a process of its own. */
async function livywire(...words: readonly string[]) {
  const { node } = await functionsNode();
  const { endpoint = '', region = '', accessKeyId = '', secretAccessKey = '' } = instance.aws ?? {};
  return execa(node?.path ?? process.execPath, ['--import=tsx', join(packageRoot(), 'src/cli/bin.ts'), ...words], {
    cwd: packageRoot(),
    reject: false,
    stdin: 'ignore',
    env: {
      XDG_STATE_HOME: root,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  });
}

async function endOf(arn: string): Promise<ExecutionView> {
  return askUntil(
    async () => delay(1_000).then(() => steps.describe(arn)),
    ({ status }) => status !== 'RUNNING',
  );
}
const outputOf = <T>({ output = 'null' }: ExecutionView): T => JSON.parse(output) as T;

interface App {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}
async function apps(): Promise<readonly App[]> {
  const answer = await ask(`${instance.behind?.resourceManager ?? ''}/ws/v1/cluster/apps`);
  return (answer as { apps: { app: App[] } | null }).apps?.app ?? [];
}

interface Graph {
  readonly steps: readonly {
    readonly name: string;
    readonly view?: { readonly state: string; readonly error?: string; readonly cause?: string };
  }[];
}
async function graphOf(file: string, arn: string) {
  const { stdout } = await livywire('workflow', 'graph', file, '--execution', arn, '--json');
  const { steps: seen } = JSON.parse(stdout) as Graph;
  return Object.fromEntries(seen.map((step) => [step.name, step.view]));
}

/** Kills Livy once the job is at work, and starts it again when the machine has looked meanwhile. */
async function withoutLivy(): Promise<{ readonly end: ExecutionView; readonly looks: number }> {
  const job = { ...small, file: s3Uri('jobs/sleep.py'), args: ['30'] };
  const arn = await steps.start(await steps.put('run-spark-job', runSparkJob({ functions })), 'restarted', { job });
  await askUntil(
    async () => {
      await delay(1_000);
      const [run] = /livywire-[0-9a-f]{8,}-a1/.exec(JSON.stringify(await steps.history(arn))) ?? [];
      const { status } = await steps.describe(arn);
      if (status !== 'RUNNING') throw new Error(`It has ended before Livy was killed: ${status}`);
      return (await apps()).find((app) => app.name === run);
    },
    (app) => app?.state === 'RUNNING',
  );
  const looks = async (): Promise<number> =>
    (await steps.history(arn)).filter(({ stateEnteredEventDetails: entered }) => entered?.name === 'Status').length;
  await killServer({ stateDir, name, signal: 'SIGKILL' });
  const before = await looks();
  await askUntil(
    async () => delay(1_000).then(looks),
    (now) => now > before,
  );
  await delay(2_000); // it has been asked in vain
  const meanwhile = (await looks()) - before;
  await startServer({ stateDir, name });
  return { end: await endOf(arn), looks: meanwhile };
}

async function handedOver(): Promise<{ readonly arn: string; readonly machine: string; readonly end: ExecutionView }> {
  const { definition } = await compileText(each);
  const machine = await steps.put('each', definition);
  const arn = await steps.start(machine, 'each', { bucket: s3Uri('').slice(0, -1) });
  return { arn, machine, end: await endOf(arn) };
}

let clusterId = '';
let topic = '';
let queueUrl = '';
let file = '';
let running: {
  readonly pipeline: ReturnType<typeof livywire>;
  readonly withoutLivy: ReturnType<typeof withoutLivy>;
  readonly handedOver: ReturnType<typeof handedOver>;
};

test.before(async (t) => {
  t.timeout(900_000); // the first one fetches everything, and builds AWS's runtime
  root = await mkdtemp(join(tmpdir(), 'livywire-pipeline-'));
  stateDir = join(root, 'livywire', 'local'); // where the command line looks
  [instance, bundles] = await Promise.all([up({ stateDir, aws: true, name }), buildHandlers('pipeline-test')]);
  const access = instance.aws;
  if (access === undefined) throw new Error('an instance with AWS says where it is');
  s3 = new S3Client({ endpoint: access.endpoint, region: access.region, credentials: access });
  steps = new StepFunctions(access);
  for (const job of ['wordcount.py', 'sleep.py']) await put(`jobs/${job}`, await jobText(job));
  await put('jobs/count.py', await jobText('fail.py')); // until it is mended
  await put('in/words.txt', 'one two two three three three\n');
  const { Clusters } = await aws<{ Clusters: { Id: string }[] }>(
    'elasticmapreduce',
    'ElasticMapReduce.ListClusters',
    {},
  );
  clusterId = Clusters[0]?.Id ?? '';
  await aws('glue', 'AWSGlue.CreateJob', { Name: 'refresh', Role: 'glue', Command: { Name: 'glueetl' } });
  [, topic = ''] = /<TopicArn>(.*)<\/TopicArn>/.exec(await sns('CreateTopic', { Name: 'done' })) ?? [];
  ({ QueueUrl: queueUrl } = await aws<{ QueueUrl: string }>('sqs', 'AmazonSQS.CreateQueue', { QueueName: 'heard' }));
  await sns('Subscribe', { TopicArn: topic, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:123456789012:heard' });
  file = join(root, 'nightly.yaml');
  await writeFile(file, nightly);
  const { runtime } = await deployHandlers(instance, {
    bundles,
    ...(await functionsNode()),
    report: (line) => t.log(line),
  });
  t.log(`functions run by ${runtime}`);

  // Side by side: they mostly wait.
  const input = JSON.stringify({ bucket: s3Uri('').slice(0, -1), cluster: clusterId, topic });
  const words = ['workflow', 'run', file, '--local', '--name', name, '--input', input];
  running = {
    withoutLivy: withoutLivy(),
    handedOver: handedOver(),
    pipeline: livywire(...words, '--bundles', bundles, '--functions', 'nightly-'),
  };
  for (const one of Object.values(running)) (one as Promise<unknown>).catch(() => undefined); // told by its test
});
test.after.always(async () => {
  await down({ stateDir, name });
  await Promise.all(
    [root, bundles].filter((dir) => dir !== '').map((dir) => rm(dir, { recursive: true, force: true })),
  );
});

test.serial('a run outlives its Livy: killed and started again, one application, the right outcome', async (t) => {
  t.timeout(600_000);
  const { end, looks } = await running.withoutLivy;
  t.is(end.status, 'SUCCEEDED', end.cause);
  t.true(looks > 0, 'it was looked at while Livy was away');
  const { ref, outcome } = outputOf<{ ref: { name: string; attempt: number }; outcome: { kind: string } }>(end);
  t.is(outcome.kind, 'succeeded');
  t.is(ref.attempt, 1);
  t.is((await apps()).filter((app) => app.name === ref.name).length, 1);
});

test.serial('a run is handed over to another execution, and its result is that of the first', async (t) => {
  t.timeout(600_000);
  const { arn, machine, end } = await running.handedOver;
  t.is(end.status, 'SUCCEEDED', end.cause);
  const { countries } = outputOf<{ countries: { ref: { key: string; name: string }; outcome: { kind: string } }[] }>(
    end,
  );
  t.like(countries, [{ outcome: { kind: 'succeeded' } }]);
  t.true(countries[0]?.ref.key.includes(arn), countries[0]?.ref.key);
  t.is((await apps()).filter((app) => app.name === countries[0]?.ref.name).length, 1);
  const others = (await steps.executions(machine)).filter((one) => one !== arn);
  t.is(others.length, 1);
  t.is((await steps.describe(others[0] ?? '')).status, 'SUCCEEDED');
  await t.throwsAsync(steps.redrive(arn), { message: /ExecutionNotRedrivable/ }, 'there is nothing to go on with');
});

test.serial('a pipeline fails with a diagnosis, and once that is mended a redrive brings it to its end', async (t) => {
  t.timeout(600_000);
  const { exitCode, stdout, stderr } = await running.pipeline;
  t.is(exitCode, 1, stderr);
  t.regex(stdout, /FAILED {2}PYTHON_EXCEPTION/);
  const [arn = ''] = /arn:aws:states:\S+:execution:\S+/.exec(stderr) ?? [];
  const failed = await graphOf(file, arn);
  t.like(failed, {
    clean: { state: 'succeeded' },
    count: { state: 'failed', error: 'PYTHON_EXCEPTION' },
    catalogue: { state: 'waiting' },
    tell: { state: 'waiting' },
  });
  t.regex(failed.count?.cause ?? '', /ValueError/);

  await put('jobs/count.py', await jobText('wordcount.py'));
  await steps.redrive(arn);
  const end = await endOf(arn);
  t.is(end.status, 'SUCCEEDED', end.cause);
  const done = outputOf<{ count: { ref: { attempt: number; name: string } }; load: { statementId: string } }>(end);
  t.is(done.count.ref.attempt, 2);
  const names = (await apps()).map((app) => app.name);
  t.deepEqual(
    ['clean', done.count.ref.name, done.count.ref.name.replace(/-a2$/, '-a1')].map(
      (wanted) => names.filter((one) => one === wanted).length,
    ),
    [1, 1, 1],
    'what had succeeded was not run again',
  );
  t.like(await graphOf(file, arn), {
    clean: { state: 'succeeded' },
    count: { state: 'succeeded' },
    catalogue: { state: 'succeeded' },
    load: { state: 'succeeded' },
    tell: { state: 'succeeded' },
  });

  const listing = await s3.send(new ListObjectsV2Command({ Bucket: instance.aws?.bucket, Prefix: 'counted/' }));
  t.true(listing.Contents?.some(({ Key }) => Key === 'counted/_SUCCESS'));
  t.like(await aws('redshift-data', 'RedshiftData.DescribeStatement', { Id: done.load.statementId }), {
    Status: 'FINISHED',
    QueryString: `COPY words FROM '${s3Uri('counted/')}' IAM_ROLE '${role}' FORMAT AS CSV`,
  });
  const { Messages = [] } = await aws<{ Messages?: { Body: string }[] }>('sqs', 'AmazonSQS.ReceiveMessage', {
    QueueUrl: queueUrl,
  });
  const heard = Messages.map(({ Body }) => JSON.parse((JSON.parse(Body) as { Message: string }).Message) as unknown);
  t.deepEqual(heard, [{ statement: done.load.statementId, catalogue: 'SUCCEEDED' }]);
});
