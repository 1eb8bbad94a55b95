// run-spark-job as it is deployed, in moto's interpreter of Step Functions, over our bundles in AWS's own Lambda runtime (plain Node
// where that cannot be built), with a real Livy, YARN, Spark and an S3. The executions run side by side: they mostly wait.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import test, { type ExecutionContext } from 'ava';
import type { ExecutionView } from '../../src/local/index.js';
import { runSparkJob, type StateMachine } from '../../src/workflow/index.js';
import { type End, small, useAwsStack } from '../helpers/aws-stack.js';
import { hangingOnce } from '../helpers/hanging-function.js';
import { type KillingProxy, killingProxy } from '../helpers/killing-proxy.js';
import { askUntil } from '../helpers/livy-rest.js';

const stack = useAwsStack(test, { name: 'workflow', jobs: ['wordcount.py', 'fail.py', 'sleep.py'] });
let proxy: KillingProxy | undefined;
const ends = new Map<string, Promise<End>>();

const machineOver = (prefix: string): StateMachine =>
  runSparkJob({
    functions: { submit: `${prefix}submit`, status: `${prefix}status`, cancel: `${prefix}cancel` },
  });

/** Starts an execution of the machine over these functions; its end is asked for by the test of that name. */
async function start(name: string, prefix: string, input: object): Promise<void> {
  const { steps, follow } = stack();
  ends.set(name, follow(await steps.start(await steps.put(`machine-${name}`, machineOver(prefix)), name, input)));
}

test.before(async (t) => {
  t.timeout(300_000);
  const { access, at, deploy, follow, instance, put, root, steps } = stack();
  const { runtime } = await deploy({ report: (line) => t.log(line) });
  t.log(`functions run by ${runtime}`);
  // First, and with time to spare: its application has to be there before the limit, be the machine as busy as it may.
  await start('late', 'livywire-', { job: { ...small, file: at('jobs/sleep.py'), args: ['600'] }, timeoutSeconds: 60 });
  const control = async (what: string, body: object, method = 'POST'): Promise<void> => {
    await fetch(`${access.endpoint}/_livywire/${what}`, { method, body: JSON.stringify(body) });
  };
  // Killed while Livy works on its request; called again, its answer is lost; called a third time. Its status is throttled.
  proxy = await killingProxy(instance.url, async () => {
    await control('kill/killed-submit', {});
    const lost = { action: 'lambda:InvokeFunction', resource: 'killed-submit', error: 'InternalError' };
    await control('faults', { ...lost, after: true, times: 1 });
    const throttled = { action: 'lambda:InvokeFunction', resource: 'killed-status', error: 'Throttling' };
    await control('faults', { ...throttled, times: 1 });
  });
  await deploy({ prefix: 'killed-', env: { LIVYWIRE_URL: proxy.url } });
  await deploy({ prefix: 'hung-', env: await hangingOnce(root), timeoutMs: 20_000 });

  // As an EventBridge rule for new objects has it.
  const machine = await steps.put('machine-good', machineOver('livywire-'));
  const inputTransformer = {
    inputPathsMap: { bucket: '$.detail.bucket.name', key: '$.detail.object.key' },
    inputTemplate: JSON.stringify({
      job: { ...small, file: at('jobs/wordcount.py'), args: ['s3://<bucket>/<key>', at('out/good')] },
      key: 's3/<bucket>/<key>',
      output: at('out/good'),
      inputs: ['s3://<bucket>/<key>'],
    }),
  };
  await control(
    'rules',
    { name: 'in', bucket: access.bucket, prefix: 'in/', stateMachineArn: machine, inputTransformer },
    'PUT',
  );
  await put('in/words.txt', 'one two two three three three\n');
  const [started = ''] = await askUntil(
    () => steps.executions(machine),
    (arns) => arns.length > 0,
  );
  ends.set('good', follow(started));
  await start('bad', 'livywire-', { job: { ...small, file: at('jobs/fail.py') } });
  await start('killed', 'killed-', { job: { ...small, file: at('jobs/sleep.py'), args: ['5'] } });
  await start('hung', 'hung-', { job: { ...small, file: at('jobs/sleep.py'), args: ['5'] } });
});
test.after.always(() => proxy?.close());

const endOf = async (t: ExecutionContext, name: string) => {
  t.timeout(600_000);
  const end = await ends.get(name);
  if (!end) throw new Error(`${name} was not started`);
  t.log(`${name}: ${end.status} ${end.error ?? ''} after ${end.path.length} states`);
  return end;
};

interface Answer {
  readonly next: string;
  readonly outcome: { readonly kind: string };
  readonly ref: { readonly name: string; readonly attempt: number };
}
const answerOf = ({ output = '{}' }: ExecutionView): Answer => JSON.parse(output) as Answer;

test.serial('an object put into the bucket starts a job that ends in success, with its output in S3', async (t) => {
  const end = await endOf(t, 'good');
  t.is(end.status, 'SUCCEEDED', end.cause);
  t.like(answerOf(end), { next: 'done', outcome: { kind: 'succeeded' } });
  const { access, s3 } = stack();
  const listing = await s3.send(new ListObjectsV2Command({ Bucket: access.bucket, Prefix: 'out/good/' }));
  t.true(listing.Contents?.some(({ Key }) => Key === 'out/good/_SUCCESS'));
});

test.serial("a failing job fails it under its diagnosis' code, with the reason as its cause", async (t) => {
  const end = await endOf(t, 'bad');
  t.is(end.status, 'FAILED');
  t.is(end.error, 'PYTHON_EXCEPTION');
  t.regex(end.cause ?? '', /ValueError/);
  t.is(end.path.at(-1), 'Submit');
});

test.serial('a redrive after the failure is mended is a new attempt, in the same execution', async (t) => {
  const good = 'from pyspark.sql import SparkSession\nSparkSession.builder.getOrCreate().range(5).count()\n';
  const { executionArn: arn } = await endOf(t, 'bad');
  const { apps, follow, put, steps } = stack();
  await put('jobs/fail.py', good);
  await steps.redrive(arn);
  const end = await follow(arn);
  t.is(end.status, 'SUCCEEDED', end.cause);
  const { outcome, ref } = answerOf(end);
  t.is(outcome.kind, 'succeeded');
  t.is(ref.attempt, 2);
  const names = (await apps()).map(({ name }) => name);
  t.is(names.filter((name) => name === ref.name).length, 1);
  t.is(names.filter((name) => name === ref.name.replace(/-a2$/, '-a1')).length, 1);
});

/** What the calls of an execution failed with, once it has succeeded with one application in all. */
async function failuresOnTheWay(t: ExecutionContext, name: string): Promise<readonly string[]> {
  const end = await endOf(t, name);
  t.is(end.status, 'SUCCEEDED', end.cause);
  const { apps, instance, steps } = stack();
  const { ref } = answerOf(end);
  t.is(ref.attempt, 1);
  t.is((await apps()).filter((app) => app.name === ref.name).length, 1);
  const log = await readFile(join(instance.dir, 'logs', `lambda-${name}-submit.log`), 'utf8');
  // On a busy machine it may be stopped before its request has left it: then the next one starts the application.
  t.log(log.includes('adopted') ? 'what was started before was found again' : 'nothing had been started before');
  const history = await steps.history(end.executionArn);
  return history.flatMap(({ taskFailedEventDetails: one }) => one?.error ?? []);
}

test.serial('a submit that is killed in the midst, then called twice, comes to one application', async (t) => {
  const failures = await failuresOnTheWay(t, 'killed');
  t.true(failures.includes('Lambda.TooManyRequestsException'), failures.join());
});

test.serial('a submit that Lambda stops at its limit, in the midst, comes to one application', async (t) => {
  const failures = await failuresOnTheWay(t, 'hung');
  t.true(failures.includes('Sandbox.Timedout'), failures.join());
});

test.serial('a run that takes too long is cancelled, and its application is gone', async (t) => {
  const end = await endOf(t, 'late');
  t.is(end.status, 'FAILED');
  t.is(end.error, 'RunTimedOut');
  t.true(end.path.includes('Cancel'));
  const { apps } = stack();
  const left = (await apps()).filter(({ state }) => !['FINISHED', 'FAILED', 'KILLED'].includes(state));
  t.deepEqual(left, []);
  t.is((await apps()).filter(({ finalStatus }) => finalStatus === 'KILLED').length, 1);
});
