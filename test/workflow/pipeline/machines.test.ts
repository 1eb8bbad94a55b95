import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import test from 'ava';
import validate from 'asl-validator';
import { compilePipeline, type stepKinds } from '../../../src/workflow/index.js';
import { compileText, pipelineFixture } from '../../helpers/pipelines.js';
import { type Answer, run, type Run, TaskFailure } from './runner.js';

const functions = { submit: 'submit', status: 'status', cancel: 'cancel' };

test('the golden machine is what its description compiles to', async (t) => {
  const { definition } = await compileText(await pipelineFixture('nightly-sales.yaml'));
  const text = `${JSON.stringify(definition, undefined, 1)}\n`;
  // After a change that is meant: UPDATE_GOLDEN=1 npx ava test/workflow/pipeline/machines.test.ts, and read the difference.
  if (process.env.UPDATE_GOLDEN === '1')
    await writeFile(new URL('../../fixtures/pipelines/nightly-sales.asl.json', import.meta.url), text);
  t.is(text, await pipelineFixture('nightly-sales.asl.json'));
});

/** One step of each kind, with what it cannot do without. */
const least: Readonly<Record<keyof typeof stepKinds, Readonly<Record<string, unknown>>>> = {
  livy: { job: { file: 's3://x/y.py' } },
  'emr-step': { cluster: 'j-ABC', job: { file: 's3://x/y.py' } },
  'emr-serverless': { application: 'a', role: 'r', job: { file: 's3://x/y.py' } },
  'create-cluster': { release: 'emr-7.5.0', instances: { InstanceCount: 1 }, serviceRole: 'r', instanceRole: 'i' },
  'terminate-cluster': { cluster: 'j-ABC' },
  'glue-job': { job: 'j' },
  'glue-crawler': { crawler: 'c' },
  'glue-workflow': { workflow: 'w' },
  redshift: { database: 'd', workgroup: 'w', sql: 'select 1' },
  lambda: { function: 'f' },
  batch: { queue: 'q', definition: 'd' },
  ecs: { cluster: 'c', definition: 'd' },
  sagemaker: { job: 'training', name: 'n' },
  codebuild: { project: 'p' },
  dynamodb: { do: 'get', table: 't', key: { id: { S: 'x' } } },
  sns: { topic: 'arn:aws:sns:eu-west-1:123456789012:t', message: 'm' },
  sqs: { queue: 'https://sqs.eu-west-1.amazonaws.com/123456789012/q', message: 'm' },
  events: { source: 's', type: 't', detail: { a: 1 } },
  machine: { machine: 'arn:aws:states:eu-west-1:123456789012:stateMachine:m' },
  task: { task: { Type: 'Pass', Result: 1 } },
};
for (const [kind, fields] of Object.entries(least)) {
  test(`a step of kind ${kind} passes the validator alone, beside another and for each item`, (t) => {
    const step = kind === 'task' ? fields : { kind, ...fields };
    const steps = {
      a: step,
      b: { kind: 'lambda', function: 'f' },
      ...(!/cluster$/.test(kind) && { c: { ...step, foreach: [1] } }),
    };
    const checked = validate(compilePipeline({ functions, steps }).definition);
    t.true(checked.isValid, checked.errorsText());
  });
}

const cluster = {
  nodes: {
    kind: 'create-cluster',
    release: 'emr-7.5.0',
    instances: { InstanceCount: 1 },
    serviceRole: 'r',
    instanceRole: 'i',
  },
  work: { kind: 'emr-step', cluster: 'nodes', jar: 'x' },
  tell: { kind: 'sns', needs: 'work', topic: 't', message: '${steps.nodes.clusterId}' },
};
const emr: Answer = ({ resource }) =>
  resource.endsWith('createCluster')
    ? { ClusterId: 'j-1' }
    : resource.endsWith('describeCluster')
      ? { Cluster: { Status: { State: 'WAITING' } } }
      : { MessageId: '1' };
const terminated = ({ calls }: Awaited<ReturnType<typeof run>>): unknown[] =>
  calls.filter(({ resource }) => resource.endsWith('terminateCluster')).map(({ parameters }) => parameters.ClusterId);

test('a cluster is terminated once when what uses it is done', async (t) => {
  const ran = await run(compilePipeline({ steps: cluster }).definition, {}, emr);
  t.is(ran.error, undefined);
  t.deepEqual(terminated(ran), ['j-1']);
  t.deepEqual(ran.calls.find(({ state }) => state === 'work')?.parameters.ClusterId, 'j-1');
});

for (const failing of ['work', 'tell', 'nodes: Look']) {
  test(`a cluster is terminated when ${failing} fails, and the execution fails with that`, async (t) => {
    const ran = await run(compilePipeline({ steps: cluster }).definition, {}, (call) => {
      if (call.state === failing) throw new TaskFailure('Broken', 'it broke');
      return emr(call);
    });
    t.deepEqual(ran.error, { Error: 'Broken', Cause: 'it broke' });
    t.deepEqual(terminated(ran), ['j-1']);
  });
}

test('a step that failed stops what needs it', async (t) => {
  const steps = {
    a: { kind: 'sqs', queue: 'q', message: 1 },
    b: { kind: 'sqs', queue: 'q', message: 1, needs: 'a' },
  };
  const ran = await run(compilePipeline({ steps }).definition, {}, () => {
    throw new TaskFailure('Broken', 'it broke');
  });
  t.is(ran.error?.Error, 'Broken');
  t.deepEqual(
    ran.calls.map(({ state }) => state),
    ['a'],
  );
});

test('references become values of their type, texts with values in them, and results of steps before', async (t) => {
  const { definition } = compilePipeline({
    params: { day: null, n: 3, list: ['x', 'y'] },
    steps: {
      'first-one': {
        kind: 'lambda',
        function: 'f',
        payload: { n: '${params.n}', text: "it's {${params.day}} of $${this}", list: ['a', '${params.n}'] },
      },
      each: {
        kind: 'sqs',
        foreach: '${params.list}',
        queue: 'q',
        message: '${item}-${index}-${steps.first-one.payload.size}',
      },
    },
    output: { size: '${steps.first-one.payload.size}' },
  });
  const ran = await run(definition, { day: '2026-11-01' }, ({ state }) =>
    state === 'first-one' ? { Payload: { size: 7 } } : { MessageId: 'm' },
  );
  t.deepEqual(ran.output, { size: 7 });
  t.deepEqual(ran.calls[0]?.parameters.Payload, { n: 3, text: "it's {2026-11-01} of ${this}", list: ['a', 3] });
  t.deepEqual(
    ran.calls.slice(1).map(({ parameters }) => parameters.MessageBody),
    ['x-0-7', 'y-1-7'],
  );
});

test('a parameter that is missing is told before anything is called', async (t) => {
  const { definition } = compilePipeline({ params: { day: null }, steps: { a: { kind: 'lambda', function: 'f' } } });
  const ran = await run(definition, {});
  t.deepEqual(ran.error, { Error: 'ConfigError', Cause: 'The input must have day' });
  t.deepEqual(ran.calls, []);
});

interface Event {
  readonly execution: { readonly state: string; readonly redriveCount: number };
  readonly run?: { readonly events: number };
}
const handlers: Answer = ({ parameters }) => {
  const run = { v: 1, next: parameters.FunctionName === 'submit' ? 'status' : 'submit', ref: { id: '7' }, events: 9 };
  const event = parameters.Payload as Event & { readonly run?: { readonly next?: string; readonly ref?: object } };
  return {
    Payload: event.run?.ref
      ? { ...run, next: parameters.FunctionName === 'submit' ? 'done' : 'submit', outcome: { kind: 'succeeded' } }
      : run,
  };
};

test('runs of Livy are known by execution and step, and each item by its index too', async (t) => {
  const job = { file: 's3://x/y.py', args: ['${params.day}'] };
  const { definition } = compilePipeline({
    functions,
    params: { day: '1' },
    steps: { one: { kind: 'livy', job }, many: { kind: 'livy', job, foreach: ['a', 'b'], needs: 'one' } },
  });
  const ran = await run(definition, {}, handlers);
  t.is(ran.error, undefined);
  const keys = ran.calls
    .filter(({ parameters }) => parameters.FunctionName === 'submit')
    .map(({ parameters }) => (parameters.Payload as Event).execution.state);
  t.deepEqual([...new Set(keys)], ['one', 'many[0]', 'many[1]']);
  t.deepEqual((ran.output as { one: unknown }).one, { ref: { id: '7' }, outcome: { kind: 'succeeded' } });
});

test('a run that waits for its token is one call, whose answer is that of the watcher; where nobody is heard of it is looked at', async (t) => {
  const { definition } = compilePipeline({
    functions,
    steps: {
      one: { kind: 'livy', job: { file: 's3://x/y.py' }, wait: 'token', heartbeat: '20m' },
      then: { kind: 'lambda', needs: 'one', function: 'f', payload: { id: '${steps.one.ref.id}' } },
    },
  });
  const waits = (silences: number) =>
    run(definition, {}, (call) => {
      const { resource, parameters } = call;
      if (!resource.endsWith('.waitForTaskToken')) return handlers(call);
      const { taskToken, event } = parameters.Payload as { readonly taskToken: string; readonly event: Event };
      t.deepEqual([taskToken, event.execution.state], ['token', 'one']);
      if (silences-- === 0) return { v: 1, next: 'done', ref: { id: '7' }, outcome: { kind: 'succeeded' }, events: 9 };
      throw new TaskFailure('States.HeartbeatTimeout', 'nobody was heard of');
    });
  const names = ({ calls }: Run) => calls.map(({ parameters }) => parameters.FunctionName);
  const watched = await waits(0);
  t.deepEqual([watched.error, names(watched)], [undefined, ['submit', 'f']]);
  t.like(watched.calls.at(-1)?.parameters, { Payload: { id: '7' } });
  const silent = await waits(1);
  t.deepEqual(names(silent), ['submit', 'status', 'submit', 'f']);
  const text = JSON.stringify(definition);
  t.true(text.includes('"HeartbeatSeconds":1200'));
  const poll = { kind: 'livy', job: { file: 's3://x/y.py' } };
  t.false(JSON.stringify(compilePipeline({ functions, steps: { one: poll } }).definition).includes('TaskToken'));
  t.throws(() => compilePipeline({ functions, steps: { one: { ...poll, heartbeat: '20m' } } }), {
    message: /steps\.one\.heartbeat is for wait: token/,
  });
});

test('runs of one step have the history nearly to themselves, those of items are handed over after the first look', (t) => {
  const livy = { kind: 'livy', job: { file: 's3://x/y.py' } };
  const seeds = (steps: Readonly<Record<string, unknown>>): readonly number[] => {
    const text = JSON.stringify(compilePipeline({ functions, steps }).definition);
    return [...text.matchAll(/"next":"submit","events":(\d+)/g)].map(([, events]) => Number(events));
  };
  t.deepEqual(seeds({ a: livy }), [4_500]);
  t.deepEqual(seeds({ a: livy, b: livy }), [14_500, 14_500]);
  t.deepEqual(seeds({ a: { ...livy, foreach: [1] } }), [24_500]);
  // Who waits for a token has no turns, but for one after a silence.
  t.deepEqual(seeds({ a: { ...livy, wait: 'token', foreach: [1] } }), [24_482]);
});

test('the redrives that were before a step began make no attempts of it', async (t) => {
  const { definition } = compilePipeline({ functions, steps: { one: { kind: 'livy', job: { file: 's3://x/y.py' } } } });
  const { calls } = await run(definition, {}, handlers, { redriveCount: 2 });
  const counts = calls
    .filter(({ parameters }) => parameters.FunctionName === 'submit')
    .map(({ parameters }) => (parameters.Payload as Event).execution.redriveCount);
  t.deepEqual([...new Set(counts)], [0]);
});

test('an execution that was handed a run does nothing but follow it, and answers what submit did', async (t) => {
  const { definition } = compilePipeline({
    functions,
    steps: { first: { kind: 'lambda', function: 'f' }, one: { kind: 'livy', job: { file: 's3://x/y.py' } } },
  });
  const execution = { arn: 'arn:of-the-first', state: 'one', retries: 0, redriveCount: 0 };
  const ran = await run(definition, { livywireRun: { job: { file: 's3://x/y.py' }, execution } }, handlers);
  t.true(ran.calls.every(({ parameters }) => parameters.FunctionName !== 'f'));
  t.deepEqual(ran.output, { v: 1, next: 'done', ref: { id: '7' }, events: 9, outcome: { kind: 'succeeded' } });
});
