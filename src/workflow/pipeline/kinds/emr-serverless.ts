import * as z from 'zod';
import { sparkJob, sparkParameters } from './spark-job.js';
import { defineKind, eventRule, text } from './kind.js';

export const emrServerless = defineKind({
  what: 'Runs a Spark job at EMR Serverless to its end',
  fields: {
    application: text,
    role: text,
    job: z.strictObject(sparkJob, { error: 'what to run: file, args, conf …' }),
  },
  with: 'StartJobRun',
  permissions: [
    'emr-serverless:StartJobRun',
    'emr-serverless:GetJobRun',
    'emr-serverless:CancelJobRun',
    'iam:PassRole',
    ...eventRule,
  ],
  build: ({ application, role, job }, { name, token, problem }) => {
    const { file, args, queue, proxyUser } = job;
    for (const [field, value] of Object.entries({ queue, proxyUser }))
      if (value !== undefined) problem(`job.${field}`, 'has no meaning at EMR Serverless');
    return {
      type: 'task',
      resource: 'arn:aws:states:::emr-serverless:startJobRun.sync',
      parameters: {
        ApplicationId: application,
        ExecutionRoleArn: role,
        Name: job.name ?? name,
        'ClientToken.$': token,
        JobDriver: {
          SparkSubmit: {
            EntryPoint: file,
            EntryPointArguments: args,
            SparkSubmitParameters: sparkParameters(job, problem),
          },
        },
      },
    };
  },
});
