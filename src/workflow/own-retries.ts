import type { State, TaskState } from './asl.js';
import { paths } from './payload.js';
import { stateNames } from './state-names.js';

/** New attempts that the machine makes by itself. */
export interface MachineRetry {
  /** Codes of the diagnosis against which a new attempt may help, and `RunLost`, `RunCancelled` where that is wanted. */
  readonly errors: readonly string[];
  /** How many attempts after the first. */
  readonly maxAttempts: number;
  /** Seconds before each. @defaultValue `60` */
  readonly delaySeconds?: number;
}

/**
 * The attempts are counted in the data, not by Step Functions' own Retry: that would call submit again for the same attempt.
 * The last one is submitted by a state that catches nothing, so that its failure is the execution's and can be redriven.
 */
export function ownRetries(retry: MachineRetry, lastSubmitting: TaskState): Record<string, State> {
  const { mayRetry, submit, lastSubmit, countRetry, waitToRetry } = stateNames;
  const retries = `${paths.execution}.retries`;
  return {
    [mayRetry]: {
      Type: 'Choice',
      Choices: [{ Variable: retries, NumericGreaterThanEquals: retry.maxAttempts, Next: lastSubmit }],
      Default: submit,
    },
    [lastSubmit]: lastSubmitting,
    [countRetry]: {
      Type: 'Pass',
      Parameters: {
        'arn.$': `${paths.execution}.arn`,
        'state.$': `${paths.execution}.state`,
        'retries.$': `States.MathAdd(${retries}, 1)`,
        redriveCount: 0,
      },
      ResultPath: paths.execution,
      Next: waitToRetry,
    },
    [waitToRetry]: { Type: 'Wait', Seconds: retry.delaySeconds ?? 60, Next: mayRetry },
  };
}
