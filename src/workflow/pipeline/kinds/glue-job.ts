import { forGlueStart } from '../../retries.js';
import { defineKind, group, text } from './kind.js';

export const glueJob = defineKind({
  what: 'Runs a Glue job to its end',
  fields: { job: text, arguments: group.optional() },
  with: 'StartJobRun',
  permissions: ['glue:StartJobRun', 'glue:GetJobRun', 'glue:GetJobRuns', 'glue:BatchStopJobRun'],
  build: ({ job, arguments: given }) => ({
    type: 'task',
    resource: 'arn:aws:states:::glue:startJobRun.sync',
    parameters: { JobName: job, Arguments: given },
    retry: forGlueStart,
  }),
});
