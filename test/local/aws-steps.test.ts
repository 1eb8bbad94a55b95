import test from 'ava';
import { CallRefused } from '../../src/local/aws-answer.js';
import { reasonIn } from '../../src/local/aws-step-run.js';
import { type Step, type StepEnd, StepQueue, type StepQueueOptions, stepView } from '../../src/local/aws-steps.js';

/** A queue whose steps end when the test says so. */
function queueOf(own: Partial<StepQueueOptions> = {}) {
  const ends = new Map<string, (end: StepEnd) => void>();
  const stops: string[] = [];
  let terminated = 0;
  const queue = new StepQueue({
    clusterId: 'j-1',
    logUri: 's3://logs/all/',
    concurrency: () => 1,
    limit: () => 256,
    onTerminate: () => terminated++,
    run: (step: Step) => ({
      end: new Promise((resolve) => ends.set(step.config.Name, resolve)),
      stop: (how) => {
        stops.push(`${step.config.Name} ${how}`);
        ends.get(step.config.Name)?.({ ok: false });
      },
    }),
    ...own,
  });
  const states = (): Record<string, string> =>
    Object.fromEntries(queue.list().map(({ config, state }) => [config.Name, state]));
  return {
    queue,
    stops,
    states,
    terminated: () => terminated,
    end: async (name: string, how: StepEnd): Promise<void> => {
      ends.get(name)?.(how);
      await turn();
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const step = (Name: string, more: object = {}): object => ({
  Name,
  ActionOnFailure: 'CONTINUE',
  HadoopJarStep: { Jar: 'command-runner.jar', Args: ['spark-submit', 'job.py'] },
  ...more,
});

test('steps run one after the other, in the order they came, and are listed newest first', async (t) => {
  const { queue, states, end } = queueOf();
  queue.add([step('one'), step('two')]);
  t.deepEqual(states(), { two: 'PENDING', one: 'PENDING' });
  await turn();
  t.deepEqual(states(), { two: 'PENDING', one: 'RUNNING' });
  await end('one', { ok: true });
  t.deepEqual(states(), { two: 'RUNNING', one: 'COMPLETED' });
  t.deepEqual(
    queue.list().map(({ config }) => config.Name),
    ['two', 'one'],
  );
});

test('with a higher concurrency steps run side by side, and none may end the cluster', async (t) => {
  const { queue, states } = queueOf({ concurrency: () => 2 });
  queue.add([step('one'), step('two'), step('three')]);
  await turn();
  t.deepEqual(states(), { three: 'PENDING', two: 'RUNNING', one: 'RUNNING' });
  const refused = t.throws(() => queue.add([step('four', { ActionOnFailure: 'CANCEL_AND_WAIT' })]), {
    instanceOf: CallRefused,
  });
  t.is(refused.error.code, 'ValidationException');
});

test('a failed step says why and where its log will be', async (t) => {
  const { queue, end } = queueOf();
  const [id = ''] = queue.add([step('one')]);
  await turn();
  await end('one', { ok: false, message: 'Exception in thread "main" x' });
  t.like(stepView(queue.get(id)), {
    Status: {
      State: 'FAILED',
      FailureDetails: {
        Reason: 'Unknown Error.',
        Message: 'Exception in thread "main" x',
        LogFile: `s3://logs/all/j-1/steps/${id}/stderr.gz`,
      },
    },
  });
});

test('what comes after a failed step goes on, waits no more or goes with the cluster, as the step says', async (t) => {
  for (const [action, next, ended] of [
    ['CONTINUE', 'RUNNING', 0],
    ['CANCEL_AND_WAIT', 'CANCELLED', 0],
    ['TERMINATE_CLUSTER', 'CANCELLED', 1],
  ] as const) {
    const { queue, states, end, terminated } = queueOf();
    queue.add([step('one', { ActionOnFailure: action }), step('two')]);
    await turn();
    await end('one', { ok: false });
    t.deepEqual(states(), { two: next, one: 'FAILED' }, action);
    t.is(terminated(), ended, action);
  }
});

test('a pending step is cancelled at once, a running one when its process has ended, an ended one not at all', async (t) => {
  const { queue, states, stops } = queueOf();
  const [one = '', two = ''] = queue.add([step('one'), step('two')]);
  await turn();
  t.deepEqual(queue.cancel(two, 'SEND_INTERRUPT'), { ok: true });
  t.deepEqual(queue.cancel(one, 'TERMINATE_PROCESS'), { ok: true });
  t.deepEqual(states(), { two: 'CANCELLED', one: 'CANCEL_PENDING' });
  await turn();
  t.deepEqual(states(), { two: 'CANCELLED', one: 'CANCELLED' });
  t.deepEqual(stops, ['one TERMINATE_PROCESS']);
  t.false(queue.cancel(one, 'SEND_INTERRUPT').ok);
  t.false(queue.cancel('s-none', 'SEND_INTERRUPT').ok);
});

test('a full queue refuses all steps of a call, and takes steps again when one has ended', async (t) => {
  const { queue, end } = queueOf({ limit: () => 2 });
  queue.add([step('one')]);
  await turn();
  t.throws(() => queue.add([step('two'), step('three')]), { message: /Maximum number of active steps/ });
  t.is(queue.list().length, 1);
  await end('one', { ok: true });
  t.is(queue.add([step('two'), step('three')]).length, 2);
});

test('arguments of more than 10,240 characters together are refused', (t) => {
  const { queue } = queueOf();
  const jar = (length: number): object => ({ HadoopJarStep: { Jar: 'j', Args: ['a', 'x'.repeat(length)] } });
  t.is(queue.add([step('fits', jar(10_238))]).length, 1);
  t.throws(() => queue.add([step('too long', jar(10_239))]), { message: /HadoopJarStep is 10241/ });
});

test('when the cluster goes, what runs is interrupted and what waits is cancelled', async (t) => {
  const { queue, states } = queueOf();
  queue.add([step('one'), step('two')]);
  await turn();
  queue.close();
  await turn();
  t.deepEqual(states(), { two: 'CANCELLED', one: 'INTERRUPTED' });
});

test('the message of a failed step is the last exception that ended spark-submit', (t) => {
  const stderr = 'INFO Client\nException in thread "main" org.apache.spark.SparkException: failed\n\tat x\n';
  t.is(reasonIn(stderr), 'Exception in thread "main" org.apache.spark.SparkException: failed');
  t.is(reasonIn('INFO nothing'), undefined);
});
