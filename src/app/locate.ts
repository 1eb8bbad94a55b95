import { clusterEndpoint, ConfigError, isLivywireError, type Logger } from '../core/index.js';
import type { ClusterConnection, StepsConnection } from '../aws/index.js';
import { awsSettings, lazyAws } from './aws.js';
import type { ClusterSettings } from './settings-cluster.js';
import { networkOptions } from './settings-network.js';
import type { Settings } from './settings.js';

/** What stands behind Livy, as settings name it. */
export type Places = Pick<Settings, 'yarnUrl' | 'yarnOthers' | 'logServerUrl' | 'historyUrl'>;

/** What the caller wants with a cluster. */
export interface ClusterWishes {
  /** A job is to be started: a cluster that is starting is waited for. @defaultValue `false` */
  readonly starts?: boolean;
  /** A Livy that does not answer is a reason to go no further. @defaultValue `false`: told, and YARN may know */
  readonly mustAnswer?: boolean;
  /** The ledger knows all that is asked for: without its cluster it is shown all the same. @defaultValue `false` */
  readonly optional?: boolean;
  /** Longest wait for a cluster that is starting, in milliseconds. @defaultValue 30 minutes */
  readonly timeoutMs?: number;
  /** Told what was found, before anything of it is asked: settings that name servers are kept. */
  readonly onFound?: (places: Places) => void;
  /** Told what is waited for, one line each. */
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

type Located = Omit<ClusterConnection, 'cluster'> | Omit<StepsConnection, 'cluster'>;

interface LocateOptions {
  readonly logger?: Logger;
  readonly cluster?: ClusterWishes;
}

/** The cluster that settings name, and what runs on it. @throws ConfigError, UnreachableError */
export async function locate(settings: Settings, cluster: ClusterSettings, options: LocateOptions): Promise<Located> {
  try {
    return await (cluster.backend === 'emr-step' ? steps : found)(settings, cluster, options);
  } catch (error) {
    const { region } = settings.aws;
    if (options.cluster?.optional !== true || !isLivywireError(error) || region === undefined) throw error;
    options.logger?.warn(error.message);
    const { selector: id, backend = 'livy' } = cluster;
    return { url: [], endpoint: clusterEndpoint({ region, id, backend }), closed: error.message, sources: [] };
  }
}

async function found(
  settings: Settings,
  { selector, from, addresses, executionRole, cache }: ClusterSettings,
  { logger, cluster: wishes = {} }: LocateOptions,
): Promise<Located> {
  if (executionRole !== undefined && settings.auth.kind !== 'none')
    throw new ConfigError(
      '--execution-role brings its own credentials for Livy; leave --user, --token and their kin out',
      { field: '--execution-role' },
    );
  const forAws = awsSettings(settings);
  const { room, clients } = await lazyAws(forAws)();
  const { starts = false, mustAnswer = false, timeoutMs, onProgress, signal } = wishes;
  return room.connectToCluster(selector, {
    ...forAws,
    clients,
    addresses,
    field: from,
    network: networkOptions(settings),
    starting: starts ? 'wait' : 'refuse',
    unanswered: mustAnswer ? 'throw' : (why) => logger?.warn(why),
    ...(starts &&
      settings.yarnUrl === undefined &&
      !settings.withoutYarn && { onBlind: (text: string) => logger?.warn(text) }),
    ...(onProgress && { onProgress }),
    ...(executionRole !== undefined && { executionRole }),
    ...(cache && { cache }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(signal && { signal }),
  });
}

async function steps(
  settings: Settings,
  { selector, from, addresses, executionRole, logUri }: ClusterSettings,
  { logger, cluster: { starts = false, timeoutMs, onProgress, signal } = {} }: LocateOptions,
): Promise<Located> {
  const forAws = awsSettings(settings);
  const { room, clients } = await lazyAws(forAws)();
  return room.connectToSteps(selector, {
    ...forAws,
    clients,
    addresses,
    field: from,
    network: networkOptions(settings),
    starting: starts ? 'wait' : 'refuse',
    onBlind: (text) => logger?.warn(text),
    ...(onProgress && { onProgress }),
    ...(executionRole !== undefined && { executionRole }),
    ...(logUri !== undefined && { logUri }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(signal && { signal }),
  });
}
