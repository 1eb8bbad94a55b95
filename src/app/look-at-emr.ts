import type { ClusterLine, ClusterOverview, LookOptions, RunPage } from '../aws/index.js';
import { applicationOfEndpoint, clusterOfEndpoint, ConfigError } from '../core/index.js';
import { awsSettings, lazyAws } from './aws.js';
import { networkOptions } from './settings-network.js';
import type { Settings } from './settings.js';
import { openVia } from './via.js';

export type { ClusterLine, ClusterOverview, RunPage } from '../aws/index.js';

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

/** What is known of a run whose pages are asked for. */
export interface PagesOf {
  /** As the ledger has it: `emr://<region>/<cluster id>`, `emr-serverless://…`. */
  readonly endpoint: string;
  /** The job run's, on EMR Serverless. */
  readonly id?: string | undefined;
  readonly appId?: string | undefined;
}

/** Where a run can be looked at in a browser; AWS is asked for links at this moment. @throws ConfigError, UnreachableError */
export async function pagesOfRun(
  settings: Settings,
  { endpoint, id, appId }: PagesOf,
  signal: AbortSignal,
): Promise<readonly RunPage[]> {
  const application = applicationOfEndpoint(endpoint);
  const place = application ?? clusterOfEndpoint(endpoint);
  if (!place) {
    throw new ConfigError('EMR has pages of runs that were started on one of its clusters or applications', {
      field: '<run>',
    });
  }
  const { room, options } = await opened({ ...settings, aws: { ...settings.aws, region: place.region } }, signal);
  if (!application) {
    const addresses = settings.cluster?.addresses ?? 'private';
    return room.pagesOfRun(place.id, { ...options, appId, addresses, field: '<run>' });
  }
  const { clients: _emr, network: _way, ...forAws } = options;
  const what = 'Spark UI';
  const url =
    id === undefined ? undefined : await (await room.connectToServerless(place.id, forAws)).dashboard(id, { signal });
  return [
    { what, isSecret: true, ...(url === undefined ? { problem: 'EMR Serverless gives no link to it' } : { url }) },
  ];
}
