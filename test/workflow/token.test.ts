/** The machine whose task waits for its token, over the real handlers, engine and watcher, in made-up time. */
import test from 'ava';
import {
  createCancelHandler,
  createStatusHandler,
  createSubmitHandler,
  createWatchHandler,
  type RunAnswer,
} from '../../src/lambda/index.js';
import type { Script } from '../../src/testing/index.js';
import { runSparkJob, type RunSparkJobOptions } from '../../src/workflow/index.js';
import { fakeMessenger, job, lambdaRig } from '../lambda/rig.js';
import { type Execution, Interpreter, type World } from './interpreter.js';
import { functions, named } from './spark-world.js';

const HOUR = 3_600_000;

interface Task {
  readonly done: (settle: () => unknown) => void;
  beatAt: number;
}

function setUp(
  scripts: readonly [Script, ...Script[]],
  { watched = true, ...options }: Partial<RunSparkJobOptions> & { readonly watched?: boolean } = {},
) {
  let starts = 0;
  const tasks = new Map<string, Task>();
  const messenger = fakeMessenger();
  const rig = lambdaRig({ script: () => scripts[starts++] ?? scripts.at(-1) ?? scripts[0], messenger });
  const settle = (token: string, how: () => unknown): 'told' | 'gone' => {
    const task = tasks.get(token);
    tasks.delete(token);
    task?.done(how);
    return task ? 'told' : 'gone';
  };
  Object.assign(messenger, {
    succeed: async (token: string, output: unknown) => settle(token, () => output),
    fail: async (token: string, { error, cause }: { error: string; cause: string }) =>
      settle(token, () => {
        throw named(error, cause);
      }),
    beat: async (token: string) => {
      const task = tasks.get(token);
      if (task) task.beatAt = rig.clock.now();
      return task ? 'told' : 'gone';
    },
  });
  const handlers: Readonly<Record<string, (event: unknown, context: object) => Promise<unknown>>> = {
    [functions.submit]: createSubmitHandler(rig.options),
    [functions.status]: createStatusHandler(rig.options),
    [functions.cancel]: createCancelHandler(rig.options),
  };
  let calls = 0;
  const faults: { readonly on: string; times: number; readonly error: Error }[] = [];
  const world: World = {
    get now() {
      return rig.clock.now();
    },
    wait: (ms) => rig.clock.sleep(ms),
    async invoke(name, event) {
      const fault = faults.find(({ on, times }) => on === name && times > 0);
      if (fault && fault.times-- > 0) throw fault.error;
      return handlers[name]?.(event, rig.context(60, `request-${++calls}`));
    },
    completed: (token, heartbeatMs) =>
      new Promise((resolve, reject) => {
        const over = new AbortController();
        const task: Task = {
          beatAt: rig.clock.now(),
          done(how) {
            over.abort();
            try {
              resolve(how());
            } catch (error) {
              reject(error);
            }
          },
        };
        tasks.set(token, task);
        const listen = async (): Promise<void> => {
          for (;;) {
            await rig.clock.sleep(task.beatAt + heartbeatMs - rig.clock.now(), over.signal);
            if (rig.clock.now() < task.beatAt + heartbeatMs) continue;
            settle(token, () => {
              throw named('States.HeartbeatTimeout', 'nobody was heard of');
            });
            return;
          }
        };
        listen().catch(() => undefined);
      }),
  };
  const machine = new Interpreter(runSparkJob({ functions, wait: 'token', ...options }), world);
  const stop = new AbortController();
  const watch = createWatchHandler(rig.options);
  const schedule = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const next = rig.clock.now() + 300_000;
      if (watched) await watch({}, rig.context(300));
      await rig.clock.sleep(next - rig.clock.now(), stop.signal);
    }
  };
  /** While it runs the watcher is called every five minutes. */
  const run = async (work: () => Promise<Execution>): Promise<Execution> => {
    const watching = schedule().catch(() => undefined);
    const execution = await work();
    stop.abort();
    await watching;
    return execution;
  };
  return { machine, rig, faults, run, starts: () => starts };
}

const answerOf = ({ output }: Execution): RunAnswer => output as RunAnswer;

test('a job of a day succeeds in one call of submit, and its end is known within two minutes', async (t) => {
  const { machine, run, rig } = setUp([{ afterMs: 24 * HOUR }]);
  const began = rig.clock.now();
  const execution = await run(() => machine.run({ job }));
  t.is(execution.status, 'SUCCEEDED', execution.cause);
  t.like(answerOf(execution), { next: 'done', outcome: { kind: 'succeeded' }, ref: { attempt: 1 } });
  t.deepEqual([execution.lambdas, execution.transitions], [1, 6]);
  t.true(execution.endedAt - began - 24 * HOUR < 120_000);
});

test('a failure is the failure of Submit, under its code; a redrive is the next attempt', async (t) => {
  const { machine, run, starts } = setUp([{ outcome: 'failed', afterMs: HOUR }, { afterMs: HOUR }]);
  let failed: Execution | undefined;
  const execution = await run(async () => {
    failed = await machine.run({ job });
    t.deepEqual([failed.status, failed.error, failed.failedIn?.state], ['FAILED', 'UNKNOWN', 'Submit']);
    return machine.redrive(failed);
  });
  t.is(execution.status, 'SUCCEEDED', execution.cause);
  t.is(answerOf(execution).ref?.attempt, 2);
  t.is(starts(), 2);
});

test('where no watcher is heard of the machine looks for itself, and knows the end all the same', async (t) => {
  const { machine, run, starts } = setUp([{ outcome: 'failed', afterMs: 3 * HOUR }], { watched: false });
  const execution = await run(() => machine.run({ job }));
  t.deepEqual([execution.status, execution.error], ['FAILED', 'UNKNOWN']);
  t.true(execution.path.includes('Status'));
  t.is(starts(), 1);
});

for (const watched of [true, false])
  test(`a job that takes too long is cancelled and RunTimedOut, ${watched ? 'by the word of the watcher' : 'without a watcher, too'}`, async (t) => {
    const { machine, run } = setUp([{ afterMs: 24 * HOUR }], { watched });
    const execution = await run(() => machine.run({ job, timeoutSeconds: 7_200 }));
    t.is(execution.error, 'RunTimedOut', execution.cause);
    t.is(execution.path.includes('Status'), !watched);
    t.true(execution.endedAt - execution.startedAt < 2.2 * HOUR);
  });

test('its own retries wait by token as well', async (t) => {
  const bad: Script = { outcome: 'failed', afterMs: HOUR };
  const { machine, run } = setUp([bad, bad, { afterMs: HOUR }], { retry: { errors: ['UNKNOWN'], maxAttempts: 2 } });
  const execution = await run(() => machine.run({ job }));
  t.is(execution.status, 'SUCCEEDED', execution.cause);
  t.is(answerOf(execution).ref?.attempt, 3);
});

test('where neither watcher nor status is there, submit sees the end itself', async (t) => {
  const { machine, run, faults } = setUp([{ afterMs: 5 * HOUR }], { watched: false });
  faults.push({ on: functions.status, times: Infinity, error: named('AccessDeniedException', 'not authorized') });
  const execution = await run(() => machine.run({ job }));
  t.is(execution.status, 'SUCCEEDED', execution.cause);
});

for (const [how, options] of [
  ['a redrive', {}],
  ['a retry of its own', { retry: { errors: ['UNKNOWN'], maxAttempts: 1 } }],
] as const)
  test(`after ${how} without a watcher the machine looks at the new attempt, not at the one that it saw end`, async (t) => {
    const scripts: readonly [Script, Script] = [{ outcome: 'failed', afterMs: HOUR }, { afterMs: HOUR }];
    const { machine, run, starts } = setUp(scripts, { watched: false, ...options });
    const execution = await run(async () => {
      const first = await machine.run({ job });
      return first.status === 'FAILED' ? machine.redrive(first) : first;
    });
    t.is(execution.status, 'SUCCEEDED', execution.cause);
    t.is(answerOf(execution).ref?.attempt, 2);
    t.is(starts(), 2);
    t.true(execution.endedAt - execution.startedAt < 3.5 * HOUR);
  });
