import test from 'ava';
import type { RunAnswer } from '../../src/lambda/index.js';
import { createCancelHandler, createSubmitHandler } from '../../src/lambda/index.js';
import { job, lambdaRig } from './rig.js';

const answerOf = (value: unknown): RunAnswer => value as RunAnswer;

test('ten calls at once with one key start one application', async (t) => {
  const rig = lambdaRig();
  const submit = createSubmitHandler(rig.options);
  const calls = Array.from({ length: 10 }, () => submit({ job, key: 'k' }, rig.context()));
  const answers = (await Promise.all(calls)).map(answerOf);
  t.is(rig.posts(), 1);
  t.deepEqual([...new Set(answers.map(({ next, ref }) => `${next} ${ref?.id}`))], ['status 0']);
});

test('ten functions at once with one key start one application', async (t) => {
  const rig = lambdaRig();
  rig.backend.failNext('reply-lost');
  const calls = Array.from({ length: 10 }, () => createSubmitHandler(rig.options)({ job, key: 'k' }, rig.context(300)));
  await Promise.all(calls);
  t.is(rig.posts(), 1);
});

test('an asynchronous call without a key is one run for each request id, however often it is delivered', async (t) => {
  const rig = lambdaRig();
  const submit = createSubmitHandler(rig.options);
  const first = answerOf(await submit({ job }, rig.context(120, 'a')));
  await submit({ job }, rig.context(120, 'a'));
  t.is(first.ref?.key, 'lambda/submit/a');
  t.is(rig.posts(), 1);
  await submit({ job }, rig.context(120, 'b'));
  t.is(rig.posts(), 2);
});

test('a request whose fate cannot be settled in time is pending, and the next call settles it', async (t) => {
  const rig = lambdaRig();
  const submit = createSubmitHandler(rig.options);
  rig.backend.failNext('request-lost');
  const pending = answerOf(await submit({ job, key: 'k' }, rig.context(30)));
  t.is(pending.next, 'submit');
  t.true((pending.waitSeconds ?? 0) >= 5 && (pending.waitSeconds ?? 0) <= 30);
  t.regex(pending.reason ?? '', /not known/);
  t.truthy(pending.ref?.name);
  await rig.clock.sleep(5_000);
  const settled = answerOf(await submit({ job, key: 'k', run: pending }, rig.context(300)));
  t.is(settled.next, 'status');
  t.is(rig.backend.applications(settled.ref?.name ?? ''), 1);
});

test('a server that takes no more jobs makes a submit pending, and nothing is started', async (t) => {
  const rig = lambdaRig();
  rig.backend.failNext(...Array.from({ length: 40 }, () => 'busy' as const));
  const pending = answerOf(await createSubmitHandler(rig.options)({ job, key: 'k' }, rig.context(60)));
  t.is(pending.next, 'submit');
  t.regex(pending.reason ?? '', /too many sessions/);
  t.deepEqual(rig.backend.names, []);
});

test('what is pending for longer than its limit is cancelled before it was ever sent, and that is a time-out', async (t) => {
  const rig = lambdaRig();
  const submit = createSubmitHandler(rig.options);
  rig.backend.failNext(...Array.from({ length: 400 }, () => 'busy' as const));
  let run = answerOf(await submit({ job, key: 'k', timeoutSeconds: 300 }, rig.context(60)));
  for (let i = 0; i < 20 && run.next === 'submit'; i++) {
    await rig.clock.sleep((run.waitSeconds ?? 0) * 1_000);
    run = answerOf(await submit({ job, key: 'k', timeoutSeconds: 300, run }, rig.context(60)));
  }
  t.deepEqual([run.next, run.timedOut], ['cancel', true]);
  const over = await createCancelHandler(rig.options)({ run }, rig.context());
  t.deepEqual([over.next, over.outcome?.kind, over.timedOut], ['submit', 'cancelled', true]);
  await t.throwsAsync(submit({ job, key: 'k', run: over }, rig.context()), { name: 'RunTimedOut' });
  t.deepEqual(rig.backend.names, []);
});

test('a server that refuses the connection is an error under its own name, and what is open is opened anew', async (t) => {
  const rig = lambdaRig();
  const submit = createSubmitHandler(rig.options);
  rig.backend.failNext('refused', 'refused', 'refused');
  await t.throwsAsync(submit({ job, key: 'k' }, rig.context()), { name: 'UnreachableError' });
  t.deepEqual(rig.counts, { opened: 1, closed: 1 });
  t.is(answerOf(await submit({ job, key: 'k' }, rig.context())).next, 'status');
  await submit({ job, key: 'other' }, rig.context());
  t.deepEqual(rig.counts, { opened: 2, closed: 1 });
});

test('another job under a key is a KeyConflictError without its secrets', async (t) => {
  const rig = lambdaRig();
  const submit = createSubmitHandler(rig.options);
  await submit({ job: { ...job, args: ['--password', 'hunter2', 'a'] }, key: 'k' }, rig.context());
  const other = { ...job, args: ['--password', 'hunter3', 'b'] };
  const error = await t.throwsAsync(submit({ job: other, key: 'k' }, rig.context()), { name: 'KeyConflictError' });
  t.notRegex(`${error.message} ${error.stack} ${JSON.stringify(rig.lines)}`, /hunter/);
});

test('a refused job is thrown, and corrected it is the same run', async (t) => {
  const rig = lambdaRig();
  const submit = createSubmitHandler(rig.options);
  rig.backend.failNext('rejected');
  await t.throwsAsync(submit({ job, key: 'k' }, rig.context()), { name: 'JobRefusedError' });
  t.is(answerOf(await submit({ job, key: 'k' }, rig.context())).next, 'status');
});

for (const [title, event, field] of [
  ['no job', { key: 'k' }, /^job is missing; it should be what to run/],
  ['a job that is a text', { job: 's3://b/j.py' }, /^job is not a JSON object/],
  ['a field of the job that is none', { job: { file: 's3://b/j.py', mainClass: 'X' } }, /job.*mainClass.*className/s],
  ['a size without a unit', { job: { file: 's3://b/j.py', driverMemory: 'lots' } }, /driverMemory/],
  ['a field that is none', { job, timeoutsSeconds: 5 }, /^timeoutsSeconds is not a field/],
  ['a limit of nothing', { job, timeoutSeconds: 0 }, /^timeoutSeconds is a number; it should be a whole number, 1 or/],
  ['an execution without its ARN', { job, execution: { state: 'S' } }, /^execution.arn is missing/],
  ['half an attempt', { job, execution: { arn: 'a', state: 's', retries: 0.5 } }, /^execution.retries is a number/],
  ['an answer of another version', { job, run: { v: 2, next: 'submit', events: 1 } }, /^run.v/],
  ['an answer that says nothing', { job, run: { v: 1 } }, /^run.next is missing; it should be one of submit/],
  ['inputs that are one text', { job, inputs: 's3://b/i' }, /^inputs is a string; it should be a list/],
  ['a list', [], /^The event is not a JSON object/],
] as const) {
  test(`${title} is a ConfigError that names the field, and nothing is sent`, async (t) => {
    const rig = lambdaRig();
    await t.throwsAsync(createSubmitHandler(rig.options)(event, rig.context()), {
      name: 'ConfigError',
      message: field,
    });
    t.deepEqual(rig.backend.requests, []);
  });
}
