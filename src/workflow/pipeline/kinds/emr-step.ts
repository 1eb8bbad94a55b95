import * as z from 'zod';
import { defineKind, eventRule, list, text } from './kind.js';
import { sparkFlags, sparkJob } from './spark-job.js';

export const emrStep = defineKind({
  what: 'Runs a step on an EMR cluster to its end: a Spark job, or any jar',
  fields: {
    /** A step of this pipeline that creates one, `j-…`, or a reference. */
    cluster: text,
    job: z.strictObject(sparkJob, { error: 'what to run: file, args, conf …' }).optional(),
    jar: text.optional(),
    args: list.optional(),
    role: text.optional(),
  },
  permissions: [
    'elasticmapreduce:AddJobFlowSteps',
    'elasticmapreduce:DescribeStep',
    'elasticmapreduce:CancelSteps',
    ...eventRule,
  ],
  build: ({ cluster, job, jar, args, role }, { name, clusterId, problem }) => {
    if ((job === undefined) === (jar === undefined)) problem('', 'needs a job (Spark) or a jar, not both');
    if (job && args !== undefined) problem('args', 'has no meaning with job: write job.args');
    if (job && typeof job.args === 'string')
      problem('job.args', 'cannot be a reference to a list here: write the list, with references in it');
    const line = job && [
      'spark-submit',
      '--deploy-mode',
      'cluster',
      '--name',
      job.name ?? name,
      ...sparkFlags(job, problem),
      job.file,
      ...(Array.isArray(job.args) ? job.args.map(String) : []),
    ];
    return {
      type: 'task',
      resource: 'arn:aws:states:::elasticmapreduce:addStep.sync',
      parameters: {
        ClusterId: clusterId(cluster),
        ExecutionRoleArn: role,
        Step: {
          Name: name,
          ActionOnFailure: 'CONTINUE',
          HadoopJarStep: { Jar: jar ?? 'command-runner.jar', Args: line ?? args },
        },
      },
    };
  },
});
