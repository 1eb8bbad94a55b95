// One watcher for everybody: executions whose tasks wait for their tokens, a bus that is told of every end, and processes that wait and leave
// Livy and YARN alone. moto's Step Functions and EventBridge, our bundles in AWS's Lambda runtime, a real Livy, YARN and Spark.
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { createLivywire } from '../../src/app/index.js';
import { s3Ledger } from '../../src/aws/index.js';
import type { Ledger, RunRef } from '../../src/core/index.js';
import { runSparkJob } from '../../src/workflow/index.js';
import { asCaller, type End, small, useAwsStack } from '../helpers/aws-stack.js';
import { askUntil } from '../helpers/livy-rest.js';

const stack = useAwsStack(test, { name: 'watch', jobs: ['fail.py', 'sleep.py'] });
let ledger: Ledger;
let queueUrl = '';
const counters: Counter[] = [];
const ends = new Map<string, Promise<End>>();
let waiting: ReturnType<typeof forty>;
let isOver = false;
let watching: Promise<void> | undefined;

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

async function invoke(name: string, event: object): Promise<Record<string, unknown>> {
  const reply = await fetch(`${stack().access.endpoint}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: asCaller('lambda'),
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
    wait: 'token',
    heartbeatSeconds: 180,
  });
  const { follow, steps } = stack();
  ends.set(name, follow(await steps.start(await steps.put('by-token', machine), name, input)));
}

/** Once the run is listed by the watcher forty wait for it, over a Livy and a YARN that count what they are asked. */
async function forty(ref: RunRef) {
  await askUntil(
    async () =>
      (await ledger.lastBeat?.())?.runs?.[ref.name] ?? (await ledger.get(ref.key))?.record.attempts[0]?.outcome,
    (seen) => seen !== undefined,
  );
  const { instance } = stack();
  const [livy, yarn] = await Promise.all([counter(instance.url), counter(instance.behind?.resourceManager ?? '')]);
  const seen = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const livywire = createLivywire({ url: livy.url, endpoint: ref.endpoint, yarn: { url: yarn.url }, ledger });
      try {
        const run = livywire.attach(ref);
        return { source: (await run.status()).source, kind: (await run.wait()).kind };
      } finally {
        await livywire.close();
      }
    }),
  );
  const different = (values: readonly string[]) => [...new Set(values)];
  return {
    sources: different(seen.map(({ source }) => source)),
    kinds: different(seen.map(({ kind }) => kind)),
    asked: [...livy.asked, ...yarn.asked],
  };
}

test.before(async (t) => {
  t.timeout(300_000);
  const { access, at, call, deploy } = stack();
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: access.accessKeyId,
    AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
  });
  ledger = s3Ledger(at('livywire'), { endpointUrl: access.endpoint, region: access.region });

  await call('events', 'AWSEvents.CreateEventBus', { Name: 'runs' });
  ({ QueueUrl: queueUrl } = await call<{ QueueUrl: string }>('sqs', 'AmazonSQS.CreateQueue', { QueueName: 'ends' }));
  const EventPattern = JSON.stringify({ source: ['livywire'], 'detail-type': ['Livywire Run State Change'] });
  await call('events', 'AWSEvents.PutRule', { Name: 'ends', EventBusName: 'runs', EventPattern });
  const Targets = [{ Id: 'queue', Arn: 'arn:aws:sqs:us-east-1:123456789012:ends' }];
  await call('events', 'AWSEvents.PutTargets', { Rule: 'ends', EventBusName: 'runs', Targets });

  const { runtime } = await deploy({
    prefix: 'watch-',
    timeoutMs: 120_000,
    env: { LIVYWIRE_EVENT_BUS: 'runs' },
    report: (line) => t.log(line),
  });
  t.log(`functions run by ${runtime}`);
  const sleep = (seconds: number) => ({ ...small, file: at('jobs/sleep.py'), args: [String(seconds)] });
  // First, and with time to spare: its application has to be there before the limit, be the machine as busy as it may.
  await start('late', { job: sleep(600), key: 'late', timeoutSeconds: 75 });
  const { ref } = (await invoke('watch-submit', { key: 'waited', job: sleep(100) })) as unknown as { ref: RunRef };
  await start('good', { job: sleep(10), key: 'good' });
  await start('bad', { job: { ...small, file: at('jobs/fail.py') }, key: 'bad' });
  watching = schedule();
  waiting = forty(ref);
  waiting.catch(() => undefined); // told by its test
});
test.after.always(async () => {
  isOver = true;
  for (const { server } of counters) server.close();
  await watching;
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
    t.is((await stack().apps()).filter(({ finalStatus }) => finalStatus === 'KILLED').length, 1);
  },
);

interface Message {
  readonly Body: string;
}

test.serial('the bus was told of each end', async (t) => {
  t.timeout(300_000);
  const told = new Map<string, Record<string, unknown>>();
  await askUntil(
    async () => {
      const input = { QueueUrl: queueUrl, MaxNumberOfMessages: 10 };
      const { Messages = [] } = await stack().call<{ Messages?: Message[] }>('sqs', 'AmazonSQS.ReceiveMessage', input);
      for (const { Body } of Messages) {
        const { detail } = JSON.parse(Body) as { detail: Record<string, unknown> };
        told.set(String(detail.id), detail);
      }
      return told.size;
    },
    (size) => size >= 3,
  );
  const seen = [...told.values()].map(({ key, state, code }) => [key, state, code ?? ''].join(' ')).sort();
  t.deepEqual(seen, ['bad failed PYTHON_EXCEPTION', 'good succeeded ', 'late cancelled ']);
});

test.serial('forty who wait ask neither Livy nor YARN while it is watched, and all learn the end', async (t) => {
  t.timeout(600_000);
  const { sources, kinds, asked } = await waiting;
  t.deepEqual([sources, kinds], [['ledger'], ['succeeded']]);
  t.deepEqual(asked, []);
});
