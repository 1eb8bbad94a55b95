import type { ServerLogFile } from '../aws/index.js';
import { clusterOfEndpoint, ConfigError } from '../core/index.js';
import { awsSettings, lazyAws } from './aws.js';
import type { Settings } from './settings.js';

export type { ServerLogFile } from '../aws/index.js';

/** What Livy's server wrote on the cluster where a run was started, and where that was looked for. @throws ConfigError, UnreachableError */
export async function livyServerLog(
  settings: Settings,
  endpoint: string,
  signal: AbortSignal,
): Promise<{ readonly places: string; readonly files: readonly ServerLogFile[] }> {
  const place = clusterOfEndpoint(endpoint);
  const wrong = (text: string): ConfigError => new ConfigError(`--livy-server: ${text}`, { field: '--livy-server' });
  if (!place)
    throw wrong("only EMR copies the log of Livy's server to S3, and this run was not started on a cluster of it");
  const forAws = awsSettings({ ...settings, aws: { ...settings.aws, region: place.region } });
  const { room, clients } = await lazyAws(forAws)();
  const folder = await room.logFolderOf(place.id, { clients, signal });
  if (folder === undefined)
    throw wrong(`${place.id} has no log folder in S3, which is chosen when a cluster is created`);
  return {
    places: `${folder}/node/*/applications/livy/`,
    files: await room.livyServerLogs(folder, { clients, signal }),
  };
}
