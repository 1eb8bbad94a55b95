import { isLivywireError, plainLine, UnreachableError } from '../core/index.js';
import type { ClusterOverview } from '../aws/index.js';
import { type Finding, wordsOf } from './doctor-finding.js';
import { checkRules } from './doctor-rules.js';
import { lookAtEmr } from './look-at-emr.js';
import type { ClusterSettings } from './settings-cluster.js';
import type { Settings } from './settings.js';

const READY = new Set(['RUNNING', 'WAITING']);
const STARTS = new Set(['STARTING', 'BOOTSTRAPPING']);
const CLUSTERS = 'livywire emr ls shows which clusters there are';

/** Looks for the cluster that the settings name. Returns it, and the settings with its addresses, where a Livy answers. */
export async function* checkCluster(
  settings: Settings,
  cluster: ClusterSettings,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding, { readonly settings: Settings; readonly seen: ClusterOverview } | undefined> {
  let seen: ClusterOverview;
  try {
    seen = await lookAtEmr(settings, cluster.selector, { field: cluster.from, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    yield { check: 'cluster', level: 'problem', ...wordsOf(error.message, CLUSTERS), fault: faultOf(error) };
    return undefined;
  }
  const { state, name, id, region, release, reason } = seen.cluster;
  const what = `${plainLine(name)} (${id}) in ${region}, ${release}`;
  if (STARTS.has(state)) {
    yield {
      check: 'cluster',
      level: 'note',
      seen: `${what} is ${state}`,
      next: 'run and submit wait for it; look again then',
    };
    return undefined;
  }
  if (!READY.has(state)) {
    const why = reason === undefined ? '' : `: ${plainLine(reason)}`;
    const next = 'start another cluster, or name another; livywire emr ls shows which there are';
    yield { check: 'cluster', level: 'problem', fault: 'caller', seen: `${what} is ${state}${why}`, next };
    return undefined;
  }
  yield { check: 'cluster', level: 'ok', seen: `${what}, ${state}` };
  if (!seen.hasLivy) {
    const next =
      'Livy is chosen when a cluster is created: create one with it, or run jobs as steps (--backend emr-step)';
    yield { check: 'cluster', level: 'problem', fault: 'caller', seen: `${name} has no Livy`, next };
    return undefined;
  }
  if (seen.advice !== undefined) {
    yield { check: 'cluster', level: 'problem', fault: 'service', ...wordsOf(seen.advice, CLUSTERS) };
    yield* checkRules(settings, seen, signal);
    return undefined;
  }
  for (const { url, problem } of seen.livys.filter((one) => one.problem !== undefined))
    yield {
      check: 'cluster',
      level: 'note',
      seen: `one of ${seen.livys.length} Livys, ${url}, does not answer: ${problem ?? ''}`,
    };
  return { settings: withAddresses(settings, seen), seen };
}

function withAddresses(settings: Settings, { livys, ports }: ClusterOverview): Settings {
  const hosts = livys.filter(({ problem }) => problem === undefined).map(({ url }) => new URL(url).hostname);
  const [url] = livys.map((one) => one.url);
  const [host = '127.0.0.1', ...others] = hosts;
  const yarns = others.map((one) => `http://${one}:${ports.resourceManager}`);
  return {
    ...settings,
    ...(url !== undefined && { url }),
    ...(!settings.withoutYarn && {
      yarnUrl: settings.yarnUrl ?? `http://${host}:${ports.resourceManager}`,
      yarnOthers: settings.yarnUrl === undefined ? yarns : (settings.yarnOthers ?? []),
    }),
    historyUrl: settings.historyUrl ?? `http://${host}:${ports.sparkHistory}`,
    sources: { yarnUrl: 'the cluster', historyUrl: 'the cluster', ...settings.sources },
  };
}

const faultOf = (error: unknown): 'caller' | 'service' =>
  error instanceof UnreachableError || (isLivywireError(error) && error.fault === 'service') ? 'service' : 'caller';
