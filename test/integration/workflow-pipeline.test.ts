// A pipeline from its YAML file to a message in a queue, started by the command line, redriven after its failure was mended; a run that is
// handed over to another execution; a run whose Livy is killed. One stack for all: moto's Step Functions, Glue, SNS and SQS, our router's
// Redshift, our bundles in AWS's Lambda runtime, a real EMR step, Livy, YARN and Spark.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import test from 'ava';
import { execa } from 'execa';
import { type ExecutionView, killServer, packageRoot, startServer } from '../../src/local/index.js';
import { runSparkJob } from '../../src/workflow/index.js';
import { asCaller, small, useAwsStack } from '../helpers/aws-stack.js';
import { functionsNode } from '../helpers/functions-node.js';
import { askUntil } from '../helpers/livy-rest.js';
import { compileText } from '../helpers/pipelines.js';

const name = 'pipeline';
const functions = { submit: 'livywire-submit', status: 'livywire-status', cancel: 'livywire-cancel' };
const role = 'arn:aws:iam::123456789012:role/copy';
const stack = useAwsStack(test, { name, jobs: ['wordcount.py', 'sleep.py'] });

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

const jobText = (job: string): Promise<string> => readFile(join(packageRoot(), 'jobs', job), 'utf8');

/** SNS speaks in forms and XML. */
async function sns(action: string, input: Readonly<Record<string, string>>): Promise<string> {
  const reply = await fetch(stack().access.endpoint, {
    method: 'POST',
    headers: asCaller('sns'),
    body: new URLSearchParams({ Action: action, Version: '2010-03-31', ...input }),
  });
  return reply.text();
}

/** A livywire line as a person types it on this machine, in a process of its own. */
async function livywire(...words: readonly string[]) {
  const { node } = await functionsNode();
  const { access, root } = stack();
  return execa(node?.path ?? process.execPath, ['--import=tsx', join(packageRoot(), 'src/cli/bin.ts'), ...words], {
    cwd: packageRoot(),
    reject: false,
    stdin: 'ignore',
    env: {
      XDG_STATE_HOME: root,
      AWS_ENDPOINT_URL: access.endpoint,
      AWS_REGION: access.region,
      AWS_ACCESS_KEY_ID: access.accessKeyId,
      AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
    },
  });
}

async function endOf(arn: string): Promise<ExecutionView> {
  return askUntil(
    async () => delay(1_000).then(() => stack().steps.describe(arn)),
    ({ status }) => status !== 'RUNNING',
  );
}
const outputOf = <T>({ output = 'null' }: ExecutionView): T => JSON.parse(output) as T;

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
  const { apps, at, places, steps } = stack();
  const job = { ...small, file: at('jobs/sleep.py'), args: ['30'] };
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
  await killServer({ ...places, signal: 'SIGKILL' });
  const before = await looks();
  await askUntil(
    async () => delay(1_000).then(looks),
    (now) => now > before,
  );
  await delay(2_000); // it has been asked in vain
  const meanwhile = (await looks()) - before;
  await startServer(places);
  return { end: await endOf(arn), looks: meanwhile };
}

async function handedOver(): Promise<{ readonly arn: string; readonly machine: string; readonly end: ExecutionView }> {
  const { at, steps } = stack();
  const { definition } = await compileText(each);
  const machine = await steps.put('each', definition);
  const arn = await steps.start(machine, 'each', { bucket: at('').slice(0, -1) });
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
  t.timeout(300_000);
  const { at, bundles, call, deploy, put, root } = stack();
  await put('jobs/count.py', await jobText('fail.py')); // until it is mended
  await put('in/words.txt', 'one two two three three three\n');
  const { Clusters } = await call<{ Clusters: { Id: string }[] }>(
    'elasticmapreduce',
    'ElasticMapReduce.ListClusters',
    {},
  );
  clusterId = Clusters[0]?.Id ?? '';
  await call('glue', 'AWSGlue.CreateJob', { Name: 'refresh', Role: 'glue', Command: { Name: 'glueetl' } });
  [, topic = ''] = /<TopicArn>(.*)<\/TopicArn>/.exec(await sns('CreateTopic', { Name: 'done' })) ?? [];
  ({ QueueUrl: queueUrl } = await call<{ QueueUrl: string }>('sqs', 'AmazonSQS.CreateQueue', { QueueName: 'heard' }));
  await sns('Subscribe', { TopicArn: topic, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:123456789012:heard' });
  file = join(root, 'nightly.yaml');
  await writeFile(file, nightly);
  const { runtime } = await deploy({ report: (line) => t.log(line) });
  t.log(`functions run by ${runtime}`);

  // Side by side: they mostly wait.
  const input = JSON.stringify({ bucket: at('').slice(0, -1), cluster: clusterId, topic });
  const words = ['workflow', 'run', file, '--local', '--name', name, '--input', input];
  running = {
    withoutLivy: withoutLivy(),
    handedOver: handedOver(),
    pipeline: livywire(...words, '--bundles', bundles, '--functions', 'nightly-'),
  };
  for (const one of Object.values(running)) (one as Promise<unknown>).catch(() => undefined); // told by its test
});
test.serial('a run outlives its Livy: killed and started again, one application, the right outcome', async (t) => {
  t.timeout(600_000);
  const { end, looks } = await running.withoutLivy;
  t.is(end.status, 'SUCCEEDED', end.cause);
  t.true(looks > 0, 'it was looked at while Livy was away');
  const { ref, outcome } = outputOf<{ ref: { name: string; attempt: number }; outcome: { kind: string } }>(end);
  t.is(outcome.kind, 'succeeded');
  t.is(ref.attempt, 1);
  t.is((await stack().apps()).filter((app) => app.name === ref.name).length, 1);
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
  const { apps, steps } = stack();
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

  const { access, apps, at, call, put, s3, steps } = stack();
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

  const listing = await s3.send(new ListObjectsV2Command({ Bucket: access.bucket, Prefix: 'counted/' }));
  t.true(listing.Contents?.some(({ Key }) => Key === 'counted/_SUCCESS'));
  t.like(await call('redshift-data', 'RedshiftData.DescribeStatement', { Id: done.load.statementId }), {
    Status: 'FINISHED',
    QueryString: `COPY words FROM '${at('counted/')}' IAM_ROLE '${role}' FORMAT AS CSV`,
  });
  const { Messages = [] } = await call<{ Messages?: { Body: string }[] }>('sqs', 'AmazonSQS.ReceiveMessage', {
    QueueUrl: queueUrl,
  });
  const heard = Messages.map(({ Body }) => JSON.parse((JSON.parse(Body) as { Message: string }).Message) as unknown);
  t.deepEqual(heard, [{ statement: done.load.statementId, catalogue: 'SUCCEEDED' }]);
});
