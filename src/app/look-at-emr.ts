import type { ClusterLine, ClusterOverview, LookOptions } from '../aws/index.js';
import { awsSettings, lazyAws } from './aws.js';
import { networkOptions } from './settings-network.js';
import type { Settings } from './settings.js';
import { openVia } from './via.js';

export type { ClusterLine, ClusterOverview } from '../aws/index.js';

async function opened(settings: Settings, signal: AbortSignal | undefined) {
  const forAws = awsSettings(settings);
  const { room, clients } = await lazyAws(forAws)();
  const options: LookOptions = { ...forAws, clients, network: networkOptions(settings), ...(signal && { signal }) };
  return { room, options };
}

/** The clusters of the region, newest first. @throws ConfigError, UnreachableError */
export async function listEmr(
  settings: Settings,
  { all = false, signal }: { readonly all?: boolean; readonly signal?: AbortSignal },
): Promise<readonly ClusterLine[]> {
  const { room, options } = await opened(settings, signal);
  return room.listClusters({ ...options, all });
}

/** One cluster and what runs on it. @throws ConfigError, UnreachableError */
export async function lookAtEmr(
  settings: Settings,
  selector: string,
  { field, signal }: { readonly field: string; readonly signal?: AbortSignal | undefined },
): Promise<ClusterOverview> {
  const way = await openVia(settings, { signal });
  try {
    const { room, options } = await opened(way.settings, signal);
    const addresses = settings.cluster?.addresses ?? 'private';
    return await room.lookAtCluster(selector, { ...options, field, addresses });
  } finally {
    await way.close();
  }
}
