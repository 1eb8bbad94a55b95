import type { StateMachine } from './asl.js';
import { checkText, checkWhole } from './check-options.js';
import { forGlueStart } from './retries.js';

export interface RunGlueJobOptions {
  readonly jobName: string;
  /** Step Functions stops waiting after this, in seconds, and stops the job run. @defaultValue a year */
  readonly timeoutSeconds?: number;
}

/**
 * Machine 3: a Glue job. Input: `{ arguments: { "--name": "value" } }`. A redrive starts a new job run. @throws ConfigError
 */
export function runGlueJob({ jobName, timeoutSeconds }: RunGlueJobOptions): StateMachine {
  checkText('jobName', jobName);
  if (timeoutSeconds !== undefined) checkWhole('timeoutSeconds', timeoutSeconds, 1);
  return {
    Comment: 'Runs one Glue job',
    StartAt: 'Read the input',
    States: {
      'Read the input': {
        Type: 'Pass',
        Parameters: { nothing: { arguments: {} }, 'given.$': '$' },
        Next: 'Fill in',
      },
      'Fill in': {
        Type: 'Pass',
        Parameters: { 'input.$': 'States.JsonMerge($.nothing, $.given, false)' },
        Next: 'Run the job',
      },
      'Run the job': {
        Type: 'Task',
        Resource: 'arn:aws:states:::glue:startJobRun.sync',
        Parameters: { JobName: jobName, 'Arguments.$': '$.input.arguments' },
        ...(timeoutSeconds !== undefined && { TimeoutSeconds: timeoutSeconds }),
        Retry: forGlueStart,
        End: true,
      },
    },
  };
}
