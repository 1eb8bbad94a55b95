import * as z from 'zod';
import type { State } from '../../asl.js';
import { type HandlerFunctions, runSparkJob } from '../../run-spark-job.js';
import { stateNames } from '../../state-names.js';
import type { Branch, PipelineState } from '../states.js';
import { duration } from '../durations.js';
import { defineKind, list, tag, text } from './kind.js';
import { sparkJob } from './spark-job.js';

/** Where an execution finds a run that another one hands over to it. */
export const HANDED_OVER = 'livywireRun';

/** Of a Standard execution, and what the handlers keep free of it. */
const HISTORY_EVENTS = 25_000;
const HISTORY_RESERVE = 500;
/** A submit, and the look after a silence. */
const EVENTS_OF_A_TOKEN = 18;

const redriveCount = '$$.Execution.RedriveCount';

/** Where in a pipeline the states stand. */
interface Place {
  /** The path of their input. */
  readonly input: string;
  readonly answer: object;
  /** The path of the number of redrives at the beginning, negative. Absent where the execution does nothing else: its output is the last answer. */
  readonly before?: string;
}

/**
 * The states of run-spark-job, for a place where they are not alone: the input stands at `input`; a run that is handed over goes to
 * a fresh execution of this very pipeline, which does nothing else.
 */
function sparkJobStates(options: Parameters<typeof runSparkJob>[0], { input, answer, before }: Place): Branch {
  const { StartAt, States } = runSparkJob(options);
  const handOver = States[stateNames.handOver];
  const read = States[stateNames.read];
  if (handOver?.Type !== 'Task' || !('Parameters' in handOver) || read?.Type !== 'Pass' || !('Next' in read))
    throw new TypeError('run-spark-job has other states than a pipeline expects');
  const { 'Input.$': handed, ...machine } = handOver.Parameters;
  const own: Record<string, PipelineState> = {
    ...States,
    [stateNames.read]: {
      ...read,
      Parameters: { 'input.$': input, answer: answer as Record<string, never>, ...(before && { 'before.$': before }) },
    },
    [stateNames.handOver]: {
      ...handOver,
      Parameters: { ...machine, Input: { [`${HANDED_OVER}.$`]: handed as string } },
    },
  };
  if (before === undefined) return { StartAt, States: own };
  const { End: _end, OutputPath: _output, ...handingOver } = own[stateNames.handOver] as Record<string, unknown>;
  own[stateNames.handOver] = {
    ...handingOver,
    Type: 'Task',
    ResultSelector: { 'run.$': '$.Output' },
    ResultPath: '$.answer',
    Next: stateNames.succeeded,
  };
  // All of the data comes out; see the result of the kind.
  own[stateNames.succeeded] = { Type: 'Succeed' };
  return {
    StartAt,
    States: Object.fromEntries(Object.entries(own).map(([name, state]) => [name, countingFrom(state as State)])),
  };
}

/**
 * A redrive makes a new attempt of what failed before it. A step that begins after the redrive begins with attempt 1, so only the
 * redrives since its beginning count: `before` is their number as it was then, negative.
 */
function countingFrom(state: State): PipelineState {
  const since = `States.MathAdd(${redriveCount}, $.before)`;
  if (state.Type !== 'Task' || !('Parameters' in state)) return state;
  return JSON.parse(JSON.stringify(state).replaceAll(redriveCount, () => since)) as State;
}

/** What an execution does that was handed a run. */
export const handedOver = (functions: HandlerFunctions): Branch =>
  sparkJobStates({ functions }, { input: `$.${HANDED_OVER}`, answer: {} });

export const livy = defineKind({
  what: 'Runs a Spark job through Apache Livy: the states of run-spark-job, with the key made of execution and step',
  fields: {
    job: z.strictObject(sparkJob, { error: 'what to run: file, args, conf …' }),
    /** Where its `_SUCCESS` has to be written for it to have succeeded. */
    output: text.optional(),
    inputs: list.optional(),
    /** @defaultValue made of the execution, the step and the item */
    key: text.optional(),
    /** Who sees the end: the machine, which asks again and again, or the `watch` function, by a task token. @defaultValue `poll` */
    wait: tag('poll', 'token').optional(),
    /** With `token`: after so long without a word of the watcher's the machine asks for itself. @defaultValue 15 minutes */
    heartbeat: duration.optional(),
  },
  permissions: ['lambda:InvokeFunction', 'states:StartExecution', 'states:DescribeExecution', 'states:StopExecution'],
  build: ({ job, output, inputs, key, wait = 'poll', heartbeat }, facts) => {
    const { functions, timeoutSeconds, retry, historyShare, identity, problem } = facts;
    if (!functions)
      problem('', 'needs the Lambda functions of livywire: name them in functions: { submit, status, cancel }');
    if (retry && retry.on === undefined)
      problem('retry', 'of a livy step needs on: the codes of the diagnosis after which a new attempt may help');
    const wrong = retry?.on?.find((error) => !/^\w+$/.test(error) || error === 'RunTimedOut');
    if (wrong !== undefined) problem('retry.on', `holds ${JSON.stringify(wrong)}, which is no code of a diagnosis`);
    if (heartbeat !== undefined && wait !== 'token') problem('heartbeat', 'is for wait: token');
    // A task that waits for its token is no turn of a loop: it has to be begun here.
    const share = wait === 'token' ? Math.max(historyShare, EVENTS_OF_A_TOKEN) : historyShare;
    return {
      type: 'states',
      input: {
        input: {
          job,
          output,
          inputs,
          key,
          timeoutSeconds,
          execution: { 'arn.$': '$$.Execution.Id', ...identity('state'), retries: 0, redriveCount: 0 },
        },
        'before.$': `States.StringToJson(States.Format('-{}', ${redriveCount}))`,
      },
      branch: sparkJobStates(
        {
          functions: functions ?? { submit: 'submit', status: 'status', cancel: 'cancel' },
          wait,
          ...(heartbeat !== undefined && { heartbeatSeconds: heartbeat }),
          ...(retry?.on &&
            wrong === undefined && {
              retry: { errors: retry.on, maxAttempts: retry.times, delaySeconds: retry.delaySeconds },
            }),
        },
        {
          input: '$.input',
          // All steps share one history: the run is counted as if what is not its share were used up.
          answer: {
            run: { v: 1, next: 'submit', events: Math.max(0, HISTORY_EVENTS - HISTORY_RESERVE - share) },
          },
          before: '$.before',
        },
      ),
      result: { ref: '$.answer.run.ref', outcome: '$.answer.run.outcome' },
      retriesItself: true,
    };
  },
});
