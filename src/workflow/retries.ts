import { errorsOfServices } from '../core/index.js';
import type { Retrier } from './asl.js';

/** What Lambda and Step Functions themselves can fail with: the function may have run, or not, or half. */
const ofLambda = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  // A function in a VPC that nobody has called for weeks has no network: the first call of it fails, and has it made, in a minute.
  'Lambda.ResourceNotReadyException',
  'Lambda.ResourceConflictException',
  // A function that was killed, ran out of its time or its memory: the names have changed over the years.
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
] as const;
/** No answer came in time. */
const TIMEOUT = 'States.Timeout';

/** Each pause twice the last one, up to a bound, and anywhere between nothing and that: a thousand machines do not come in step. */
const backingOff = (
  ErrorEquals: readonly string[],
  IntervalSeconds: number,
  MaxDelaySeconds: number,
  MaxAttempts: number,
): Retrier => ({ ErrorEquals, IntervalSeconds, BackoffRate: 2, MaxDelaySeconds, MaxAttempts, JitterStrategy: 'FULL' });

/**
 * How long a handler is called again before the machine gives in. Each may be called again at any time: a submit finds its run by
 * the key. The second takes about four hours, and at most 120 of the history's events.
 */
export const forHandlers: readonly Retrier[] = [
  backingOff([...ofLambda, TIMEOUT], 1, 60, 12),
  backingOff(errorsOfServices, 5, 900, 40),
];

/** The same of a call whose task waits for the job: that nobody has told it anything in time is no failure of the call. */
export const forWaitingHandler: readonly Retrier[] = [
  backingOff(ofLambda, 1, 60, 12),
  backingOff(errorsOfServices, 5, 900, 40),
];

/**
 * An execution that was not started. AWS's guide has the first without its `Exception`, executions have been seen with it; what
 * has no name of its own there, as "Rate exceeded", comes as the last one. Of two that were started all the same both find one run.
 */
export const forThrottledStart: readonly Retrier[] = [
  backingOff(
    [
      'StepFunctions.ExecutionLimitExceeded',
      'StepFunctions.ExecutionLimitExceededException',
      'StepFunctions.AWSStepFunctionsException',
    ],
    5,
    300,
    20,
  ),
];

/** A run of Glue that was not started. "Rate exceeded" has been seen to come as the last one, which has no name of its own. */
export const forGlueStart: readonly Retrier[] = [
  backingOff(
    ['Glue.ConcurrentRunsExceededException', 'Glue.ThrottlingException', 'Glue.AWSGlueException'],
    30,
    900,
    20,
  ),
];

/** Reads are repeated, whatever went wrong. */
export const forReads: readonly Retrier[] = [backingOff(['States.ALL'], 5, 900, 20)];
