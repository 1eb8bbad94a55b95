/** The durable function on AWS's SDK, with the engine over the memory backend. */
import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import test from 'ava';
import { createDurableSparkJob, createSparkJob } from '../../src/durable/index.js';
import type { OpenServices } from '../../src/lambda/services.js';
import type { RunAnswer } from '../../src/lambda/index.js';
import { job, lambdaRig } from '../lambda/rig.js';
import { execute } from './service.js';

const HOUR_S = 3_600;
const HOUR_MS = 3_600_000;

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** Services that only who starts jobs can open. */
const onlyForSubmit =
  (open: OpenServices, error: Error, isSo = () => true): OpenServices =>
  (wishes) => {
    if (!wishes.starts && isSo()) throw error;
    return open(wishes);
  };

test('a run that succeeds: three operations and one for each turn, and the last answer is the result', async (t) => {
  const rig = lambdaRig();
  const ended = await execute(createDurableSparkJob(rig.options), { job }, rig);
  t.is(ended.status, 'SUCCEEDED');
  const { next, ref, outcome } = ended.result as RunAnswer;
  t.is(next, 'done');
  t.is(outcome?.kind, 'succeeded');
  t.is(ref?.key, 'durable/arn:aws:lambda:eu-west-1:123456789012:function:etl/one');
  // Two looks: one while it runs, one that sees the end; and submit concludes.
  t.deepEqual(ended.tries, { submit: 1, watch: 3 });
  t.is(ended.operations, 3 + 4);
  t.is(rig.posts(), 1);
});

test('a failure fails the execution under the code of its diagnosis, with its words', async (t) => {
  const lines = ['Traceback (most recent call last):', '  File "etl.py", line 3, in <module>', 'ValueError: no rows'];
  const rig = lambdaRig({ script: () => ({ outcome: 'failed', lines }) });
  const ended = await execute(createDurableSparkJob(rig.options), { job }, rig);
  t.is(ended.status, 'FAILED');
  t.is(ended.error?.ErrorType, 'PYTHON_EXCEPTION');
  t.regex(ended.error?.ErrorMessage ?? '', /ValueError: no rows.*Run durable\/arn:/);
});

test('a run that was stopped by somebody is RunCancelled, one that every server forgot RunLost', async (t) => {
  const stopped = lambdaRig({ script: () => ({ outcome: 'cancelled' }) });
  const cancelled = await execute(createDurableSparkJob(stopped.options), { job }, stopped);
  t.is(cancelled.error?.ErrorType, 'RunCancelled');
  const forgotten = lambdaRig({ script: () => ({ afterMs: HOUR_MS }) });
  const lost = await execute(
    createDurableSparkJob(forgotten.options),
    { job },
    {
      ...forgotten,
      onInvocation: (number) => void (number === 3 && forgotten.backend.forgetAll()),
    },
  );
  t.is(lost.error?.ErrorType, 'RunLost');
});

test('what takes longer than its limit is stopped first, and then the execution fails', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 40 * HOUR_MS }) });
  const handler = createDurableSparkJob({ ...rig.options, timeoutSeconds: 2 * HOUR_S });
  const ended = await execute(handler, { job }, rig);
  t.is(ended.error?.ErrorType, 'RunTimedOut');
  const stop = rig.backend.requests.findIndex((request) => request.startsWith('DELETE'));
  t.true(stop > 0);
  const lateS = (rig.clock.now() - Date.parse('2026-01-01T00:00:00Z')) / 1_000 - 2 * HOUR_S;
  t.true(lateS > 0 && lateS < 30, `${lateS} s after its limit`);
});

test('the limit that the payload gives goes before that of the function', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 3 * HOUR_MS }) });
  const handler = createDurableSparkJob({ ...rig.options, timeoutSeconds: HOUR_S });
  const ended = await execute(handler, { job, timeoutSeconds: 4 * HOUR_S }, rig);
  t.is(ended.status, 'SUCCEEDED');
});

test('two executions of one name are one application, of whatever version; two names are two', async (t) => {
  const rig = lambdaRig();
  const handler = createDurableSparkJob(rig.options);
  const [first, second, other] = [
    await execute(handler, { job }, { ...rig, name: 'nightly' }),
    await execute(handler, { job }, { ...rig, name: 'nightly', version: '2' }),
    await execute(handler, { job }, { ...rig, name: 'other' }),
  ];
  t.not(first.arn, second.arn);
  t.deepEqual((second.result as RunAnswer).ref, (first.result as RunAnswer).ref);
  t.is(other.status, 'SUCCEEDED');
  t.is(rig.posts(), 2);
});

test('a function that dies before it has written down what it did does it again: one application', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: HOUR_MS }) });
  // What came of the submit; a look; what concludes.
  const before = ['submit SUCCEED', 'watch RETRY', 'watch SUCCEED'];
  const ended = await execute(
    createDurableSparkJob(rig.options),
    { job },
    {
      ...rig,
      diesAt: ({ Name, Action }) => {
        const dies = `${Name} ${Action}` === before[0];
        if (dies) before.shift();
        return dies;
      },
    },
  );
  t.deepEqual(before, []);
  t.is(ended.status, 'SUCCEEDED');
  t.is(rig.posts(), 1);
});

test('a submit that Livy has no room for, or whose fate is not known, goes on in the next turns', async (t) => {
  const rig = lambdaRig();
  rig.backend.failNext(...Array.from({ length: 40 }, () => 'busy' as const), 'request-lost');
  const handler = createDurableSparkJob(rig.options);
  let seconds = 60;
  const ended = await execute(
    handler,
    { job },
    // Too little time to settle what is lost within one call; later there is more.
    { ...rig, context: () => rig.context(seconds), onInvocation: (number) => void (number > 4 && (seconds = 300)) },
  );
  t.is(ended.status, 'SUCCEEDED', ended.error?.ErrorMessage);
  t.true((ended.tries.submit ?? 0) > 3);
  const { ref } = ended.result as RunAnswer;
  t.is(rig.backend.applications(ref?.name ?? ''), 1);
});

test('what could not be sent within its limit is not sent any more', async (t) => {
  const rig = lambdaRig();
  rig.backend.failNext(...Array.from({ length: 400 }, () => 'busy' as const));
  const context = () => rig.context(60);
  const handler = createDurableSparkJob({ ...rig.options, timeoutSeconds: 300 });
  const ended = await execute(handler, { job }, { ...rig, context });
  t.is(ended.error?.ErrorType, 'RunTimedOut');
  t.deepEqual(rig.backend.names, []);
});

test('a call that a service failed is repeated, later and later, and never all at one time', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 60_000 }) });
  const at: number[] = [];
  const open: OpenServices = (wishes) => {
    if (wishes.starts || at.length === 8) return rig.open(wishes);
    at.push(rig.clock.now());
    throw named('UnreachableError', 'no route to Livy');
  };
  const ended = await execute(createDurableSparkJob({ ...rig.options, open }), { job }, rig);
  t.is(ended.status, 'SUCCEEDED');
  const pauses = at.slice(1).map((one, i) => (one - at[i]!) / 1_000);
  pauses.forEach((pause, i) => t.true(pause >= 1 && pause <= Math.ceil(5 * 2 ** i), `pause ${i}: ${pause} s`));
  t.true(new Set(pauses).size > 1);
});

test('where status fails for good, submit looks, and the run ends as it does', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 2 * HOUR_MS }) });
  const open = onlyForSubmit(rig.open, named('AccessDeniedException', 'not authorized'));
  const ended = await execute(createDurableSparkJob({ ...rig.options, open }), { job }, rig);
  t.is(ended.status, 'SUCCEEDED', ended.error?.ErrorMessage);
  t.is(rig.posts(), 1);
});

test('where nobody can say how it is for six hours the execution fails as RunUndecided, and the job is left as it is', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 40 * HOUR_MS }) });
  const open = onlyForSubmit(rig.open, named('AccessDeniedException', 'not authorized'));
  const handler = createDurableSparkJob({ ...rig.options, open });
  const ended = await execute(
    handler,
    { job },
    {
      ...rig,
      onInvocation: (number) => void (number === 3 && rig.backend.down()),
    },
  );
  t.is(ended.error?.ErrorType, 'RunUndecided');
  t.regex(ended.error?.ErrorMessage ?? '', /status has failed for 3[67]\d min.*not authorized/);
  t.false(rig.backend.requests.some((request) => request.startsWith('DELETE')));
  t.true(ended.operations < 600, `${ended.operations} operations`);
});

test('the operations of an execution are not used up unsaid', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 40 * HOUR_MS }) });
  const ended = await execute(createDurableSparkJob({ ...rig.options, turns: 30 }), { job }, rig);
  t.is(ended.error?.ErrorType, 'RunUndecided');
  t.regex(ended.error?.ErrorMessage ?? '', /looked at 30 times.*Run durable\/arn:.*function:etl\/one$/);
  t.false(rig.backend.requests.some((request) => request.startsWith('DELETE')));
});

test('another release of the function goes on with what the one before has written down', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: HOUR_MS }) });
  const [before, after] = [
    createDurableSparkJob(rig.options),
    createDurableSparkJob({ ...rig.options, timeoutSeconds: 1_800 }),
  ];
  const ended = await execute(before, { job }, { ...rig, release: (invocation) => (invocation < 10 ? before : after) });
  t.is(ended.error?.ErrorType, 'RunTimedOut');
  t.is(rig.posts(), 1);
});

test('what is wrong with a payload fails the execution at once, and nothing is sent', async (t) => {
  const rig = lambdaRig();
  const handler = createDurableSparkJob(rig.options);
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ jbo: job }, /jbo is not a field/],
    [{}, /job is missing/],
    ['nightly', /not a JSON object/],
    [{ job, timeoutSeconds: 'soon' }, /timeoutSeconds is a string/],
    [{ job, taskToken: 'x' }, /taskToken has no meaning in a durable function/],
  ];
  for (const [payload, message] of wrong) {
    const ended = await execute(handler, payload, rig);
    t.is(ended.error?.ErrorType, 'ConfigError');
    t.regex(ended.error?.ErrorMessage ?? '', message);
    t.is(ended.invocations, 1);
  }
  t.is(rig.posts(), 0);
});

test('two jobs of one execution are two runs, one after the other, each under its name', async (t) => {
  const rig = lambdaRig();
  const sparkJob = createSparkJob(rig.options);
  const handler = withDurableExecution(async (event: { readonly day: string }, context) => {
    const { ref: extracted } = await sparkJob(
      context,
      { job: { file: 's3://jobs/extract.py', args: [event.day] } },
      'extract',
    );
    const { ref: loaded } = await sparkJob(context, { job: { file: 's3://jobs/load.py', args: [event.day] } }, 'load');
    return [extracted?.key, loaded?.key];
  });
  const ended = await execute(handler, { day: '2026-11-23' }, rig);
  const key = 'durable/arn:aws:lambda:eu-west-1:123456789012:function:etl/one';
  t.deepEqual(ended.result, [`${key}/extract`, `${key}/load`]);
  t.deepEqual(Object.keys(ended.tries), ['extract: submit', 'extract: watch', 'load: submit', 'load: watch']);
  t.is(rig.posts(), 2);
});

test('a job that failed is tried again by who catches it, as attempt 2 under the same key', async (t) => {
  let starts = 0;
  const rig = lambdaRig({ script: () => ({ outcome: (starts += 1) === 1 ? 'failed' : 'succeeded' }) });
  const sparkJob = createSparkJob(rig.options);
  const handler = withDurableExecution(async (_event: unknown, context) => {
    const payload = { job, key: 'nightly' };
    return sparkJob(context, payload, 'first').catch(() => sparkJob(context, { ...payload, attempt: 2 }, 'second'));
  });
  const ended = await execute(handler, {}, rig);
  t.is((ended.result as RunAnswer).ref?.attempt, 2);
  t.is(rig.posts(), 2);
});
