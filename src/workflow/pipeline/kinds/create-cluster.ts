import { defineKind, flag, group, text } from './kind.js';

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** Of RunJobFlow. What stands here is in force unless `with` says otherwise. */
export const createCluster = defineKind({
  what: 'Starts an EMR cluster for this pipeline; it is terminated whatever happens',
  fields: {
    release: text,
    instances: group,
    serviceRole: text,
    instanceRole: text,
    logUri: text.optional(),
    /** Leaves it running. */
    keep: flag.optional(),
  },
  with: 'RunJobFlow',
  once: true,
  timeout: false,
  permissions: [
    'elasticmapreduce:RunJobFlow',
    'elasticmapreduce:DescribeCluster',
    'elasticmapreduce:TerminateJobFlows',
    'iam:PassRole',
  ],
  build: ({ release, instances, serviceRole, instanceRole, logUri, keep }, { name }) => ({
    type: 'task',
    // Without .sync: the id has to be known before anything can go wrong, or nobody could terminate the cluster.
    resource: 'arn:aws:states:::elasticmapreduce:createCluster',
    parameters: {
      Name: name,
      ReleaseLabel: release,
      Applications: [{ Name: 'Spark' }],
      Instances: { KeepJobFlowAliveWhenNoSteps: true, ...asObject(instances) },
      ServiceRole: serviceRole,
      JobFlowRole: instanceRole,
      LogUri: logUri,
      VisibleToAllUsers: true,
      // For the day on which the execution itself is stopped, and nobody is left to terminate it.
      ...(keep !== true && { AutoTerminationPolicy: { IdleTimeout: 3_600 } }),
    },
    result: { clusterId: '$.ClusterId' },
  }),
});
