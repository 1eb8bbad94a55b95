import type { StateMachine } from './asl.js';
import { checkText } from './check-options.js';
import { forGlueStart, forReads } from './retries.js';

export interface RunGlueWorkflowOptions {
  readonly workflowName: string;
}

/** The pause grows by this with each look, in seconds: about 5 % of the age after an hour, about 190 looks in a day. */
const STEP_SECONDS = 5;
const LONGEST_SECONDS = 900;

const statistics = '$.looked.Run.Statistics';

/**
 * Machine 3b: a Glue workflow, for which Step Functions has no `.sync`. Glue calls a workflow COMPLETED whatever became of the
 * jobs in it, so what failed in it is counted. It fails in a Fail state, which a redrive only repeats: start it anew. Input: none
 * is read. @throws ConfigError
 */
export function runGlueWorkflow({ workflowName }: RunGlueWorkflowOptions): StateMachine {
  checkText('workflowName', workflowName);
  return {
    Comment: 'Runs one Glue workflow',
    StartAt: 'Start the workflow',
    States: {
      'Start the workflow': {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:glue:startWorkflowRun',
        Parameters: { Name: workflowName },
        Retry: forGlueStart,
        ResultPath: '$.started',
        Next: 'Begin to wait',
      },
      'Begin to wait': { Type: 'Pass', Parameters: { seconds: 15 }, ResultPath: '$.pause', Next: 'Wait' },
      Wait: { Type: 'Wait', SecondsPath: '$.pause.seconds', Next: 'Look' },
      Look: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:glue:getWorkflowRun',
        Parameters: { Name: workflowName, 'RunId.$': '$.started.RunId' },
        ResultPath: '$.looked',
        Retry: forReads,
        Next: 'How is it',
      },
      'How is it': {
        Type: 'Choice',
        Choices: [
          {
            And: [
              { Variable: '$.looked.Run.Status', StringEquals: 'COMPLETED' },
              { Variable: `${statistics}.FailedActions`, NumericEquals: 0 },
              { Variable: `${statistics}.TimeoutActions`, NumericEquals: 0 },
              { Variable: `${statistics}.StoppedActions`, NumericEquals: 0 },
            ],
            Next: 'Succeeded',
          },
          ...['COMPLETED', 'STOPPED', 'ERROR'].map((status) => ({
            Variable: '$.looked.Run.Status',
            StringEquals: status,
            Next: 'Failed',
          })),
          { Variable: '$.pause.seconds', NumericGreaterThanEquals: LONGEST_SECONDS, Next: 'Wait' },
        ],
        Default: 'Wait longer',
      },
      'Wait longer': {
        Type: 'Pass',
        Parameters: { 'seconds.$': `States.MathAdd($.pause.seconds, ${STEP_SECONDS})` },
        ResultPath: '$.pause',
        Next: 'Wait',
      },
      Succeeded: { Type: 'Succeed', OutputPath: '$.looked.Run' },
      Failed: { Type: 'Fail', Error: 'GlueWorkflowFailed', CausePath: 'States.JsonToString($.looked.Run)' },
    },
  };
}
