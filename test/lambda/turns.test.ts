/** The handlers, called one after the other as a state machine calls them. */
import test from 'ava';
import type { LogReader } from '../../src/core/index.js';
import type { RunAnswer } from '../../src/lambda/index.js';
import { createCancelHandler, createStatusHandler, createSubmitHandler } from '../../src/lambda/index.js';
import { job, lambdaRig, type LambdaRig } from './rig.js';

const arn = 'arn:aws:states:eu-west-1:123456789012:execution:etl:one';
const execution = { arn, state: 'Submit' };

/** A machine, in as far as it matters here. Ends with the answer `done`, or with what a handler threw. */
async function machine(
  rig: LambdaRig,
  input: Readonly<Record<string, unknown>> = {},
  {
    historyEvents,
    first,
    seconds,
    seen = [],
  }: {
    readonly historyEvents?: number;
    readonly first?: RunAnswer;
    /** That a function has. */
    readonly seconds?: number;
    /** Takes each answer. */
    readonly seen?: RunAnswer[];
  } = {},
) {
  const submit = createSubmitHandler(rig.options);
  const status = createStatusHandler({ ...rig.options, ...(historyEvents !== undefined && { historyEvents }) });
  const cancel = createCancelHandler(rig.options);
  const payload = { job, execution, ...input };
  const turns: string[] = [];
  let run: RunAnswer | undefined = first;
  let next: RunAnswer['next'] = 'submit';
  for (;;) {
    turns.push(next);
    const event: Readonly<Record<string, unknown>> = { ...payload, ...(run && { run }) };
    const handler = { submit, status, cancel }[next];
    run = (await handler(event, rig.context(seconds))) as RunAnswer;
    seen.push(run);
    checkSize(run);
    next = run.next;
    if (next === 'done' || next === 'hand-over') return { turns, run };
    await rig.clock.sleep((run.waitSeconds ?? 0) * 1_000);
  }
}

const checkSize = (answer: RunAnswer): void => {
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  if (bytes > 8_192) throw new Error(`an answer has ${bytes} bytes`);
};

test('a run that succeeds: submit, status, and submit concludes', async (t) => {
  const rig = lambdaRig();
  const { turns, run } = await machine(rig);
  t.is(turns[0], 'submit');
  t.is(turns.at(-1), 'submit');
  t.true(turns.slice(1, -1).every((turn) => turn === 'status') && turns.length >= 3);
  t.is(run.outcome?.kind, 'succeeded');
  t.is(run.ref?.key, `sfn/${arn}/Submit`);
  t.is(run.events, turns.length * 9);
  t.is(rig.posts(), 1);
});

test('a failure is thrown by submit, under the code of its diagnosis, with its words', async (t) => {
  const lines = ['Traceback (most recent call last):', '  File "etl.py", line 3, in <module>', 'ValueError: no rows'];
  const rig = lambdaRig({ script: () => ({ outcome: 'failed', lines }) });
  const error = await t.throwsAsync(machine(rig), { name: 'PYTHON_EXCEPTION' });
  t.regex(error.message, /ValueError: no rows/);
  t.true(error.message.length <= 1_000);
  t.deepEqual(Object.keys(error), []);
});

test('a redrive of a failed run is a new attempt, and another delivery of either is none', async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed' }) });
  await t.throwsAsync(machine(rig));
  await t.throwsAsync(machine(rig));
  t.is(rig.posts(), 1);
  await t.throwsAsync(machine(rig, { execution: { ...execution, redriveCount: 1 } }));
  t.is(rig.posts(), 2);
  await t.throwsAsync(machine(rig, { execution: { ...execution, redriveCount: 1 } }));
  t.is(rig.posts(), 2);
});

test("the machine's own retries count as redrives do, and null is no number", async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed' }) });
  await t.throwsAsync(machine(rig, { execution: { ...execution, redriveCount: null, index: null, retries: 0 } }));
  await t.throwsAsync(machine(rig, { execution: { ...execution, redriveCount: 0, retries: 1 } }));
  t.is(rig.posts(), 2);
});

test("a scheduler's own count of tries begins where it says, and redrives are added to it", async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed' }) });
  const tried = async (payload: object, posts: number) => {
    await t.throwsAsync(machine(rig, { key: 'k', ...payload }));
    t.is(rig.posts(), posts);
  };
  await tried({ attempt: 1 }, 1);
  await tried({ attempt: 1, execution: { ...execution, redriveCount: 0 } }, 1);
  await tried({ attempt: '2', execution: { ...execution, redriveCount: 0 } }, 2);
  await tried({ attempt: 2, execution: { ...execution, redriveCount: 1 } }, 3);
  await t.throwsAsync(createSubmitHandler(rig.options)({ job, attempt: 2 }, rig.context()), {
    message: /attempt needs key/,
  });
  await t.throwsAsync(createSubmitHandler(rig.options)({ job, key: 'k', attempt: 0 }, rig.context()), {
    message: /attempt is a number; it should be a whole number, 1 or more/,
  });
  await t.throwsAsync(createSubmitHandler(rig.options)({ job, key: 'k', attempt: '0' }, rig.context()), {
    message: /attempt is a string; it should be a whole number, 1 or more/,
  });
});

test('a redrive of a failed Submit, with the answer that it had, adopts what runs and does not fail at once', async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed', afterMs: 60_000 }) });
  const submit = createSubmitHandler(rig.options);
  const first = (await submit({ job, execution }, rig.context())) as RunAnswer;
  await rig.clock.sleep(120_000);
  const status = createStatusHandler(rig.options);
  const run = await status({ execution, run: first }, rig.context());
  t.is(run.next, 'submit');
  const event = { job, execution: { ...execution, redriveCount: 1 }, run };
  const again = (await submit(event, rig.context())) as RunAnswer;
  t.deepEqual([again.next, again.ref?.attempt, again.timedOut], ['status', 2, undefined]);
});

test('two items of a Map are two runs, and another state is another', async (t) => {
  const rig = lambdaRig();
  await machine(rig, { execution: { ...execution, index: 0 } });
  await machine(rig, { execution: { ...execution, index: 1 } });
  await machine(rig, { execution: { arn, state: 'Other' } });
  t.is(rig.posts(), 3);
});

test('a run that is older than its limit is cancelled, and submit says that it timed out', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 86_400_000 }) });
  const error = await t.throwsAsync(machine(rig, { timeoutSeconds: 600 }), { name: 'RunTimedOut' });
  t.regex(error.message, /older than its limit/);
  t.true(rig.backend.requests.some((request) => request.startsWith('DELETE')));
});

test('a run that somebody else stopped is RunCancelled', async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'cancelled' }) });
  await t.throwsAsync(machine(rig), { name: 'RunCancelled', message: /somebody else/ });
});

/** A driver's log that can be read only so long after the first who asks for it, as EMR copies it to S3. */
function copiedLater(rig: LambdaRig, afterMs: number): void {
  let copiedAt: number | undefined;
  rig.backend.open = () => {
    const none: LogReader['read'] = async function* () {};
    const finish: LogReader['finish'] = async function* (_ref, options) {
      copiedAt ??= rig.clock.now() + afterMs;
      await rig.clock.sleep(copiedAt - rig.clock.now(), options?.signal);
      const lines = [
        'Traceback (most recent call last):',
        '  File "etl.py", line 3, in <module>',
        'ValueError: no rows',
      ];
      yield lines.map((text) => ({ type: 'line', stream: 'stdout', text, source: 'test' }));
    };
    return { read: none, finish };
  };
}

test('a log that comes minutes after the end still says why: it is looked for again every minute, and nothing is cancelled', async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed', afterMs: 60_000 }) });
  copiedLater(rig, 350_000);
  const seen: RunAnswer[] = [];
  await t.throwsAsync(machine(rig, { timeoutSeconds: 120 }, { seconds: 60, seen }), { name: 'PYTHON_EXCEPTION' });
  const reading = seen.filter(({ next, reason }) => next === 'status' && reason?.includes('why is still being read'));
  t.true(reading.length >= 2, `${reading.length} looks`);
  t.true(reading.every(({ waitSeconds }) => waitSeconds === 60));
  t.true(seen.every(({ next, timedOut }) => next !== 'cancel' && timedOut === undefined));
});

test('a log that never comes is waited for until the end is seven minutes old', async (t) => {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed', afterMs: 60_000 }) });
  copiedLater(rig, 86_400_000);
  const seen: RunAnswer[] = [];
  await t.throwsAsync(machine(rig, {}, { seconds: 60, seen }), { name: 'UNKNOWN' });
  const key = seen[0]?.ref?.key ?? '';
  const knownAt = Date.parse((await rig.ledger.get(key))?.record.attempts[0]?.outcome?.knownAt ?? '');
  const minutes = (rig.clock.now() - knownAt) / 60_000;
  t.true(minutes >= 7 && minutes < 11, `${minutes} min`);
});

test('a run that every server forgot is RunLost, within one look of status', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 600_000 }) });
  const submit = createSubmitHandler(rig.options);
  const run = await submit({ job, execution }, rig.context());
  rig.backend.forgetAll();
  const seen = await createStatusHandler(rig.options)({ run }, rig.context());
  t.is(seen.next, 'submit');
  await t.throwsAsync(submit({ job, execution, run: seen }, rig.context()), { name: 'RunLost' });
  t.is(rig.posts(), 1);
});

test('a server that is out of reach for a while ends no run', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 600_000 }) });
  const status = createStatusHandler(rig.options);
  const run = await createSubmitHandler(rig.options)({ job, execution }, rig.context());
  rig.backend.down();
  const blind = await status({ run }, rig.context());
  t.is(blind.next, 'status');
  t.regex(blind.reason ?? '', /no server could say/);
  rig.backend.up();
  t.is((await status({ run: blind }, rig.context())).status?.state, 'running');
});

test('before the history is full it is handed over, and the fresh execution counts anew and goes on with the same run', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 3_600_000 }) });
  const { run, turns } = await machine(rig, {}, { historyEvents: 600 });
  t.is(run.next, 'hand-over');
  t.true(run.events + 9 + 500 > 600 && run.events + 500 <= 600, `${run.events} after ${turns.length} turns`);
  const key = run.ref?.key;
  const fresh = await machine(rig, { execution: { ...execution, arn: `${arn}-2` }, key }, { first: run });
  t.is(fresh.run.outcome?.kind, 'succeeded');
  t.is(fresh.run.events, fresh.turns.length * 9);
  t.is(rig.posts(), 1);
});

test('a run of thirty days takes some 1,600 turns, each wait a part of its age and half an hour at most', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 30 * 86_400_000 }) });
  const { turns, run } = await machine(rig);
  t.is(run.next, 'done');
  t.true(run.events < 24_500, `${run.events} events`);
  t.true(turns.length > 1_000 && turns.length < 2_000, `${turns.length} turns`);
});
