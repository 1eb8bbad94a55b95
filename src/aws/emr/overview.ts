import { type Clock, systemClock } from '../../core/index.js';
import { createNetwork, type NetworkOptions } from '../../http/index.js';
import { type AwsClients, awsClients } from '../clients.js';
import type { AwsSettings } from '../settings.js';
import { type AddressKind, type ClusterPorts, portsOf } from './addresses.js';
import { type ClusterLine, type EmrCluster, hasEnded, isStarting } from './cluster.js';
import { EmrApi, type EmrNode } from './emr-api.js';
import { findCluster, hasLivy } from './find-cluster.js';
import { probeLivys } from './probe.js';
import { parseSelector } from './selector.js';
import { unreachableWords } from './unreachable-words.js';

export interface LookOptions extends AwsSettings {
  readonly addresses?: AddressKind;
  /** How the cluster is reached; not AWS itself. */
  readonly network?: NetworkOptions;
  readonly clients?: Pick<AwsClients, 'emr'>;
  /** The setting that named the cluster, for messages. @defaultValue `cluster` */
  readonly field?: string;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Everything about one cluster that a person asks for. */
export interface ClusterOverview {
  readonly cluster: EmrCluster;
  readonly hasLivy: boolean;
  readonly primaries: readonly EmrNode[];
  readonly ports: ClusterPorts;
  /** The Livy of each primary, and why it does not answer where it does not. */
  readonly livys: readonly { readonly url: string; readonly problem?: string }[];
  /** Why none of them answers, and what to do about it. */
  readonly advice?: string;
  /** Pages that open with the AWS credentials that asked for them, for a few minutes. */
  readonly pages: { readonly sparkHistory?: string; readonly resourceManager?: string };
}

const apiOf = (options: LookOptions): EmrApi =>
  new EmrApi({ clients: options.clients ?? awsClients(options), profile: options.profile });

/** The clusters of a region, newest first. `all`: those that have ended as well. IAM: `elasticmapreduce:ListClusters` */
export async function listClusters(
  options: LookOptions & { readonly all?: boolean } = {},
): Promise<readonly ClusterLine[]> {
  const active = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING', 'TERMINATING'] as const;
  return apiOf(options).list(options.all === true ? [] : active, { signal: options.signal });
}

/** One cluster, in whatever state it is. Changes nothing. IAM: as `connectToCluster`, and `elasticmapreduce:GetOnClusterAppUIPresignedURL` for the pages. */
export async function lookAtCluster(word: string, options: LookOptions = {}): Promise<ClusterOverview> {
  const { clock = systemClock, field = 'cluster', addresses = 'private', signal } = options;
  const api = apiOf(options);
  const cluster = await findCluster(parseSelector(word, field), { api, clock, field, signal });
  const ports = portsOf(cluster);
  const known = { cluster, hasLivy: hasLivy(cluster), ports };
  if (hasEnded(cluster) || isStarting(cluster)) return { ...known, primaries: [], livys: [], pages: {} };
  const primaries = await api.nodes(cluster, 'MASTER', { signal });
  const [sparkHistory, resourceManager] = await Promise.all([
    optional(api.page(cluster.id, 'SparkHistoryServer', { signal })),
    optional(api.page(cluster.id, 'ResourceManager', { signal })),
  ]);
  const pages = {
    ...(sparkHistory !== undefined && { sparkHistory }),
    ...(resourceManager !== undefined && { resourceManager }),
  };
  if (!known.hasLivy) return { ...known, primaries, livys: [], pages };
  const network = createNetwork(options.network ?? {});
  try {
    const probed = await probeLivys(cluster, primaries, addresses, { network, signal });
    const isSilent = probed.length > 0 && probed.every(({ error }) => error !== undefined);
    return {
      ...known,
      primaries,
      livys: probed.map(({ url, error }) => ({ url, ...(error && { problem: error.message }) })),
      ...(isSilent && { advice: unreachableWords(cluster, probed, addresses) }),
      pages,
    };
  } finally {
    network.close();
  }
}

/** Links are a convenience: without the right to ask for them the rest is shown all the same. */
const optional = <T>(asked: Promise<T>): Promise<T | undefined> => asked.catch(() => undefined);
