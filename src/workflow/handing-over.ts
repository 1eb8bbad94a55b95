import type { State } from './asl.js';
import { paths } from './payload.js';
import { forThrottledStart } from './retries.js';
import { stateNames } from './state-names.js';

/**
 * A history has room for 25,000 events: before that a fresh execution goes on, and its result is this one's. Where it failed, its
 * error has lost its name on the way here; asked once more, submit throws it under its own, and a redrive begins there.
 */
export function handingOver(input: string): Record<string, State> {
  const { handOver, howDidItEnd, tookTooLong, undecidedThere, endedThere, trouble } = stateNames;
  /** The last answer, of which the count of events is still true: this execution's history is as full as it was. */
  const answered = (more: { readonly timedOut?: true }, beside: { readonly 'trouble.$'?: string } = {}): State => ({
    Type: 'Pass',
    Parameters: {
      run: { v: 1, next: 'submit', 'events.$': `${paths.run}.events`, 'ref.$': `${paths.run}.ref`, ...more },
      ...beside,
    },
    ResultPath: '$.answer',
    Next: trouble,
  });
  return {
    [handOver]: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: { 'StateMachineArn.$': '$$.StateMachine.Id', 'Input.$': input },
      OutputPath: '$.Output',
      Retry: forThrottledStart,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.trouble', Next: howDidItEnd }],
      End: true,
    },
    [howDidItEnd]: {
      Type: 'Choice',
      Choices: [
        {
          And: [
            { Variable: '$.trouble.Cause', IsPresent: true },
            { Variable: '$.trouble.Cause', StringMatches: '*"Error":"RunTimedOut"*' },
          ],
          Next: tookTooLong,
        },
        {
          And: [
            { Variable: '$.trouble.Cause', IsPresent: true },
            { Variable: '$.trouble.Cause', StringMatches: '*"Error":"RunUndecided"*' },
          ],
          Next: undecidedThere,
        },
      ],
      Default: endedThere,
    },
    [tookTooLong]: answered({ timedOut: true }),
    // Without the trouble submit would not look, and would hand it over again, without end.
    [undecidedThere]: answered({}, { 'trouble.$': '$.trouble' }),
    [endedThere]: answered({}),
  };
}
