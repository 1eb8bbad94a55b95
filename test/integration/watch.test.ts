// One watcher for everybody: executions whose tasks wait for their tokens, a bus that is told of every end, and processes that wait and leave
// Livy and YARN alone. moto's Step Functions and EventBridge, our bundles in AWS's Lambda runtime, a real Livy, YARN and Spark.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import test, { type ExecutionContext } from 'ava';
import { createLivywire } from '../../src/app/index.js';
import { s3Ledger } from '../../src/aws/index.js';
import type { Ledger, RunRef } from '../../src/core/index.js';
import {
  deployHandlers,
  down,
  type ExecutionView,
  type LocalInstance,
  packageRoot,
  StepFunctions,
  up,
} from '../../src/local/index.js';
import { runSparkJob } from '../../src/workflow/index.js';
import { buildHandlers } from '../../scripts/gate/build-handlers.js';
import { ask, askUntil } from '../helpers/livy-rest.js';

let stateDir = '';
let bundles = '';
let instance: LocalInstance;
let steps: StepFunctions;
let ledger: Ledger;
let queueUrl = '';
const counters: Counter[] = [];
const ends = new Map<string, Promise<ExecutionView & { readonly path: readonly string[] }>>();
let isOver = false;
let watching: Promise<void> | undefined;

/** The smallest that Spark takes, so that all have room at once. */
const small = {
  driverMemory: '512m',
  executorMemory: '512m',
  numExecutors: 1,
  conf: { 'spark.yarn.maxAppAttempts': 1, 'spark.yarn.am.memoryOverhead': '256m' },
};
const at = (key: string): string => `s3://${instance.aws?.bucket ?? ''}/${key}`;

/** A server before another one, that counts what it is asked. */
interface Counter {
  readonly url: string;
  readonly asked: string[];
  readonly server: Server;
}

async function counter(target: string): Promise<Counter> {
  const asked: string[] = [];
  const server = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    const { method = 'GET', headers, url = '/' } = incoming;
    const onward = request(new URL(url, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
  counters.push(made);
  return made;
}

/** A call of one of AWS's JSON APIs, as moto takes it. */
async function aws(service: string, target: string, input: object): Promise<Record<string, unknown>> {
  const reply = await fetch(instance.aws?.endpoint ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=livywire/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${target}: ${reply.status} ${text.slice(0, 300)}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

async function invoke(name: string, event: object): Promise<Record<string, unknown>> {
  const reply = await fetch(`${instance.aws?.endpoint ?? ''}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=livywire/20260101/us-east-1/lambda/aws4_request' },
    body: JSON.stringify(event),
  });
  const answer = (await reply.json()) as Record<string, unknown>;
  if (reply.headers.has('x-amz-function-error')) throw new Error(JSON.stringify(answer));
  return answer;
}

/** As a schedule calls it: again once its time is up. */
async function schedule(): Promise<void> {
  while (!isOver) {
    await invoke('watch-watch', {}).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

async function start(name: string, input: object): Promise<void> {
  const machine = runSparkJob({
    functions: { submit: 'watch-submit', status: 'watch-status', cancel: 'watch-cancel' },
    redrives: false,
    wait: 'token',
    heartbeatSeconds: 180,
  });
  const arn = await steps.start(await steps.put('by-token', machine), name, input);
  ends.set(
    name,
    (async () => {
      const path: string[] = [];
      for await (const { stateEnteredEventDetails } of steps.follow(arn, { everyMs: 3_000 }))
        if (stateEnteredEventDetails) path.push(stateEnteredEventDetails.name);
      return { ...(await steps.describe(arn)), path };
    })(),
  );
}

test.before(async (t) => {
  t.timeout(900_000);
  stateDir = await mkdtemp(join(tmpdir(), 'livywire-watch-'));
  [instance, bundles] = await Promise.all([up({ stateDir, aws: true, name: 'watch' }), buildHandlers('watch-test')]);
  const access = instance.aws;
  if (access === undefined) throw new Error('an instance with AWS says where it is');
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: access.accessKeyId,
    AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
  });
  const s3 = new S3Client({ endpoint: access.endpoint, region: access.region, credentials: access });
  for (const job of ['fail.py', 'sleep.py']) {
    const Body = await readFile(join(packageRoot(), 'jobs', job), 'utf8');
    await s3.send(new PutObjectCommand({ Bucket: access.bucket, Key: `jobs/${job}`, Body }));
  }
  steps = new StepFunctions(access);
  ledger = s3Ledger(at('livywire'), { endpointUrl: access.endpoint, region: access.region });

  await aws('events', 'AWSEvents.CreateEventBus', { Name: 'runs' });
  ({ QueueUrl: queueUrl } = (await aws('sqs', 'AmazonSQS.CreateQueue', { QueueName: 'ends' })) as { QueueUrl: string });
  const EventPattern = JSON.stringify({ source: ['livywire'], 'detail-type': ['Livywire Run State Change'] });
  await aws('events', 'AWSEvents.PutRule', { Name: 'ends', EventBusName: 'runs', EventPattern });
  const Targets = [{ Id: 'queue', Arn: 'arn:aws:sqs:us-east-1:123456789012:ends' }];
  await aws('events', 'AWSEvents.PutTargets', { Rule: 'ends', EventBusName: 'runs', Targets });

  const { runtime } = await deployHandlers(instance, {
    bundles,
    prefix: 'watch-',
    timeoutMs: 120_000,
    env: { LIVYWIRE_EVENT_BUS: 'runs' },
    report: (line) => t.log(line),
  });
  t.log(`functions run by ${runtime}`);
  await start('good', { job: { ...small, file: at('jobs/sleep.py'), args: ['10'] }, key: 'good' });
  await start('bad', { job: { ...small, file: at('jobs/fail.py') }, key: 'bad' });
  await start('late', { job: { ...small, file: at('jobs/sleep.py'), args: ['600'] }, key: 'late', timeoutSeconds: 45 });
  watching = schedule();
});
test.after.always(async () => {
  isOver = true;
  for (const { server } of counters) server.close();
  await down({ stateDir, name: 'watch' });
  await watching;
  await Promise.all(
    [stateDir, bundles].filter((dir) => dir !== '').map((dir) => rm(dir, { recursive: true, force: true })),
  );
});

const endOf = async (t: ExecutionContext, name: string) => {
  t.timeout(600_000);
  const end = await ends.get(name);
  if (!end) throw new Error(`${name} was not started`);
  t.log(`${name}: ${end.status} ${end.error ?? ''}: ${end.path.join(', ')}`);
  return end;
};

const listenersOf = async (key: string) => (await ledger.get(key))?.record.attempts.at(-1)?.listeners ?? [];

test.serial(
  'an execution that waits for its token succeeds without asking, and its token is gone from the ledger',
  async (t) => {
    const end = await endOf(t, 'good');
    t.is(end.status, 'SUCCEEDED', end.cause);
    t.like(JSON.parse(end.output ?? '{}'), { next: 'done', outcome: { kind: 'succeeded' }, ref: { key: 'good' } });
    t.deepEqual(end.path.slice(-3), ['Submit', 'What next', 'Succeeded']);
    const listeners = await askUntil(
      () => listenersOf('good'),
      (all) => all.every(({ told }) => told === 'succeeded'),
    );
    t.deepEqual(listeners.map(({ kind }) => kind).sort(), ['event-bus', 'task']);
    t.false(listeners.some((one) => 'token' in one));
  },
);

test.serial("a failing job fails the execution in Submit, under its diagnosis' code", async (t) => {
  const end = await endOf(t, 'bad');
  t.deepEqual([end.status, end.error, end.path.at(-1)], ['FAILED', 'PYTHON_EXCEPTION', 'Submit']);
  t.false(end.path.includes('Status'));
});

test.serial(
  'a run that takes too long is told so by the watcher, and cancelled: its application is gone',
  async (t) => {
    const end = await endOf(t, 'late');
    t.deepEqual([end.status, end.error], ['FAILED', 'RunTimedOut']);
    t.true(end.path.includes('Cancel'));
    t.false(end.path.includes('Status'));
    const answer = await ask(`${instance.behind?.resourceManager ?? ''}/ws/v1/cluster/apps?finalStatus=KILLED`);
    t.is((answer as { apps: { app: unknown[] } | null }).apps?.app.length, 1);
  },
);

interface Message {
  readonly Body: string;
}

test.serial('the bus was told of each end once', async (t) => {
  t.timeout(120_000);
  const told = new Map<string, Record<string, unknown>>();
  let messages = 0;
  await askUntil(
    async () => {
      const input = { QueueUrl: queueUrl, MaxNumberOfMessages: 10 };
      const { Messages = [] } = (await aws('sqs', 'AmazonSQS.ReceiveMessage', input)) as { Messages?: Message[] };
      for (const { Body } of Messages) {
        const { detail } = JSON.parse(Body) as { detail: Record<string, unknown> };
        messages += 1;
        told.set(String(detail.id), detail);
      }
      return told.size;
    },
    (size) => size >= 3,
  );
  const seen = [...told.values()].map(({ key, state, code }) => [key, state, code ?? ''].join(' ')).sort();
  t.deepEqual(seen, ['bad failed PYTHON_EXCEPTION', 'good succeeded ', 'late cancelled ']);
  t.is(messages, 3);
});

test.serial('forty who wait ask neither Livy nor YARN while it is watched, and all learn the end', async (t) => {
  t.timeout(600_000);
  const job = { ...small, file: at('jobs/sleep.py'), args: ['100'] };
  const { ref } = (await invoke('watch-submit', { key: 'waited', job })) as unknown as { ref: RunRef };
  await askUntil(
    async () => (await ledger.lastBeat?.())?.runs?.[ref.name],
    (seen) => seen !== undefined,
  );
  const [livy, yarn] = await Promise.all([counter(instance.url), counter(instance.behind?.resourceManager ?? '')]);
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const livywire = createLivywire({ url: livy.url, endpoint: ref.endpoint, yarn: { url: yarn.url }, ledger });
      try {
        const run = livywire.attach(ref);
        t.is((await run.status()).source, 'ledger');
        return (await run.wait()).kind;
      } finally {
        await livywire.close();
      }
    }),
  );
  t.deepEqual([...new Set(outcomes)], ['succeeded']);
  t.deepEqual([...livy.asked, ...yarn.asked], []);
});
