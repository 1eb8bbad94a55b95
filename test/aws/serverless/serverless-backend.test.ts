import test, { type ExecutionContext } from 'ava';
import { connectToServerless, type ConnectToServerlessOptions } from '../../../src/aws/index.js';
import { missingPackage } from '../../../src/core/index.js';
import type { ServerlessBackend } from '../../../src/aws/serverless/serverless-backend.js';
import { type AttemptPlan, BadAnswerError, ConfigError, type JobSpec, type RunRef } from '../../../src/core/index.js';
import { testClock } from '../../../src/testing/index.js';
import { standInCredentials } from '../../helpers/moto.js';
import { serverlessStub } from '../../helpers/serverless-stub.js';

standInCredentials();
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const name = `livywire-${'0d'.repeat(16)}-a1`;
const ROLE = 'arn:aws:iam::123456789012:role/etl';
const planOf = (spec: JobSpec): AttemptPlan => ({ spec, name, tags: [name] });

async function setUp(t: ExecutionContext, options: ConnectToServerlessOptions = { executionRole: ROLE }) {
  const stub = await serverlessStub(t);
  const given = { endpointUrl: stub.url, region: 'eu-west-1', ...options };
  const { backend, logFolders } = await connectToServerless('00fapp', given);
  const parts = { clock: testClock(), logger, check: () => undefined };
  return { stub, logFolders, backend: backend(parts) as ServerlessBackend };
}

test('a job becomes an entry point, its arguments and one line of parameters', async (t) => {
  const { backend, logFolders } = await setUp(t, { executionRole: ROLE, logUri: 's3://logs/emr/' });
  const spec: JobSpec = {
    file: 's3://jobs/etl.jar',
    className: 'org.example.Etl',
    args: ['a b'],
    jars: ['s3://j/1.jar', 's3://j/2.jar'],
    executorMemory: '8g',
    numExecutors: 0,
    name: 'sales',
    conf: { 'spark.x': 'a "b"', 'spark.executor.memory': '1g' },
  };
  t.deepEqual(backend.request(planOf(spec)), {
    applicationId: '00fapp',
    clientToken: name,
    name: `${name} sales`,
    executionRoleArn: ROLE,
    jobDriver: {
      sparkSubmit: {
        entryPoint: 's3://jobs/etl.jar',
        entryPointArguments: ['a b'],
        sparkSubmitParameters: [
          '--class org.example.Etl --jars s3://j/1.jar,s3://j/2.jar --conf "spark.x=a \\"b\\""',
          `--conf spark.executor.memory=8g --conf spark.yarn.tags=${name} --conf spark.executor.instances=0`,
        ].join(' '),
      },
    },
    configurationOverrides: { monitoringConfiguration: { s3MonitoringConfiguration: { logUri: 's3://logs/emr/' } } },
  });
  t.deepEqual(logFolders, ['s3://logs/emr/applications/00fapp/jobs']);
});

test('the same request again is the same job run; another one under its token is a duplicate', async (t) => {
  const { backend, stub } = await setUp(t);
  const first = await backend.start(planOf({ file: 's3://j/a.py' }));
  const again = await backend.start(planOf({ file: 's3://j/a.py' }));
  t.deepEqual(first, again);
  t.is((await backend.start(planOf({ file: 's3://j/b.py' }))).kind, 'duplicate');
  t.is(stub.runs.length, 1);
});

test('a request that was acted on stays one of unknown fate, whatever the next ones come to', async (t) => {
  const { backend, stub } = await setUp(t);
  const slowDown = { kind: 'error', status: 429, code: 'ThrottlingException', message: 'Rate exceeded' } as const;
  stub.trouble('StartJobRun', { kind: 'reset', acted: true }, ...Array.from({ length: 8 }, () => slowDown));
  t.is((await backend.start(planOf({ file: 's3://j/a.py' }))).kind, 'unknown');
  t.is(stub.runs.length, 1);
});

test('a lost answer costs nothing: the same request again gives the same job run', async (t) => {
  const { backend, stub } = await setUp(t);
  stub.trouble('StartJobRun', { kind: 'reset', acted: true });
  t.is((await backend.start(planOf({ file: 's3://j/a.py' }))).kind, 'started');
  t.is(stub.runs.length, 1);
});

test('a conflict that is none of the token is told in the service’s words, and not taken for a run that is there', async (t) => {
  const { backend, stub } = await setUp(t);
  const stopped = { kind: 'error', status: 409, code: 'ConflictException', message: 'Application is STOPPED' } as const;
  stub.trouble('StartJobRun', ...Array.from({ length: 9 }, () => stopped));
  const answer = await backend.start(planOf({ file: 's3://j/a.py' }));
  t.is(answer.kind, 'unknown');
  t.regex(answer.kind === 'unknown' ? answer.error.message : '', /Application is STOPPED/);
});

test('who gives up on a list that never comes is not kept', async (t) => {
  const { backend, stub } = await setUp(t);
  stub.trouble('ListJobRuns', { kind: 'silent' });
  const why = new Error('enough');
  const gone = new AbortController();
  const asked = backend.find(name, { signal: gone.signal });
  while (stub.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  gone.abort(why);
  t.is(await Promise.race([asked.catch((error: unknown) => error), new Promise((r) => setTimeout(r, 3_000))]), why);
});

test('a list whose next page is the same page again is an answer that makes no sense', async (t) => {
  const { backend, stub } = await setUp(t);
  stub.sameToken = true;
  await t.throwsAsync(backend.find(name), { instanceOf: BadAnswerError, message: /same page again/ });
});

test('the limits of the service are told by the field', async (t) => {
  const { backend } = await setUp(t);
  const fieldOf = (spec: Partial<JobSpec>) =>
    t.throws(() => backend.check({ file: 's3://j/a.py', ...spec }), { instanceOf: ConfigError })?.field;
  t.is(fieldOf({ args: ['a', ''] }), 'args[1]');
  t.is(fieldOf({ args: [' '] }), 'args[0]');
  t.is(fieldOf({ args: Array.from({ length: 1_025 }, () => 'x') }), 'args');
  t.is(fieldOf({ conf: { 'spark.x': 'x'.repeat(103_000) } }), 'conf');
});

test('a quote is inside of quotes', async (t) => {
  const { backend } = await setUp(t);
  const { jobDriver } = backend.request(planOf({ file: 's3://j/a.py', conf: { 'spark.x': "it's" } })) as {
    jobDriver: { sparkSubmit: { sparkSubmitParameters: string } };
  };
  t.true(jobDriver.sparkSubmit.sparkSubmitParameters.startsWith('--conf "spark.x=it\'s" --conf '));
});

test('what EMR Serverless cannot say is refused before anything is sent', async (t) => {
  const { backend } = await setUp(t);
  const fieldOf = (spec: JobSpec) => t.throws(() => backend.check(spec), { instanceOf: ConfigError })?.field;
  t.is(fieldOf({ file: 's3://j/a.py', queue: 'etl' }), 'queue');
  t.is(fieldOf({ file: 's3://j/a.py', proxyUser: 'alice' }), 'proxyUser');
  const roleless = (await setUp(t, {})).backend;
  t.is(t.throws(() => roleless.check({ file: 's3://j/a.py' }), { instanceOf: ConfigError })?.field, '--execution-role');
});

test('of a failed run its details are told, and its dashboard can be opened', async (t) => {
  const { backend, stub } = await setUp(t);
  await backend.start(planOf({ file: 's3://j/a.py' }));
  Object.assign(stub.runs[0]!, { state: 'FAILED', stateDetails: 'Job failed, password=hunter22' });
  const seen = await backend.find(name);
  t.is(seen?.state, 'failed');
  t.regex(seen?.message ?? '', /^Job failed/);
  t.false(seen?.message?.includes('hunter22'));
  t.is(await backend.dashboard('00f0'), 'https://dashboard.invalid/00f0');
});

test('when a job run ended is the service’s word', async (t) => {
  const { backend, stub } = await setUp(t);
  const started = await backend.start(planOf({ file: 's3://j/a.py' }));
  const id = started.kind === 'started' ? started.status.id : undefined;
  const ref: RunRef = {
    ...{ v: 1, key: 'k', attempt: 1, backend: 'emr-serverless', endpoint: backend.endpoint, name, createdAt: '' },
    ...(id !== undefined && { id }),
  };
  t.is(await backend.endedAt(ref), undefined);
  Object.assign(stub.runs[0]!, { state: 'FAILED', endedAt: 1_795_406_199 });
  t.is(await backend.endedAt(ref), 1_795_406_199_000);
});

test('a run beyond the first page is found by its name', async (t) => {
  const { backend } = await setUp(t);
  await backend.start(planOf({ file: 's3://j/a.py' }));
  for (let i = 2; i < 7; i++) {
    const other = `livywire-${'0d'.repeat(16)}-a${i}`;
    await backend.start({ spec: { file: 's3://j/a.py' }, name: other, tags: [other] });
  }
  t.is((await backend.find(name))?.id, '00f0');
});

test('without its package there is one sentence that says which to install', (t) => {
  const of = (error: unknown) =>
    missingPackage(error, '@aws-sdk/client-emr-serverless', { who: 'EMR Serverless', field: '--backend' });
  const missing = Object.assign(new Error("Cannot find package '@aws-sdk/client-emr-serverless' imported from x"), {
    code: 'ERR_MODULE_NOT_FOUND',
  });
  const said = of(missing);
  t.true(said instanceof ConfigError);
  t.regex(String(said), /npm install @aws-sdk\/client-emr-serverless$/);
  const other = Object.assign(new Error("Cannot find package 'x'"), { code: 'ERR_MODULE_NOT_FOUND' });
  t.is(of(other), other);
});
