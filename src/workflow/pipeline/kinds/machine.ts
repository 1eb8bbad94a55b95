import { defineKind, eventRule, group, text } from './kind.js';

export const machine = defineKind({
  what: 'Starts an execution of another state machine and waits for its end',
  fields: { machine: text, input: group.optional() },
  with: 'StartExecution',
  permissions: ['states:StartExecution', 'states:DescribeExecution', 'states:StopExecution', ...eventRule],
  build: ({ machine: arn, input = {} }) => ({
    type: 'task',
    resource: 'arn:aws:states:::states:startExecution.sync:2',
    parameters: {
      StateMachineArn: arn,
      // So that the console shows the one with the other.
      Input: { ...input, 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id' },
    },
    result: { executionArn: '$.ExecutionArn', output: '$.Output' },
  }),
});
