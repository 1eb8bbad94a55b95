import type { StateMachine } from './asl.js';
import { checkText } from './check-options.js';
import { BADLY, endingRules, WELL } from './endings.js';
import { glueWorkflowRun } from './glue-workflow-run.js';
import { forGlueStart, forReads } from './retries.js';

export interface RunGlueWorkflowOptions {
  readonly workflowName: string;
}

const { start, look, ends, error, cause, pause } = glueWorkflowRun;

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
        Resource: start,
        Parameters: { Name: workflowName },
        Retry: forGlueStart,
        ResultPath: '$.started',
        Next: 'Begin to wait',
      },
      'Begin to wait': { Type: 'Pass', Parameters: { seconds: pause.first }, ResultPath: '$.pause', Next: 'Wait' },
      Wait: { Type: 'Wait', SecondsPath: '$.pause.seconds', Next: 'Look' },
      Look: {
        Type: 'Task',
        Resource: look,
        Parameters: { Name: workflowName, 'RunId.$': '$.started.RunId' },
        ResultPath: '$.looked',
        Retry: forReads,
        Next: 'How is it',
      },
      'How is it': {
        Type: 'Choice',
        Choices: [
          ...endingRules(ends),
          { Variable: '$.pause.seconds', NumericGreaterThanEquals: pause.longest, Next: 'Wait' },
        ],
        Default: 'Wait longer',
      },
      'Wait longer': {
        Type: 'Pass',
        Parameters: { 'seconds.$': `States.MathAdd($.pause.seconds, ${pause.growth})` },
        ResultPath: '$.pause',
        Next: 'Wait',
      },
      [WELL]: { Type: 'Succeed', OutputPath: '$.looked.Run' },
      [BADLY]: { Type: 'Fail', Error: error, CausePath: cause },
    },
  };
}
