import { isOneOf } from './endings.js';

const status = '$.looked.Run.Status';
const none = (name: string) => ({ Variable: `$.looked.Run.Statistics.${name}`, NumericEquals: 0 });

/** A run of a Glue workflow, for which Step Functions has no `.sync`: what is called, and what the answer at `$.looked` means. */
export const glueWorkflowRun = {
  start: 'arn:aws:states:::aws-sdk:glue:startWorkflowRun',
  look: 'arn:aws:states:::aws-sdk:glue:getWorkflowRun',
  ends: [
    // Glue calls a workflow COMPLETED whatever became of the jobs in it.
    {
      when: {
        And: [
          { Variable: status, StringEquals: 'COMPLETED' },
          ...['FailedActions', 'TimeoutActions', 'StoppedActions'].map(none),
        ],
      },
      ended: 'well',
    },
    ...isOneOf(status, ['COMPLETED', 'STOPPED', 'ERROR'], 'badly'),
  ],
  error: 'GlueWorkflowFailed',
  cause: 'States.JsonToString($.looked.Run)',
  /** In seconds; grows to about 5 % of the age after an hour, about 190 looks in a day. */
  pause: { first: 15, growth: 5, longest: 900 },
} as const;
