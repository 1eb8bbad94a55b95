import type { Catcher, ChoiceRule, Json, State, StateMachine } from './asl.js';
import { checkFunction, checkRetry, checkWhole } from './check-options.js';
import { handingOver } from './handing-over.js';
import { lambdaTask, waitingTask } from './lambda-task.js';
import { type MachineRetry, ownRetries } from './own-retries.js';
import { paths, payloads } from './payload.js';
import { readInput } from './read-input.js';
import { stateNames } from './state-names.js';

/** Which functions run the handlers: a name or an ARN, with an alias where a deploy must not change what runs. */
export interface HandlerFunctions {
  readonly submit: string;
  readonly status: string;
  readonly cancel: string;
}

export interface RunSparkJobOptions {
  readonly functions: HandlerFunctions;
  /** New attempts without anybody's doing. @defaultValue none: a failed run ends the execution */
  readonly retry?: MachineRetry;
  /** Fields that hold where an execution's input does not have them: `timeoutSeconds`, `output`, even `job`. */
  readonly defaults?: Readonly<Record<string, Json>>;
  /**
   * Who sees the end. `poll`: the machine asks `status`. `token`: its task waits until the `watch` function, which follows all runs of the
   * ledger, completes it; where no watcher is heard of for `heartbeatSeconds`, the machine asks for itself. @defaultValue `'poll'`
   */
  readonly wait?: 'poll' | 'token';
  /** With `token`: more than twice the time between two calls of `watch`, in seconds. @defaultValue `900` */
  readonly heartbeatSeconds?: number;
}

/** A pair of rules: with a pause first where the answer asks for one. */
const onAnswer = (next: string, target: string, wait: string): ChoiceRule[] => [
  {
    And: [
      { Variable: paths.next, StringEquals: next },
      { Variable: paths.wait, IsPresent: true },
    ],
    Next: wait,
  },
  { Variable: paths.next, StringEquals: next, Next: target },
];

const pause = (comment: string, next: string): State => ({
  Type: 'Wait',
  Comment: comment,
  SecondsPath: paths.wait,
  Next: next,
});

/**
 * Machine 1: one Spark job, from its submit to its outcome. Input: `{ job, key?, output?, inputs?, timeoutSeconds? }`. It
 * succeeds with the last answer of `submit`, outcome included, and fails with the diagnosis' code as its error. The task that
 * fails is always a submit, so a redrive makes a new attempt, or finds the one that still runs. Stopping the execution leaves
 * the job running. @throws ConfigError
 * @example
 * ```ts
 * const definition = runSparkJob({ functions: { submit: 'etl-submit', status: 'etl-status', cancel: 'etl-cancel' } });
 * ```
 */
export function runSparkJob(options: RunSparkJobOptions): StateMachine {
  const { functions, retry, defaults, wait = 'poll', heartbeatSeconds = 900 } = options;
  for (const [handler, name] of Object.entries(functions)) checkFunction(`functions.${handler}`, name as string);
  if (retry) checkRetry(retry);
  checkWhole('heartbeatSeconds', heartbeatSeconds, 1);
  const { submit, choose, status, cancel, handOver, succeeded, trouble } = stateNames;
  const toSubmit = retry ? stateNames.mayRetry : submit;
  // Whatever it was: only a submit says with authority how the run stands, and fails for what is wrong.
  const onTrouble: readonly Catcher[] = [
    { ErrorEquals: ['States.ALL'], ResultPath: '$.answer.trouble', Next: trouble },
  ];
  // Nobody follows the run, or nobody is heard of: the machine looks for itself from then on. Of both names, for a missed heartbeat is a timeout, too.
  const onSilence = {
    ErrorEquals: ['States.HeartbeatTimeout', 'States.Timeout'],
    ResultPath: '$.trouble',
    Next: status,
  } satisfies Catcher;
  const submitting = {
    comment: 'Starts the job, finds the one that its key has, or says how it ended; failure is thrown here',
    functionName: functions.submit,
    payload: payloads.submit,
    next: choose,
  };
  const submits = (more: readonly Catcher[] = []) => {
    const caught = [...more, ...(wait === 'token' ? [onSilence] : [])];
    const task = { ...submitting, ...(caught.length > 0 && { catch: caught }) };
    return wait === 'token' ? waitingTask(task, heartbeatSeconds) : lambdaTask(task);
  };
  return {
    Comment: "Runs one Spark job through Apache Livy: it is started once, and its outcome is the execution's",
    StartAt: stateNames.read,
    States: {
      ...readInput(toSubmit, defaults),
      ...(retry && ownRetries(retry, submits())),
      [submit]: submits(retry && [{ ErrorEquals: retry.errors, ResultPath: '$.trouble', Next: stateNames.countRetry }]),
      [choose]: {
        Type: 'Choice',
        Choices: [
          ...onAnswer('status', status, stateNames.waitForJob),
          ...onAnswer('submit', toSubmit, stateNames.waitToSubmit),
          ...onAnswer('cancel', cancel, stateNames.waitForCancel),
          { Variable: paths.next, StringEquals: 'hand-over', Next: handOver },
          { Variable: paths.next, StringEquals: 'done', Next: succeeded },
        ],
      },
      [stateNames.waitForJob]: pause('5 % of its age', status),
      [status]: lambdaTask({
        comment: 'One reading, and when the next one is due',
        functionName: functions.status,
        payload: payloads.ask,
        catch: onTrouble,
        next: choose,
      }),
      [stateNames.waitToSubmit]: pause('What came of the request is not known yet', toSubmit),
      [stateNames.waitForCancel]: pause('It was asked to stop, and has not been seen to', cancel),
      [cancel]: lambdaTask({
        comment: 'It took longer than timeoutSeconds: stops it, and proves that it stopped',
        functionName: functions.cancel,
        payload: payloads.ask,
        catch: onTrouble,
        next: choose,
      }),
      [trouble]: { Type: 'Wait', Comment: 'A submit tells how the run stands', Seconds: 60, Next: toSubmit },
      ...handingOver(payloads.handOver),
      [succeeded]: { Type: 'Succeed', OutputPath: paths.run },
    },
  };
}
