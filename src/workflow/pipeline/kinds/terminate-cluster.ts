import { defineKind, text } from './kind.js';
import { forReads } from '../../retries.js';

export const terminateCluster = defineKind({
  what: 'Terminates an EMR cluster; of one that the pipeline created, when all that uses it is done',
  fields: { cluster: text },
  once: true,
  permissions: ['elasticmapreduce:TerminateJobFlows', 'elasticmapreduce:DescribeCluster'],
  build: ({ cluster }, { clusterId }) => ({
    type: 'task',
    resource: 'arn:aws:states:::elasticmapreduce:terminateCluster',
    parameters: { ClusterId: clusterId(cluster) },
    retry: forReads, // may be asked any number of times
  }),
});
