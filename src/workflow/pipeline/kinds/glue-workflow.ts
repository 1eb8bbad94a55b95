import { forGlueStart } from '../../retries.js';
import { isOneOf, pollLoop } from '../poll-loop.js';
import { defineKind, group, text } from './kind.js';

const status = '$.looked.Run.Status';
const none = (name: string) => ({ Variable: `$.looked.Run.Statistics.${name}`, NumericEquals: 0 });

export const glueWorkflow = defineKind({
  what: 'Runs a Glue workflow and looks after it; an action in it that failed is a failure',
  fields: { workflow: text, properties: group.optional() },
  permissions: ['glue:StartWorkflowRun', 'glue:GetWorkflowRun', 'glue:StopWorkflowRun'],
  build: ({ workflow, properties = {} }, { timeoutSeconds }) => {
    const run = { 'Name.$': '$.workflow', 'RunId.$': '$.started.RunId' };
    return {
      type: 'states',
      input: { workflow, properties },
      branch: pollLoop({
        start: {
          resource: 'arn:aws:states:::aws-sdk:glue:startWorkflowRun',
          parameters: { 'Name.$': '$.workflow', 'RunProperties.$': '$.properties' },
          retry: forGlueStart,
        },
        look: { resource: 'arn:aws:states:::aws-sdk:glue:getWorkflowRun', parameters: run },
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
        pause: { first: 15, growth: 5, longest: 900 },
        ...(timeoutSeconds !== undefined && {
          timeout: {
            seconds: timeoutSeconds,
            stop: { resource: 'arn:aws:states:::aws-sdk:glue:stopWorkflowRun', parameters: run },
          },
        }),
      }),
      result: { runId: '$.started.RunId', status: '$.looked.Run.Status' },
    };
  },
});
