import type { Clusters } from './aws-clusters.js';
import type { Emr } from './aws-emr.js';
import type { RouterConfig } from './aws-router-config.js';

/** What runs here, in the words of DescribeCluster. */
export const versions: Readonly<Record<string, string>> = { Hadoop: '3.3.4', Livy: '0.7.1', Spark: '3.5.8' };

/** The release whose Spark and Hadoop are nearest. */
const RELEASE = 'emr-7.5.0';

/** Whatever a client would read its ports from, as somebody has it who moved them. */
function configurations(cluster: RouterConfig['cluster']): unknown[] {
  const { livy, resourceManager, jobHistory, sparkHistory, python } = cluster;
  const as = (classification: string, properties: Record<string, string>): unknown => ({
    Classification: classification,
    Properties: properties,
  });
  const address = (url: string): string => new URL(url).host;
  return [
    as('livy-conf', { 'livy.server.port': new URL(livy).port }),
    as('yarn-site', { 'yarn.resourcemanager.webapp.address': address(resourceManager) }),
    as('mapred-site', { 'mapreduce.jobhistory.webapp.address': address(jobHistory) }),
    as('spark-defaults', {
      'spark.history.ui.port': new URL(sparkHistory).port,
      'spark.yarn.historyServer.address': address(sparkHistory),
    }),
    {
      Classification: 'spark-env',
      Properties: {},
      Configurations: [as('export', { PYSPARK_PYTHON: python })],
    },
  ];
}

const live = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING'];

/** The cluster that is this instance: found again after the router was restarted, else made. @returns its id */
export async function firstCluster(emr: Emr, clusters: Clusters, config: RouterConfig): Promise<string> {
  const { name } = config.cluster;
  const id = (await clusters.list({ ClusterStates: live })).find((one) => one.Name === name)?.Id;
  const known = id ?? (await make(emr, config));
  clusters.lay(known, { primaries: config.cluster.primaries });
  return known;
}

async function make(emr: Emr, config: RouterConfig): Promise<string> {
  const { name } = config.cluster;
  const made = (await emr.call('RunJobFlow', {
    Name: name,
    ReleaseLabel: RELEASE,
    LogUri: `s3://${config.bucket}/logs/`,
    Applications: Object.keys(versions).map((application) => ({ Name: application })),
    Configurations: configurations(config.cluster),
    Instances: {
      KeepJobFlowAliveWhenNoSteps: true,
      InstanceGroups: ['MASTER', 'CORE'].map((role) => ({
        Name: role,
        InstanceRole: role,
        InstanceType: 'm5.xlarge',
        InstanceCount: 1,
      })),
    },
    JobFlowRole: 'EMR_EC2_DefaultRole',
    ServiceRole: 'EMR_DefaultRole',
    VisibleToAllUsers: true,
    Tags: [{ Key: 'livywire', Value: name }],
  })) as { readonly JobFlowId: string };
  return made.JobFlowId;
}
