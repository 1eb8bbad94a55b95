import { defineKind, eventRule, group, text } from './kind.js';

export const batch = defineKind({
  what: 'Runs a job of AWS Batch to its end',
  fields: { queue: text, definition: text, parameters: group.optional() },
  with: 'SubmitJob',
  permissions: ['batch:SubmitJob', 'batch:DescribeJobs', 'batch:TerminateJob', ...eventRule],
  build: ({ queue, definition, parameters }, { name }) => ({
    type: 'task',
    resource: 'arn:aws:states:::batch:submitJob.sync',
    parameters: { JobName: name, JobQueue: queue, JobDefinition: definition, Parameters: parameters },
    result: { jobId: '$.JobId', status: '$.Status' },
  }),
});
