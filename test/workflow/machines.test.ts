import validate from 'asl-validator';
import test from 'ava';
import jsonata from 'jsonata';
import { stepArguments } from '../../src/aws/steps/step-arguments.js';
import { ConfigError, type JobSpec } from '../../src/core/index.js';
import { runGlueJob, runGlueWorkflow, runSparkJob, runSparkStep, type StateMachine } from '../../src/workflow/index.js';
import { functions } from './spark-world.js';

const retry = { errors: ['NODE_LOST'], maxAttempts: 2 };
const machines: Readonly<Record<string, StateMachine>> = {
  'run-spark-job': runSparkJob({ functions }),
  'run-spark-job that retries': runSparkJob({ functions, retry }),
  'run-spark-job with defaults': runSparkJob({ functions, defaults: { timeoutSeconds: 60 } }),
  'run-spark-job by token': runSparkJob({ functions, retry, wait: 'token', heartbeatSeconds: 1_200 }),
  'run-spark-step': runSparkStep({ clusterId: 'j-1', timeoutSeconds: 3_600, executionRoleArn: 'arn:aws:iam::123456789012:role/x' }), // prettier-ignore
  'run-glue-job': runGlueJob({ jobName: 'etl', timeoutSeconds: 3_600 }),
  'run-glue-workflow': runGlueWorkflow({ workflowName: 'nightly' }),
};

/** Every state that a state names. */
const named = (state: object): string[] =>
  [...JSON.stringify(state).matchAll(/"(?:Next|Default)":"([^"]+)"/g)].map(([, name = '']) => name);

for (const [name, machine] of Object.entries(machines)) {
  test(`${name} is valid Amazon States Language`, (t) => {
    // The validator writes into what it is given.
    const answer = validate(structuredClone(machine));
    t.true(answer.isValid, answer.errorsText('\n'));
  });

  test(`${name} has no state that is not reached, and no name that Step Functions refuses`, (t) => {
    const reached = new Set([machine.StartAt]);
    for (const state of reached) for (const next of named(machine.States[state] ?? {})) reached.add(next);
    t.deepEqual([...reached].sort(), Object.keys(machine.States).sort());
    t.true(Object.keys(machine.States).every((state) => state.length <= 80));
    t.true(JSON.stringify(machine).length < 1_000_000);
  });
}

test('the validator is no yes-sayer', (t) => {
  const machine = structuredClone(machines['run-spark-job']) as { StartAt: string };
  t.false(validate({ ...machine, StartAt: 'Nowhere' }).isValid);
  t.false(validate({ ...machine, States: {} }).isValid);
});

test('run-spark-job has no Fail state, since a redrive would only fail there again', (t) => {
  const types = Object.values(runSparkJob({ functions, retry }).States).map(({ Type }) => Type);
  t.false(types.includes('Fail'));
});

test('every call of a handler is retried, with a bound to the pause and jitter', (t) => {
  const tasks = Object.values(runSparkJob({ functions, retry }).States).filter(({ Type }) => Type === 'Task');
  t.is(tasks.length, 5);
  for (const task of tasks) {
    const retriers = ('Retry' in task && task.Retry) || [];
    t.true(retriers.length > 0);
    for (const one of retriers) t.like(one, { JitterStrategy: 'FULL', BackoffRate: 2 });
  }
});

/** What Step Functions would make of the step's arguments. */
async function evaluated(input: unknown): Promise<{ readonly Name: string; readonly Args: readonly string[] }> {
  const state = runSparkStep({ clusterId: 'j-1' }).States['Run the step'] as unknown as {
    Arguments: { Step: { Name: string; HadoopJarStep: { Args: string } } };
  };
  const { Name, HadoopJarStep } = state.Arguments.Step;
  const bound = { states: { input, context: { Execution: { Name: 'exec-1' } } } };
  const value = async (text: string): Promise<unknown> =>
    JSON.parse(JSON.stringify(await jsonata(text.replace(/^\{%|%\}$/g, '')).evaluate({}, bound))) as unknown;
  return { Name: (await value(Name)) as string, Args: (await value(HadoopJarStep.Args)) as string[] };
}

const specs: readonly JobSpec[] = [
  { file: 's3://b/job.py' },
  { file: 's3://b/job.py', args: ['one'] },
  {
    file: 's3://b/app.jar',
    className: 'com.example.Main',
    args: ['--day', '2026-11-23', '', 'with "quotes"'],
    jars: ['s3://b/a.jar'],
    pyFiles: ['s3://b/a.zip', 's3://b/b.zip'],
    files: [],
    archives: ['s3://b/env.tgz#env'],
    driverMemory: '2g',
    driverCores: 1,
    executorMemory: '4g',
    executorCores: 2,
    numExecutors: 3,
    queue: 'etl',
    proxyUser: 'ada',
    conf: { 'spark.a': 'x=y', 'spark.b': 7, 'spark.c': false },
    name: 'Nightly',
  },
];

for (const [index, spec] of specs.entries()) {
  test(`run-spark-step writes the line that livywire’s own EMR backend writes (job ${index + 1})`, async (t) => {
    const ours = stepArguments({ spec, name: 'NAME', tags: [] });
    const { Name, Args } = await evaluated({ job: spec });
    t.is(Name, spec.name ?? 'exec-1');
    const isTag = (_: string, i: number, all: readonly string[]): boolean =>
      !(all[i]?.startsWith('spark.yarn.tags=') === true || all[i + 1]?.startsWith('spark.yarn.tags=') === true);
    t.deepEqual(
      Args,
      ours.filter(isTag).map((arg) => (arg === 'NAME' ? Name : arg)),
    );
  });
}

test('what cannot be a machine is refused with the field’s name', (t) => {
  const refused = (make: () => unknown, field: string): void => {
    const error = t.throws(make, { instanceOf: ConfigError });
    t.is(error.field, field);
  };
  refused(() => runSparkJob({ functions: { ...functions, status: 'a b' } }), 'functions.status');
  refused(() => runSparkJob({ functions, wait: 'token', heartbeatSeconds: 0 }), 'heartbeatSeconds');
  refused(() => runSparkJob({ functions, retry: { errors: [], maxAttempts: 1 } }), 'retry.errors');
  refused(() => runSparkJob({ functions, retry: { errors: ['RunTimedOut'], maxAttempts: 1 } }), 'retry.errors');
  refused(() => runSparkJob({ functions, retry: { errors: ['States.ALL'], maxAttempts: 1 } }), 'retry.errors');
  refused(() => runSparkJob({ functions, retry: { ...retry, maxAttempts: 0.5 } }), 'retry.maxAttempts');
  refused(() => runSparkJob({ functions, retry: { ...retry, delaySeconds: -1 } }), 'retry.delaySeconds');
  refused(() => runSparkStep({ clusterId: ' ' }), 'clusterId');
  refused(() => runSparkStep({ clusterId: 'j-1', timeoutSeconds: 0 }), 'timeoutSeconds');
  refused(() => runGlueJob({ jobName: '' }), 'jobName');
  refused(() => runGlueWorkflow({ workflowName: '' }), 'workflowName');
  t.notThrows(() =>
    runSparkJob({
      functions: { ...functions, submit: 'arn:aws-cn:lambda:cn-north-1:123456789012:function:livywire-submit:live' },
    }),
  );
});
