import test, { type ExecutionContext } from 'ava';
import { awsClients } from '../../../src/aws/clients.js';
import { StepBackend, type StepBackendOptions } from '../../../src/aws/steps/index.js';
import { StepBook } from '../../../src/aws/steps/step-book.js';
import {
  type AttemptPlan,
  BadAnswerError,
  ConfigError,
  type JobSpec,
  type RunRef,
  UnreachableError,
} from '../../../src/core/index.js';
import { testClock } from '../../../src/testing/index.js';
import { clusterStub } from '../../helpers/cluster-stub.js';
import { emrStub } from '../../helpers/emr-stub.js';
import { FakeRegistry } from '../../helpers/fake-registry.js';
import { standInCredentials } from '../../helpers/moto.js';

standInCredentials();
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const nameOf = (i: number) => `livywire-${String(i).padStart(32, '0')}-a1`;
const planOf = (i = 1, spec: JobSpec = { file: 's3://jobs/etl.py' }): AttemptPlan => ({
  spec,
  name: nameOf(i),
  tags: [nameOf(i), 'livywire-spec-0'],
});
const refOf = (i: number, id?: string): RunRef => ({
  v: 1,
  key: `${i}`,
  attempt: 1,
  backend: 'emr-step',
  endpoint: 'emr-step://eu-west-1/j-TEST',
  name: nameOf(i),
  createdAt: '',
  ...(id !== undefined && { id }),
});

async function setUp(
  t: ExecutionContext,
  options: Partial<StepBackendOptions> = {},
  limits: Parameters<typeof emrStub>[1] = {},
) {
  const emr = await emrStub(t, limits);
  const clients = awsClients({ endpointUrl: emr.url, region: 'eu-west-1' });
  t.teardown(() => clients.close());
  const clock = testClock({ auto: false });
  const open = () =>
    new StepBackend({
      clusterId: 'j-TEST',
      region: 'eu-west-1',
      clients,
      clock,
      logger,
      check: () => undefined,
      ...options,
    });
  return { emr, clock, open, backend: open() };
}
const lists = (calls: readonly string[]) => calls.filter((call) => call === 'ListSteps').length;

test('every field of a job is in the line that command-runner gets', async (t) => {
  const { backend } = await setUp(t, { executionRole: 'arn:aws:iam::1:role/r', logUri: 's3://mine/' });
  const spec: Required<JobSpec> = {
    file: 's3://jobs/etl.jar',
    className: 'org.example.Etl',
    args: ['a b', '', '--name'],
    jars: ['s3://j/1.jar', 's3://j/2.jar'],
    pyFiles: ['s3://p/1.py'],
    files: ['s3://f/x.csv'],
    archives: ['s3://a/env.tar.gz#environment'],
    driverMemory: '4g',
    driverCores: 2,
    executorMemory: '8g',
    executorCores: 4,
    numExecutors: 0,
    queue: 'etl',
    name: 'sales, daily',
    proxyUser: 'alice',
    conf: { 'spark.yarn.tags': 'mine', 'spark.x': false },
  };
  t.deepEqual(backend.request(planOf(1, spec)), {
    JobFlowId: 'j-TEST',
    ExecutionRoleArn: 'arn:aws:iam::1:role/r',
    Steps: [
      {
        Name: `${nameOf(1)} sales, daily`,
        ActionOnFailure: 'CONTINUE',
        StepMonitoringConfiguration: { S3MonitoringConfiguration: { LogUri: 's3://mine/' } },
        HadoopJarStep: {
          Jar: 'command-runner.jar',
          Args: [
            ...['spark-submit', '--master', 'yarn', '--deploy-mode', 'cluster', '--name', nameOf(1)],
            ...['--class', 'org.example.Etl', '--jars', 's3://j/1.jar,s3://j/2.jar', '--py-files', 's3://p/1.py'],
            ...['--files', 's3://f/x.csv', '--archives', 's3://a/env.tar.gz#environment'],
            ...['--driver-memory', '4g', '--driver-cores', '2', '--executor-memory', '8g', '--executor-cores', '4'],
            ...['--num-executors', '0', '--queue', 'etl', '--proxy-user', 'alice'],
            ...['--conf', `spark.yarn.tags=mine,${nameOf(1)},livywire-spec-0`, '--conf', 'spark.x=false'],
            ...['--conf', 'spark.yarn.submit.waitAppCompletion=true'],
            ...['s3://jobs/etl.jar', 'a b', '', '--name'],
          ],
        },
      },
    ],
  });
});

test('a name for people makes no step’s name longer than EMR takes, nor holds what it does not', async (t) => {
  const { backend, emr } = await setUp(t);
  await backend.start(planOf(1, { file: 's3://j/x.py', name: `${'é\u0007'.repeat(300)}` }));
  const [step] = emr.steps();
  t.regex(step?.config.Name ?? '', new RegExp(`^${nameOf(1)} [\\x20-\\x7e]+$`));
  t.is(step?.config.Name.length, 256);
  t.is((await backend.find(nameOf(1)))?.name, nameOf(1));
});

test('a job that is too long for a step is refused before anything is sent, and what makes it long is named', async (t) => {
  const { backend, emr } = await setUp(t);
  const long = { file: 's3://j/x.py', args: Array.from({ length: 800 }, (_, i) => `s3://bucket/day/${i}/`) };
  const error = t.throws(() => backend.check(long), { instanceOf: ConfigError });
  t.is(error?.field, 'args');
  t.regex(
    error?.message ?? '',
    /has 1\d{4} characters, and EMR takes 10240; most of them, \d+, are args\. Let the job read its arguments from a file/,
  );
  // What passes the check passes EMR.
  const lengths = [10_240, 9_000].map((total) => 'x'.repeat(total));
  t.throws(() => backend.check({ file: 's3://j/x.py', args: [lengths[0]!] }));
  backend.check({ file: 's3://j/x.py', args: [lengths[1]!] });
  t.is((await backend.start(planOf(1, { file: 's3://j/x.py', args: [lengths[1]!] }))).kind, 'started');
  t.is(emr.steps().length, 1);
});

test('what spark-submit’s line cannot say is refused, field by field', async (t) => {
  const { backend } = await setUp(t);
  const file = 's3://j/x.py';
  const fieldOf = (spec: JobSpec) => t.throws(() => backend.check(spec), { instanceOf: ConfigError })?.field;
  t.is(fieldOf({ file, jars: ['s3://a.jar', 's3://a,b.jar'] }), 'jars[1]');
  t.is(fieldOf({ file, args: ['fine\n', 'bell\u0007'] }), 'args[1]');
  t.is(fieldOf({ file, conf: { 'spark.x': '\u0000' } }), 'conf["spark.x"]');
  const waits = 'spark.yarn.submit.waitAppCompletion';
  t.is(fieldOf({ file, conf: { [waits]: false } }), `conf["${waits}"]`);
});

test('a full queue is busy, and says so', async (t) => {
  const { backend } = await setUp(t, {}, { limit: 1 });
  t.is((await backend.start(planOf(1))).kind, 'started');
  const answer = await backend.start(planOf(2));
  t.is(answer.kind, 'busy');
  t.regex(answer.kind === 'busy' ? answer.message : '', /^the cluster's step queue is full: EMR holds 256/);
});

test('a request whose answer is lost is sent once, and of unknown fate', async (t) => {
  const { backend, emr } = await setUp(t);
  emr.trouble('AddJobFlowSteps', { kind: 'reset', acted: true });
  t.is((await backend.start(planOf(1))).kind, 'unknown');
  emr.trouble('AddJobFlowSteps', { kind: 'error', status: 500, code: 'InternalServerError', message: 'oh' });
  t.is((await backend.start(planOf(2))).kind, 'unknown');
  t.is(emr.calls.filter((call) => call === 'AddJobFlowSteps').length, 2);
});

test('a cluster that is not there, a denied action and a terminated cluster each give the sentence that helps', async (t) => {
  const { emr, open } = await setUp(t, { clusterId: 'j-OTHER' });
  const refusal = await open().start(planOf(1));
  t.is(refusal.kind, 'refused');
  await t.throwsAsync(open().find(nameOf(1)), { message: /there is no cluster j-OTHER in this region and account/ });
  emr.trouble('ListSteps', {
    kind: 'error',
    status: 400,
    code: 'AccessDeniedException',
    message:
      'User: arn:aws:sts::1:user/me is not authorized to perform: elasticmapreduce:ListSteps on resource: * because no identity-based policy allows it',
  });
  await t.throwsAsync(open().find(nameOf(1)), {
    instanceOf: ConfigError,
    message: /arn:aws:sts::1:user\/me may not elasticmapreduce:ListSteps on \*/,
  });
  emr.trouble('AddJobFlowSteps', {
    kind: 'error',
    status: 400,
    code: 'ValidationException',
    message: 'A job flow that is shutting down, terminated, or finished may not be modified.',
  });
  const ended = await open().start(planOf(1));
  t.regex(ended.kind === 'refused' ? ended.error.message : '', /shutting down.*choose a cluster that runs/);
});

test('a thousand status reads that are due together cost one ListSteps', async (t) => {
  const { backend, emr, clock } = await setUp(t);
  const answer = await backend.start(planOf(1));
  const id = answer.kind === 'started' ? answer.status.id : undefined;
  emr.calls.length = 0;
  const all = await Promise.all(Array.from({ length: 1_000 }, () => backend.status(refOf(1, id))));
  t.true(all.every((one) => one?.id === id));
  t.is(lists(emr.calls), 1);
  await backend.status(refOf(1, id));
  t.is(lists(emr.calls), 1);
  await clock.advance(5_000);
  await backend.status(refOf(1, id));
  t.is(lists(emr.calls), 2);
});

test('a long list is walked once; after that its newest page is read, and the older steps that go on', async (t) => {
  const { backend, emr, clock } = await setUp(t, {}, { limit: 10_000, concurrency: 10_000 });
  for (let i = 1; i <= 240; i++) await backend.start(planOf(i));
  const steps = emr.steps();
  // As a queue that has been at work for days.
  steps.forEach((step, i) => Object.assign(step, { createdAt: Date.now() - (240 - i) * 3_600_000 }));
  for (const { id } of steps.slice(1)) await emr.end(id, { ok: true });
  const fresh = (await setUpOver(t, emr.url, clock)).backend;
  emr.calls.length = 0;
  t.is((await fresh.find(nameOf(1)))?.raw, 'RUNNING');
  t.is(lists(emr.calls), 5);
  await emr.end(steps[0]!.id, { ok: false, message: 'it broke' });
  const seen = await fresh.find(nameOf(1));
  t.is(seen?.state, 'failed');
  t.is(lists(emr.calls), 7); // the newest page, and the one that went on
});

async function setUpOver(
  t: ExecutionContext,
  url: string,
  clock: ReturnType<typeof testClock>,
  options: Partial<StepBackendOptions> = {},
) {
  const clients = awsClients({ endpointUrl: url, region: 'eu-west-1' });
  t.teardown(() => clients.close());
  return {
    backend: new StepBackend({
      clusterId: 'j-TEST',
      region: 'eu-west-1',
      clients,
      clock,
      logger,
      check: () => undefined,
      ...options,
    }),
  };
}

test('of a failed step EMR’s reason, message and log file are told', async (t) => {
  const { backend, emr } = await setUp(t);
  await backend.start(planOf(1));
  await new Promise((resolve) => setImmediate(resolve));
  await emr.end(emr.steps()[0]!.id, {
    ok: false,
    message: 'Exception in thread "main" oh, AWS_SECRET_ACCESS_KEY=abcdefgh',
  });
  const seen = await backend.find(nameOf(1));
  t.is(seen?.raw, 'FAILED');
  t.regex(
    seen?.message ?? '',
    /^Unknown Error\.; Exception in thread "main" oh.*; log: s3:\/\/logs\/emr\/j-TEST\/steps\/s-.*stderr\.gz$/,
  );
  t.false(seen?.message?.includes('abcdefgh'));
});

test('when a step ended is EMR’s word', async (t) => {
  const { backend, emr, clock } = await setUp(t);
  await backend.start(planOf(1));
  await new Promise((resolve) => setImmediate(resolve));
  t.is(await backend.endedAt(refOf(1)), undefined);
  await emr.end(emr.steps()[0]!.id, { ok: false });
  await clock.advance(60_000);
  t.is(await backend.endedAt(refOf(1)), emr.steps()[0]?.endedAt);
});

test('of a step that went with its cluster EMR’s word on the cluster is told, and an EMR that cannot say hides nothing', async (t) => {
  const ended = 'Cluster j-TEST (nightly) is TERMINATED: USER_REQUEST: by user';
  const { backend, emr } = await setUp(t, { aboutCluster: async () => ended });
  await backend.start(planOf(1));
  await new Promise((resolve) => setImmediate(resolve));
  t.is((await backend.find(nameOf(1)))?.message, undefined);
  for (const state of ['INTERRUPTED', 'CANCELLED'] as const) {
    emr.steps()[0]!.state = state;
    t.true((await backend.find(nameOf(1)))?.message?.startsWith(ended));
  }
  emr.steps()[0]!.state = 'INTERRUPTED';
  const aboutCluster = async () => {
    throw new UnreachableError('EMR is silent', 'no');
  };
  const seen = await (await setUpOver(t, emr.url, testClock(), { aboutCluster })).backend.find(nameOf(1));
  t.like(seen, { state: 'failed', raw: 'INTERRUPTED' });
  t.is(seen?.message, undefined);
});

test('a page of steps that names itself as the next one is an answer that makes no sense', async (t) => {
  const page = async () => ({ steps: [], next: 'again' });
  const book = new StepBook({ page, byId: async () => [] }, testClock());
  await t.throwsAsync(book.now(), { instanceOf: BadAnswerError, message: /same page again/ });
});

test('why EMR would not cancel a step is told', async (t) => {
  const Reason = 'Cancelling running steps is not supported for this release.';
  const { url } = await clusterStub(t, {
    ListSteps: () => ({ Steps: [{ Id: 's-1', Name: nameOf(1), Status: { State: 'RUNNING' } }] }),
    CancelSteps: () => ({ CancelStepsInfoList: [{ StepId: 's-1', Status: 'FAILED', Reason }] }),
  });
  const { backend } = await setUpOver(t, url, testClock());
  await t.throwsAsync(backend.stop(refOf(1, 's-1')), {
    message: `EMR would not cancel step s-1, which is RUNNING: ${Reason}`,
  });
});

test('where YARN can be asked, a running step’s application is known by its tag, and a stop kills it', async (t) => {
  const registry = new FakeRegistry(testClock());
  const { backend, emr } = await setUp(t, { registry });
  await backend.start(planOf(1));
  await new Promise((resolve) => setImmediate(resolve));
  registry.set('application_1_1', { tags: [nameOf(1)] });
  t.is((await backend.find(nameOf(1)))?.appId, 'application_1_1');
  t.is(await backend.stop(refOf(1)), 'asked');
  t.is(registry.app('application_1_1')?.raw, 'KILLED');
  t.is(emr.steps()[0]?.state, 'CANCELLED');
  t.is((await backend.find(nameOf(1)))?.message, undefined);
});

test('a step that was cancelled at work, with no YARN to ask, says that its application may go on', async (t) => {
  const { backend } = await setUp(t);
  await backend.start(planOf(1));
  await new Promise((resolve) => setImmediate(resolve));
  t.is(await backend.stop(refOf(1)), 'asked');
  const seen = await backend.find(nameOf(1));
  t.is(seen?.state, 'cancelled');
  t.regex(
    seen?.message ?? '',
    /does not stop a YARN application, and YARN was not asked whether one goes on \(--yarn-url\)/,
  );
});

test('a step that was still waiting when it was cancelled has no application to warn of', async (t) => {
  const { backend, emr } = await setUp(t, {}, { concurrency: 1 });
  await backend.start(planOf(1));
  await backend.start(planOf(2));
  t.is(await backend.stop(refOf(2)), 'asked');
  const seen = await backend.find(nameOf(2));
  t.is(seen?.raw, 'CANCELLED');
  t.is(seen?.message, undefined);
  t.is(emr.steps()[0]?.state, 'RUNNING');
});

test('of two steps of one name the first is the one that counts', async (t) => {
  const { backend, emr } = await setUp(t);
  await backend.start(planOf(1));
  await backend.start(planOf(1));
  emr.steps().forEach((step, i) => Object.assign(step, { createdAt: 1_000 * (i + 1) }));
  t.is((await backend.find(nameOf(1)))?.id, emr.steps()[0]?.id);
});

test('a step that is none of ours is no other step of that name', async (t) => {
  const { backend, emr } = await setUp(t);
  await backend.start(planOf(1));
  Object.assign(emr.steps()[0]!.config, { Name: 'Spark application' });
  const stranger = { ...refOf(1, 's-GONE'), attempt: 0, name: 'Spark application' };
  t.is(await backend.status(stranger), undefined);
  t.is(await backend.stop(stranger), 'no-record');
});

test('steps of other people are listed under their own names', async (t) => {
  const { backend, emr } = await setUp(t);
  await backend.start(planOf(1));
  Object.assign(emr.steps()[0]!.config, { Name: 'Setup hadoop debugging' });
  const names: (string | undefined)[] = [];
  for await (const { name } of backend.list()) names.push(name);
  t.deepEqual(names, ['Setup hadoop debugging']);
});

test('a step that waits says how many are before it in the queue, and that it is next', async (t) => {
  const { backend, emr, clock } = await setUp(t, {}, { concurrency: 1 });
  for (const i of [1, 2]) await backend.start(planOf(i));
  emr.steps().forEach((step, i) => Object.assign(step, { createdAt: 1_000 * (i + 1) }));
  await backend.find(nameOf(3));
  await backend.start(planOf(3));
  t.regex((await backend.status(refOf(3)))?.waiting?.summary ?? '', /2 steps before it/, 'before the list shows it');
  emr.steps().forEach((step, i) => Object.assign(step, { createdAt: 1_000 * (i + 1) }));
  const summary = async (i: number) => (await backend.status(refOf(i)))?.waiting?.summary;
  await clock.advance(5_000);
  t.is(await summary(1), undefined, 'it runs');
  t.is(await summary(2), "PENDING · 1 step before it in the cluster's queue of steps");
  t.is(await summary(3), "PENDING · 2 steps before it in the cluster's queue of steps");
  await emr.end(emr.steps()[0]?.id ?? '', { ok: true });
  await clock.advance(5_000);
  t.is(await summary(2), undefined);
  t.is(await summary(3), "PENDING · 1 step before it in the cluster's queue of steps");
});
