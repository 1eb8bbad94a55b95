import type { Cluster, ClusterSummary, Configuration } from '@aws-sdk/client-emr';
import { isSecretName, REDACTED, redactText } from '../../core/index.js';

/** What DescribeCluster says of a cluster, as far as runs need it. */
export interface EmrCluster {
  /** `j-3KVTXXXXXX7UG` */
  readonly id: string;
  /** What other calls of AWS name it by. */
  readonly arn?: string;
  readonly name: string;
  readonly region: string;
  /** `STARTING`, `BOOTSTRAPPING`, `RUNNING`, `WAITING`, `TERMINATING`, `TERMINATED`, `TERMINATED_WITH_ERRORS`. */
  readonly state: string;
  /** Why it is in that state, in EMR's words: `USER_REQUEST: Terminated by user request`. */
  readonly reason?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  /** ISO 8601. */
  readonly endedAt?: string;
  /** `emr-7.13.0`, `emr-spark-8.1.0`. */
  readonly release: string;
  /** Livy, Spark, Hadoop … with their versions, where EMR says them. */
  readonly applications: Readonly<Record<string, string | undefined>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Settings given at its creation: classification, name, value. What a file of shell exports is `spark-env/export`. */
  readonly configurations: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly instances: 'INSTANCE_GROUP' | 'INSTANCE_FLEET';
  /** Where its logs go: `s3://bucket/logs/`. */
  readonly logUri?: string;
  /** Whether a security configuration is attached: then TLS may be on. */
  readonly isSecured: boolean;
  readonly network: {
    readonly subnet?: string;
    /** Of the primary, and what was attached to it beside it. */
    readonly primaryGroups: readonly string[];
    /** Of core and task nodes. */
    readonly workerGroups: readonly string[];
  };
}

/** What ListClusters says of one. */
export type ClusterLine = Pick<EmrCluster, 'id' | 'name' | 'state' | 'reason' | 'createdAt' | 'endedAt'>;

const over = new Set(['TERMINATED', 'TERMINATED_WITH_ERRORS']);
const starting = new Set(['STARTING', 'BOOTSTRAPPING']);

/** Nothing runs there any more, and nothing will. */
export const hasEnded = ({ state }: Pick<EmrCluster, 'state'>): boolean => over.has(state);
export const isStarting = ({ state }: Pick<EmrCluster, 'state'>): boolean => starting.has(state);
export const isLeaving = ({ state }: Pick<EmrCluster, 'state'>): boolean => state === 'TERMINATING';

export function lineOf({ Id, Name, Status }: ClusterSummary | Cluster): ClusterLine {
  const { Code: code, Message: message } = Status?.StateChangeReason ?? {};
  const reason = [code, message].filter((part) => part !== undefined && part !== '').join(': ');
  const { CreationDateTime: created, EndDateTime: ended } = Status?.Timeline ?? {};
  return {
    id: Id ?? '',
    name: Name ?? '',
    state: Status?.State ?? 'UNKNOWN',
    ...(reason !== '' && { reason }),
    ...(created && { createdAt: created.toISOString() }),
    ...(ended && { endedAt: ended.toISOString() }),
  };
}

export function clusterOf(cluster: Cluster, region: string): EmrCluster {
  const { Ec2InstanceAttributes: ec2 = {}, LogUri: logUri } = cluster;
  const groups = (...ids: readonly (string | undefined)[]): string[] => ids.filter((id) => id !== undefined);
  return {
    ...lineOf(cluster),
    ...(cluster.ClusterArn !== undefined && { arn: cluster.ClusterArn }),
    region,
    release: cluster.ReleaseLabel ?? '',
    applications: Object.fromEntries((cluster.Applications ?? []).map((one) => [one.Name ?? '', one.Version])),
    tags: Object.fromEntries((cluster.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    configurations: flat(cluster.Configurations ?? []),
    instances: cluster.InstanceCollectionType === 'INSTANCE_FLEET' ? 'INSTANCE_FLEET' : 'INSTANCE_GROUP',
    // EMR gives it back with the scheme of a file system that nobody uses any more.
    ...(logUri !== undefined && { logUri: logUri.replace(/^s3[an]:/, 's3:') }),
    isSecured: (cluster.SecurityConfiguration ?? '') !== '',
    network: {
      ...(ec2.Ec2SubnetId !== undefined && { subnet: ec2.Ec2SubnetId }),
      primaryGroups: groups(ec2.EmrManagedMasterSecurityGroup, ...(ec2.AdditionalMasterSecurityGroups ?? [])),
      workerGroups: groups(ec2.EmrManagedSlaveSecurityGroup, ...(ec2.AdditionalSlaveSecurityGroups ?? [])),
    },
  };
}

/** A cluster's settings hold its database's passwords, and are shown and kept in a file. */
const shown = (properties: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, isSecretName(name) ? REDACTED : redactText(value)]),
  );

function flat(configurations: readonly Configuration[]): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  for (const { Classification: name = '', Properties: own = {}, Configurations: inner = [] } of configurations) {
    found[name] = { ...found[name], ...shown(own) };
    for (const [inside, properties] of Object.entries(flat(inner))) {
      // Each `…-env` has an `export` of its own.
      const classification = inside === 'export' ? `${name}/export` : inside;
      found[classification] = { ...found[classification], ...properties };
    }
  }
  return found;
}
