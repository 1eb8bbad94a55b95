import type { ClusterState, EMRClient, Instance } from '@aws-sdk/client-emr';
import { BadAnswerError, ConfigError, plainLine } from '../../core/index.js';
import type { AwsClients } from '../clients.js';
import { awsErrorName, explainAwsError } from '../explain-error.js';
import { type ClusterLine, clusterOf, type EmrCluster, lineOf } from './cluster.js';

/** One node of a cluster, and how it is called from where. */
export interface EmrNode {
  /** `i-0ab…`, as EC2 and Session Manager call it. */
  readonly instanceId: string;
  readonly privateIp?: string;
  readonly privateName?: string;
  readonly publicIp?: string;
  readonly publicName?: string;
}

export interface EmrCallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface EmrApiOptions {
  readonly clients: Pick<AwsClients, 'emr'>;
  /** Of `~/.aws`, for the sentence that says how to log in again. */
  readonly profile?: string | undefined;
}

/** More clusters than anybody has at once; a listing that never ends must not keep anybody waiting. */
const MOST_PAGES = 20;

/** The EMR API's reads, each with the one sentence that helps where it fails. */
export class EmrApi {
  readonly #clients: Pick<AwsClients, 'emr'>;
  readonly #profile: string | undefined;

  constructor({ clients, profile }: EmrApiOptions) {
    this.#clients = clients;
    this.#profile = profile;
  }

  /** The region that is asked. */
  async region(): Promise<string> {
    return this.#explained('EMR cannot be asked', undefined, async (emr) => emr.config.region());
  }

  /** @throws ConfigError where there is no such cluster, LivywireError */
  async describe(id: string, { signal }: EmrCallOptions = {}): Promise<EmrCluster> {
    const { DescribeClusterCommand } = await import('@aws-sdk/client-emr');
    return this.#explained(
      `the cluster ${id} cannot be looked at`,
      'elasticmapreduce:DescribeCluster',
      async (emr) => {
        const region = await emr.config.region();
        try {
          const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: id }), sending(signal));
          return clusterOf(Cluster ?? {}, region);
        } catch (error) {
          if (awsErrorName(error) !== 'InvalidRequestException') throw error;
          const text = `there is no cluster ${id} in ${region} for this account; check the id, --region and the AWS profile`;
          throw new ConfigError(text, { field: '--cluster', cause: error });
        }
      },
      signal,
    );
  }

  /** Newest first, as EMR lists them. */
  async list(states: readonly ClusterState[], { signal }: EmrCallOptions = {}): Promise<readonly ClusterLine[]> {
    const { paginateListClusters } = await import('@aws-sdk/client-emr');
    return this.#explained(
      'the clusters cannot be listed',
      'elasticmapreduce:ListClusters',
      async (emr) => {
        const found: ClusterLine[] = [];
        let pages = 0;
        const asked = paginateListClusters({ client: emr }, { ClusterStates: [...states] }, sending(signal));
        for await (const { Clusters = [] } of asked) {
          found.push(...Clusters.map(lineOf));
          if (++pages >= MOST_PAGES) break;
        }
        return found;
      },
      signal,
    );
  }

  /** The running nodes of one kind; three primaries on a cluster with high availability. */
  async nodes(
    { id, instances }: Pick<EmrCluster, 'id' | 'instances'>,
    kind: 'MASTER' | 'CORE' | 'TASK',
    { signal }: EmrCallOptions = {},
  ): Promise<readonly EmrNode[]> {
    const { paginateListInstances } = await import('@aws-sdk/client-emr');
    return this.#explained(
      `the nodes of ${id} cannot be listed`,
      'elasticmapreduce:ListInstances',
      async (emr) => {
        const which = instances === 'INSTANCE_FLEET' ? { InstanceFleetType: kind } : { InstanceGroupTypes: [kind] };
        const input = { ClusterId: id, InstanceStates: ['RUNNING' as const], ...which };
        const found: EmrNode[] = [];
        for await (const { Instances = [] } of paginateListInstances({ client: emr }, input, sending(signal)))
          found.push(...Instances.map(nodeOf));
        return found;
      },
      signal,
    );
  }

  /** A user name and a password for Livy, in the name of a role. They hold until `expiresAt`, milliseconds since the epoch. */
  async sessionCredentials(
    clusterId: string,
    role: string,
    { signal }: EmrCallOptions = {},
  ): Promise<{ readonly user: string; readonly password: string; readonly expiresAt: number | undefined }> {
    const { GetClusterSessionCredentialsCommand } = await import('@aws-sdk/client-emr');
    return this.#explained(
      `no credentials of ${role} for Livy on ${clusterId}`,
      'elasticmapreduce:GetClusterSessionCredentials',
      async (emr) => {
        const command = new GetClusterSessionCredentialsCommand({ ClusterId: clusterId, ExecutionRoleArn: role });
        const { Credentials, ExpiresAt } = await emr.send(command, sending(signal));
        const { Username: user = '', Password: password = '' } = Credentials?.UsernamePassword ?? {};
        if (user === '' || password === '') throw new BadAnswerError('EMR gave no user name and password for Livy', '');
        return { user, password, expiresAt: ExpiresAt?.getTime() };
      },
      signal,
    );
  }

  /** A page of the cluster's, as it is reached with AWS credentials; `undefined` where there is none just now. */
  async page(
    clusterId: string,
    type: 'SparkHistoryServer' | 'ResourceManager',
    { signal }: EmrCallOptions = {},
  ): Promise<string | undefined> {
    const { GetOnClusterAppUIPresignedURLCommand } = await import('@aws-sdk/client-emr');
    return this.#explained(
      `no link to ${type} on ${clusterId}`,
      'elasticmapreduce:GetOnClusterAppUIPresignedURL',
      async (emr) => {
        const command = new GetOnClusterAppUIPresignedURLCommand({ ClusterId: clusterId, OnClusterAppUIType: type });
        const { PresignedURLReady: isReady, PresignedURL: url } = await emr.send(command, sending(signal));
        return isReady === true ? url : undefined;
      },
      signal,
    );
  }

  async #explained<T>(
    doing: string,
    action: string | undefined,
    ask: (emr: EMRClient) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      return await ask(await this.#clients.emr());
    } catch (error) {
      signal?.throwIfAborted();
      throw explainAwsError(error, {
        service: 'EMR',
        doing: plainLine(doing),
        profile: this.#profile,
        ...(action !== undefined && { action }),
      });
    }
  }
}

const sending = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});

function nodeOf({
  Ec2InstanceId,
  PrivateIpAddress,
  PrivateDnsName,
  PublicIpAddress,
  PublicDnsName,
}: Instance): EmrNode {
  const given = {
    privateIp: PrivateIpAddress,
    privateName: PrivateDnsName,
    publicIp: PublicIpAddress,
    publicName: PublicDnsName,
  };
  const known = Object.entries(given).filter(([, value]) => value !== undefined && value !== '');
  return { instanceId: Ec2InstanceId ?? '', ...Object.fromEntries(known) };
}
