import { applicationOfEndpoint, clusterOfEndpoint } from '../core/index.js';
import { type SettingName, settingNames, type SettingWord, settingWords } from './settings-words.js';
import type { Settings } from './settings.js';

const isBound = (name: SettingName): boolean => (settingWords[name] as SettingWord).bound === true;

/**
 * Settings for a server that no setting named: only how to get there. What says something about one cluster
 * (credentials, certificates, what stands behind Livy) was written for another one, as far as anybody knows.
 */
export function settingsElsewhere(
  settings: Settings,
  endpoint: string,
): { readonly settings: Settings; readonly leftOut: readonly SettingName[] } {
  const { via, proxy, proxyEnv, map, tls, ledger, aws, requestTimeoutMs, profile, sources, notes } = settings;
  const place = clusterOfEndpoint(endpoint) ?? applicationOfEndpoint(endpoint);
  const addresses = settings.cluster?.addresses ?? 'private';
  return {
    // Named one by one, so that a setting that comes later stays out until somebody has thought about it.
    settings: {
      ...placeOf(endpoint, addresses),
      auth: { kind: 'none' },
      headers: {},
      redirectHosts: [],
      yarnSeesAll: false,
      tls: { ...(tls.ca !== undefined && { ca: tls.ca }), insecure: false },
      ...(via && { via }),
      ...(proxy !== undefined && { proxy }),
      proxyEnv,
      map,
      ledger,
      aws: { ...aws, ...(place && { region: place.region }) },
      ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
      ...(profile !== undefined && { profile }),
      sources: Object.fromEntries(Object.entries(sources).filter(([name]) => !isBound(name as SettingName))),
      notes,
    },
    leftOut: settingNames.filter((name) => isBound(name) && sources[name] !== undefined),
  };
}

/** The address, the cluster or the application that an endpoint stands for. */
function placeOf(endpoint: string, addresses: 'private' | 'public'): Pick<Settings, 'url' | 'cluster' | 'serverless'> {
  const cluster = clusterOfEndpoint(endpoint);
  const application = applicationOfEndpoint(endpoint);
  if (application) return { serverless: { applicationId: application.id } };
  if (!cluster) return { url: endpoint };
  const { id, backend } = cluster;
  return {
    cluster: { selector: id, from: 'the ledger', addresses, ...(backend === 'emr-step' && { backend }) },
  };
}
