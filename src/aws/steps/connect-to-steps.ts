import { type BackendMaker, clusterEndpoint, plainLine, systemClock } from '../../core/index.js';
import { createNetwork } from '../../http/index.js';
import { type AwsClients, awsClients } from '../clients.js';
import { hostOf, portsOf } from '../emr/addresses.js';
import { awaitStart, endedWords } from '../emr/await-cluster.js';
import { type EmrCluster, hasEnded, isLeaving, isStarting } from '../emr/cluster.js';
import type { ClusterConnection, ConnectToClusterOptions } from '../emr/connect-to-cluster.js';
import { EmrApi } from '../emr/emr-api.js';
import { findCluster } from '../emr/find-cluster.js';
import { probeYarn } from '../emr/probe.js';
import { parseSelector } from '../emr/selector.js';
import { ClusterEnd } from '../emr/terminated.js';

const START_WITHIN_MS = 1_800_000;
/** YARN is worth a short look: from outside its network nothing answers, and nothing says so. */
const YARN_WITHIN_MS = 3_000;

export interface ConnectToStepsOptions extends Omit<ConnectToClusterOptions, 'cache' | 'clients' | 'unanswered'> {
  /** Where EMR puts the logs of our steps, in place of the cluster's own folder. @defaultValue the cluster's folder */
  readonly logUri?: string;
  /** Told that YARN is out of reach, and what that means. @defaultValue silence */
  readonly onBlind?: (text: string) => void;
  /** Clients that are there already. @defaultValue new ones, from the settings here */
  readonly clients?: Pick<AwsClients, 'emr' | 'emrOnce'>;
}

/** What `createLivywire` needs to run jobs as steps: hand it on as it is, with a ledger. */
export interface StepsConnection extends Pick<ClusterConnection, 'yarn' | 'historyUrl' | 'sources' | 'cluster'> {
  readonly backend: BackendMaker;
  /** Where EMR copies logs to. */
  readonly logFolders: readonly string[];
}

/**
 * Finds a cluster as `connectToCluster` does, to run jobs there as steps: it needs no Livy, nor a way into its network.
 * Where YARN answers it is asked, too: it proves what was started, and stops it.
 *
 * IAM: `elasticmapreduce:ListClusters`, `DescribeCluster`, `ListInstances`, `AddJobFlowSteps`, `ListSteps`, `CancelSteps`.
 * @throws ConfigError where there is no such cluster, several, or what AWS refuses; UnreachableError
 * @example
 * const lw = createLivywire({ ...(await connectToSteps('nightly')), ledger: s3Ledger('s3://team-bucket/livywire') });
 */
export async function connectToSteps(word: string, options: ConnectToStepsOptions = {}): Promise<StepsConnection> {
  const { clock = systemClock, field = 'cluster', signal, logUri, executionRole, profile } = options;
  const clients = options.clients ?? awsClients(options);
  const api = new EmrApi({ clients, profile });
  const found = await findCluster(parseSelector(word, field), { api, clock, field, signal });
  const { starting = 'wait', timeoutMs = START_WITHIN_MS, onProgress = () => undefined } = options;
  const isWanted = isStarting(found) && starting === 'wait';
  const cluster = isWanted ? await awaitStart(found, { api, clock, withinMs: timeoutMs, onProgress, signal }) : found;
  const end = new ClusterEnd({ apiOf: (region) => apiIn(region, cluster, api, options), clock });
  const { StepBackend } = await import('./step-backend.js');
  const behind = await whatAnswers(cluster, api, options);
  const folders = [logUri, cluster.logUri].filter((one) => one !== undefined);
  return {
    cluster,
    ...behind,
    logFolders: [...new Set(folders.map((one) => `${one.replace(/\/+$/, '')}/${cluster.id}`))],
    sources: [end],
    backend: (parts) =>
      new StepBackend({
        ...parts,
        clusterId: cluster.id,
        region: cluster.region,
        clients,
        executionRole,
        aboutCluster: (given) => end.about(clusterEndpoint(cluster), given),
        logUri,
        ...((hasEnded(cluster) || isLeaving(cluster)) && { closed: endedWords(cluster, clock) }),
      }),
  };
}

/** YARN and the History Server on the primaries, where they answer. */
async function whatAnswers(
  cluster: EmrCluster,
  api: EmrApi,
  { addresses = 'private', network: way, signal, onBlind = () => undefined }: ConnectToStepsOptions,
): Promise<Pick<StepsConnection, 'yarn' | 'historyUrl'>> {
  if (hasEnded(cluster) || isLeaving(cluster) || isStarting(cluster)) return {};
  const ports = portsOf(cluster);
  const network = createNetwork(way ?? {});
  try {
    const nodes = await api.nodes(cluster, 'MASTER', { signal });
    const hosts = nodes.map((node) => hostOf(node, addresses, 'http'));
    const how = { network, signal, timeoutMs: YARN_WITHIN_MS };
    const probed = await Promise.all(hosts.map((host) => probeYarn(`http://${host}:${ports.resourceManager}`, how)));
    const host = hosts.find((_, i) => probed[i]?.error === undefined);
    if (host !== undefined) {
      return {
        yarn: {
          url: probed.filter(({ error }) => error === undefined).map(({ url }) => url),
          logServerUrl: `http://${host}:${ports.jobHistory}`,
        },
        historyUrl: `http://${host}:${ports.sparkHistory}`,
      };
    }
    const tried = probed.map(({ url }) => url).join(', ') || 'no running primary';
    onBlind(
      plainLine(
        `YARN does not answer from here (${tried}): ends are EMR's word alone, and a cancel stops the step, not for certain its application`,
      ),
    );
    return {};
  } finally {
    network.close();
  }
}

function apiIn(
  region: string,
  cluster: EmrCluster,
  api: EmrApi,
  { profile, endpointUrl, proxyEnv }: ConnectToStepsOptions,
): EmrApi {
  if (region === cluster.region) return api;
  const given = Object.entries({ profile, endpointUrl, proxyEnv }).filter(([, value]) => value !== undefined);
  return new EmrApi({ clients: awsClients({ ...Object.fromEntries(given), region }), profile });
}
