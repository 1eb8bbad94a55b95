/** The machine over the real handlers and the real engine, in made-up time: whether the two halves of the contract fit. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import {
  createCancelHandler,
  createStatusHandler,
  createSubmitHandler,
  type RunAnswer,
} from '../../src/lambda/index.js';
import type { Script } from '../../src/testing/index.js';
import { runSparkJob, type RunSparkJobOptions } from '../../src/workflow/index.js';
import { job, lambdaRig } from '../lambda/rig.js';
import { type Execution, Interpreter, type World } from './interpreter.js';
import { functions, named } from './spark-world.js';

const HOUR = 3_600_000;

function setUp(
  scripts: readonly [Script, ...Script[]],
  { historyEvents, ...options }: Partial<RunSparkJobOptions> & { readonly historyEvents?: number } = {},
) {
  let starts = 0;
  const rig = lambdaRig({ script: () => scripts[starts++] ?? scripts.at(-1) ?? scripts[0] });
  const handlerOptions = { ...rig.options, ...(historyEvents !== undefined && { historyEvents }) };
  const handlers: Readonly<Record<string, ReturnType<typeof createStatusHandler>>> = {
    [functions.submit]: createSubmitHandler(handlerOptions) as ReturnType<typeof createStatusHandler>,
    [functions.status]: createStatusHandler(handlerOptions),
    [functions.cancel]: createCancelHandler(rig.options),
  };
  let calls = 0;
  /** `error`: it fails at once; else it is killed after its work was done. */
  const faults: { times: number; readonly on: string; readonly error?: Error }[] = [];
  const world: World = {
    get now() {
      return rig.clock.now();
    },
    wait: (ms) => rig.clock.sleep(ms),
    async invoke(name, event) {
      const fault = faults.find(({ on, times }) => on === name && times > 0);
      if (fault?.error && fault.times-- > 0) throw fault.error;
      const answer = await handlers[name]?.(event, rig.context(60, `request-${++calls}`));
      if (!fault) return answer;
      fault.times--;
      throw named('Lambda.Unknown', 'killed after its work was done');
    },
  };
  const machine = new Interpreter(runSparkJob({ functions, ...options }), world);
  return { machine, rig, faults, starts: () => starts };
}

const answerOf = ({ output }: Execution): RunAnswer => output as RunAnswer;

function succeeded(t: ExecutionContext, execution: Execution, attempt: number): void {
  t.is(execution.status, 'SUCCEEDED', `${execution.error ?? ''}: ${execution.cause ?? ''}`);
  t.like(answerOf(execution), { next: 'done', outcome: { kind: 'succeeded' }, ref: { attempt } });
}

test('a job of a day succeeds in one execution, with as many events as the handlers say', async (t) => {
  const { machine, starts } = setUp([{ afterMs: 24 * HOUR }]);
  const execution = await machine.run({ job });
  succeeded(t, execution, 1);
  t.is(starts(), 1);
  t.true(Math.abs(execution.events - answerOf(execution).events) < 30);
  t.true(execution.events < 2_000);
});

test('a failed job fails the execution under a name of the handlers, and a redrive is the next attempt', async (t) => {
  const { machine, starts } = setUp([{ outcome: 'failed', afterMs: HOUR }, { afterMs: HOUR }]);
  const execution = await machine.run({ job });
  t.is(execution.status, 'FAILED');
  t.regex(execution.error ?? '', /^[A-Z_]+$/);
  t.is(execution.failedIn?.state, 'Submit');
  succeeded(t, await machine.redrive(execution), 2);
  t.is(starts(), 2);
});

test('calls whose answers are lost, in any state, start nothing twice', async (t) => {
  const { machine, faults, starts } = setUp([{ afterMs: HOUR }]);
  faults.push({ on: functions.submit, times: 3 }, { on: functions.status, times: 3 });
  succeeded(t, await machine.run({ job }), 1);
  t.is(starts(), 1);
});

test('a job that takes too long is stopped and RunTimedOut; redriven, its next attempt may succeed', async (t) => {
  const { machine, starts } = setUp([{ afterMs: 24 * HOUR }, { afterMs: HOUR / 60 }]);
  const execution = await machine.run({ job, timeoutSeconds: 600 });
  t.is(execution.error, 'RunTimedOut', execution.cause);
  t.true(execution.path.includes('Cancel'));
  succeeded(t, await machine.redrive(execution), 2);
  t.is(starts(), 2);
});

test('after a RunTimedOut the next attempt’s own failure is told under its own name', async (t) => {
  const { machine } = setUp([{ afterMs: 24 * HOUR }, { outcome: 'failed', afterMs: HOUR / 60 }]);
  const execution = await machine.run({ job, timeoutSeconds: 600 });
  t.is(execution.error, 'RunTimedOut');
  const again = await machine.redrive(execution);
  t.is(again.status, 'FAILED');
  t.not(again.error, 'RunTimedOut');
});

test('a long run is handed over and over, and its result is the first execution’s', async (t) => {
  const { machine, starts } = setUp([{ afterMs: 24 * HOUR }], { historyEvents: 1_100 });
  const execution = await machine.run({ job });
  succeeded(t, execution, 1);
  t.is(starts(), 1);
  t.is(execution.children.length, 1);
  t.true((execution.children[0]?.children.length ?? 0) > 0);
});

test('where each status fails for 900 hours, no history overflows, and the run is still followed', async (t) => {
  const { machine, starts, rig, faults } = setUp([{ afterMs: 901 * HOUR }]);
  const fault = { on: functions.status, times: Infinity, error: named('UnreachableError', 'no route to Livy') };
  faults.push(fault);
  const going = machine.run({ job });
  void rig.clock.sleep(900 * HOUR).then(() => (fault.times = 0));
  const execution = await going;
  succeeded(t, execution, 1);
  t.true(execution.events < 25_000, `${execution.events} events`);
  t.is(execution.children.length, 1);
  t.is(starts(), 1);
});

test('where status fails and no server can be asked, it ends as undecided after hours, not as failed; redriven, it goes on', async (t) => {
  const { machine, rig, faults, starts } = setUp([{ afterMs: 40 * HOUR }]);
  const fault = { on: functions.status, times: Infinity, error: named('AccessDeniedException', 'not authorized') };
  faults.push(fault);
  const going = machine.run({ job });
  await rig.clock.sleep(60_000);
  rig.backend.down();
  const execution = await going;
  t.is(execution.status, 'FAILED');
  t.is(execution.error, 'RunUndecided');
  t.regex(
    execution.cause ?? '',
    /status has failed for 3[67]\d min.*AccessDeniedException: not authorized.*may still run/,
  );
  t.is(execution.children.length, 0);
  const hours = (execution.endedAt - execution.startedAt) / HOUR;
  t.true(hours > 6 && hours < 8, `${hours} h`);
  rig.backend.up();
  fault.times = 0;
  succeeded(t, await machine.redrive(execution), 1);
  t.is(starts(), 1);
});

/** A folder on disk that a run may write to. */
async function outputFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-output-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

test('where a run has ended and its output cannot be read for hours, it ends as undecided and says so; read at last, a redrive concludes it', async (t) => {
  const { machine, rig, starts } = setUp([{ afterMs: HOUR }]);
  const output = await outputFolder(t);
  const going = machine.run({ job, output, timeoutSeconds: 5 * 3_600 });
  await rig.clock.sleep(60_000);
  await symlink('_SUCCESS', join(output, '_SUCCESS')); // to itself: nobody can read that
  const execution = await going;
  t.is(execution.error, 'RunUndecided', execution.cause);
  t.regex(execution.cause ?? '', /it ended as \w+, and its output cannot be checked: .*ELOOP.*It has ended/);
  t.notRegex(execution.cause ?? '', /may still run/);
  t.false(execution.path.includes('Cancel'), 'what has ended is not stopped for its age');
  const hours = (execution.endedAt - execution.startedAt) / HOUR;
  t.true(hours > 7 && hours < 9, `${hours} h`);
  await rm(join(output, '_SUCCESS'));
  await writeFile(join(output, '_SUCCESS'), '');
  succeeded(t, await machine.redrive(execution), 1);
  t.is(starts(), 1);
});

test('where a run was handed over and its output cannot be read, it ends as undecided in the first execution', async (t) => {
  const { machine, rig, starts } = setUp([{ afterMs: HOUR }], { historyEvents: 900 });
  const output = await outputFolder(t);
  const going = machine.run({ job, output });
  await rig.clock.sleep(60_000);
  await symlink('_SUCCESS', join(output, '_SUCCESS'));
  const execution = await going;
  t.is(execution.error, 'RunUndecided', execution.cause);
  t.is(execution.children.length, 1);
  t.is(execution.children[0]?.error, 'RunUndecided');
  t.is(starts(), 1);
});

test('an output that cannot be read for a while delays the end, and changes nothing', async (t) => {
  const { machine, rig } = setUp([{ afterMs: HOUR }]);
  const output = await outputFolder(t);
  const marker = join(output, '_SUCCESS');
  const going = machine.run({ job, output });
  await rig.clock.sleep(60_000);
  await symlink('_SUCCESS', marker);
  void rig.clock.sleep(3 * HOUR).then(async () => {
    await rm(marker);
    await writeFile(marker, '');
  });
  succeeded(t, await going, 1);
});

test('a run that ended well without its output fails for that', async (t) => {
  const { machine } = setUp([{ afterMs: HOUR }]);
  const execution = await machine.run({ job, output: await outputFolder(t) });
  t.is(execution.error, 'OUTPUT_MARKER_MISSING', execution.cause);
});

test('where status fails for good a run that takes too long is stopped all the same', async (t) => {
  const { machine, faults } = setUp([{ afterMs: 400 * HOUR }]);
  faults.push({ on: functions.status, times: Infinity, error: named('AccessDeniedException', 'not authorized') });
  const execution = await machine.run({ job, timeoutSeconds: 7_200 });
  t.is(execution.error, 'RunTimedOut', execution.cause);
  t.true(execution.endedAt - execution.startedAt < 2.5 * HOUR);
});

test('where a run that is too old cannot be stopped, it ends as undecided, and is not handed over and over', async (t) => {
  const { machine, faults } = setUp([{ afterMs: 400 * HOUR }]);
  faults.push({ on: functions.cancel, times: Infinity, error: named('AccessDeniedException', 'not authorized') });
  const execution = await machine.run({ job, timeoutSeconds: 3_600 });
  t.deepEqual([execution.error, execution.children.length], ['RunUndecided', 0]);
  t.regex(execution.cause ?? '', /too old and cannot be stopped: cancel has failed/);
  t.true(execution.endedAt - execution.startedAt < 9 * HOUR);
});

test('a run that is long in stopping is handed over before the history is full', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: 24 * HOUR }) });
  const run = (await createSubmitHandler(rig.options)({ job, key: 'k' }, rig.context())) as RunAnswer;
  rig.backend.stop = async () => 'asked';
  const cancel = createCancelHandler({ ...rig.options, historyEvents: 600 });
  const before = { ...run, next: 'cancel', timedOut: true } as const;
  const seen: string[] = [];
  for (const events of [9, 100]) seen.push((await cancel({ run: { ...before, events } }, rig.context(10))).next);
  t.deepEqual(seen, ['cancel', 'hand-over']);
});

test('a run that is to be stopped, has ended and whose output cannot be read is left to status', async (t) => {
  const rig = lambdaRig({ script: () => ({ afterMs: HOUR }) });
  const output = await outputFolder(t);
  const run = (await createSubmitHandler(rig.options)({ job, key: 'k', output }, rig.context())) as RunAnswer;
  await symlink('_SUCCESS', join(output, '_SUCCESS'));
  await rig.clock.sleep(2 * HOUR);
  const before = { ...run, next: 'cancel', timedOut: true } as const;
  const said = await createCancelHandler(rig.options)({ run: before }, rig.context(60));
  t.is(said.next, 'status');
  t.is(said.timedOut, undefined);
  const seen = await createStatusHandler(rig.options)({ run: said, timeoutSeconds: 600 }, rig.context(60));
  t.like(seen, { next: 'status', trouble: { of: 'status', isOver: true } });
});

test('a run that was handed over and failed is redriven from the first execution', async (t) => {
  const { machine, starts } = setUp([{ outcome: 'failed', afterMs: 24 * HOUR }, { afterMs: HOUR }], {
    historyEvents: 1_600,
  });
  const execution = await machine.run({ job });
  t.is(execution.status, 'FAILED');
  t.is(execution.error, execution.children[0]?.error);
  t.is(starts(), 1);
  succeeded(t, await machine.redrive(execution), 2);
  t.is(starts(), 2);
});

test('a run that took too long after it was handed over is RunTimedOut in the first execution', async (t) => {
  const { machine } = setUp([{ afterMs: 48 * HOUR }], { historyEvents: 1_600 });
  const execution = await machine.run({ job, timeoutSeconds: 24 * 3_600 });
  t.is(execution.children.length, 1);
  t.is(execution.error, 'RunTimedOut', execution.cause);
});

test('the machine’s own retries are attempts of one run', async (t) => {
  const bad: Script = { outcome: 'failed', afterMs: HOUR };
  const { machine, starts, rig } = setUp([bad, bad, { afterMs: HOUR }], {
    retry: { errors: ['UNKNOWN', 'PYTHON_EXCEPTION'], maxAttempts: 2, delaySeconds: 60 },
  });
  const execution = await machine.run({ job });
  succeeded(t, execution, 3);
  t.is(starts(), 3);
  const keys: string[] = [];
  for await (const { key } of rig.ledger.list()) keys.push(key);
  t.is(keys.length, 1);
});

test('a wrong job ends the execution at once, and says which field', async (t) => {
  const { machine, starts } = setUp([{ afterMs: HOUR }]);
  const execution = await machine.run({ job: { file: 7 } });
  t.is(execution.error, 'ConfigError');
  t.regex(execution.cause ?? '', /job/);
  t.is(starts(), 0);
  t.is(execution.lambdas, 1);
});
