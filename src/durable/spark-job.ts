import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { ConfigError, systemClock } from '../core/index.js';
import {
  createCancelHandler,
  createStatusHandler,
  createSubmitHandler,
  type HandlerOptions,
  type LambdaContext,
  type RunAnswer,
  type RunPayload,
  type SubmitHandlerOptions,
} from '../lambda/index.js';
import { keyOfExecution } from './key.js';
import { pauseAfter } from './pause.js';
import { atFirst, type Handlers, isOver, type Progress, takeTurn } from './turn.js';

export interface SparkJobOptions extends HandlerOptions, Pick<SubmitHandlerOptions, 'undecidedAfterSeconds'> {
  /** The job is cancelled once it is so old, and the execution fails as `RunTimedOut`. @defaultValue the payload's, else it never is */
  readonly timeoutSeconds?: number;
  /**
   * How often a run is looked at before the execution ends as `RunUndecided`, with the job left as it is. AWS allows an execution 3,000
   * operations, and a turn is one of them; this is for each job, so with n jobs in one execution give `turns: 2900 / n`. @defaultValue `2_900`, of which a run of 30 days takes 1,555, and one of a year 2,807
   */
  readonly turns?: number;
}

/** What a durable function sends: as to `submit`, without what only a state machine says. */
export type DurableRunPayload = Omit<RunPayload, 'taskToken' | 'trouble' | 'run'>;

/** A Spark job as a part of a durable function. `name` tells the jobs of one execution apart. */
export type SparkJobOf = (context: DurableContext, payload: DurableRunPayload, name?: string) => Promise<RunAnswer>;

const TURNS = 2_900;

/**
 * A Spark job as a part of a durable function of your own: started once, however often the function is replayed, and looked at every
 * 5 % of its age, at least every half hour (beyond 30 days every 0.2 % of its age), while no function runs in between. Resolves with the
 * last answer, outcome included; rejects with an error named after the code of its diagnosis, `RunCancelled`, `RunTimedOut`, `RunLost` or
 * `RunUndecided`, else with a service's own. Without a key in the payload it is known by the name of the execution and `name`. It takes
 * three operations and one for each turn; stopping the execution leaves the job running.
 * @example
 * const sparkJob = createSparkJob();
 * export const handler = withDurableExecution(async (event: { day: string }, context) => {
 *   await sparkJob(context, { job: { file: 's3://jobs/extract.py', args: [event.day] } }, 'extract');
 *   await sparkJob(context, { job: { file: 's3://jobs/load.py', args: [event.day] } }, 'load');
 * });
 */
export function createSparkJob(options: SparkJobOptions = {}): SparkJobOf {
  // There is no history of Step Functions that could be full.
  const endless = { ...options, historyEvents: Infinity };
  const handlers = {
    submit: createSubmitHandler(endless),
    status: createStatusHandler(endless),
    cancel: createCancelHandler(endless),
  };
  return sparkJobBy(handlers, options);
}

/** The loop itself, over whoever answers. */
export function sparkJobBy(
  handlers: Handlers,
  {
    clock = systemClock,
    turns = TURNS,
    timeoutSeconds: limit,
  }: Pick<SparkJobOptions, 'clock' | 'turns' | 'timeoutSeconds'>,
): SparkJobOf {
  return async (context, given, name) => {
    const key = keyOfExecution(context.executionContext.durableExecutionArn, name);
    const payload = withDefaults(given, { key, limit });
    const { timeoutSeconds } = payload;
    // Its type is of a package that AWS's SDK names and does not bring.
    const lambdaContext = context.lambdaContext as LambdaContext;
    const named = (operation: string) => (name === undefined ? operation : `${name}: ${operation}`);
    const pause = (progress: Progress) => ({
      seconds: pauseAfter(progress, { nowMs: clock.now(), timeoutSeconds }),
    });
    const turnsUntil = (operation: string, from: Progress, isDone: (progress: Progress) => boolean) =>
      context.waitForCondition<Progress>(
        named(operation),
        (before) => takeTurn(handlers, payload, { before, turns, context: lambdaContext }),
        {
          initialState: from,
          waitStrategy: (progress) =>
            isDone(progress) ? { shouldContinue: false } : { shouldContinue: true, delay: pause(progress) },
        },
      );
    let progress = await turnsUntil('submit', atFirst, (it) => isOver(it) || isStarted(it));
    if (!isOver(progress)) {
      // As long as its first look wants it. A replay takes the seconds that were written down.
      await context.wait(named('first wait'), pause(progress));
      progress = await turnsUntil('watch', progress, isOver);
    }
    const { answer, thrown } = progress;
    if (thrown || !answer) throw failure(thrown ?? { name: 'Error', message: 'There was no answer' });
    return answer;
  };
}

/** Its fate is known: it is there, or is to be stopped. */
const isStarted = ({ answer, failures }: Progress): boolean =>
  failures === 0 && answer !== undefined && answer.next !== 'submit';

/** What is wrong with the rest, submit says. @throws ConfigError for what has a meaning in a state machine only */
function withDefaults(
  given: DurableRunPayload,
  { key, limit }: { readonly key: string; readonly limit: number | undefined },
): RunPayload {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ConfigError('The event is not a JSON object', { field: 'event' });
  for (const field of ['run', 'taskToken', 'trouble'])
    if (field in given) throw new ConfigError(`${field} has no meaning in a durable function`, { field });
  const timeoutSeconds = given.timeoutSeconds ?? limit;
  return {
    ...given,
    ...((given.key ?? given.execution ?? undefined) === undefined && { key }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}

/** Its name is what callers match, and what `ErrorEquals` does where one of them is a state machine. */
function failure({ name, message }: NonNullable<Progress['thrown']>): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
