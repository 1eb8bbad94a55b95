import { glueWorkflowRun } from '../../glue-workflow-run.js';
import { forGlueStart } from '../../retries.js';
import { pollLoop } from '../poll-loop.js';
import { defineKind, group, text } from './kind.js';

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
          resource: glueWorkflowRun.start,
          parameters: { 'Name.$': '$.workflow', 'RunProperties.$': '$.properties' },
          retry: forGlueStart,
        },
        look: { resource: glueWorkflowRun.look, parameters: run },
        ends: glueWorkflowRun.ends,
        error: glueWorkflowRun.error,
        cause: glueWorkflowRun.cause,
        pause: glueWorkflowRun.pause,
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
