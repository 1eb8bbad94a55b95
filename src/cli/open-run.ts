import {
  type ConnectOptions,
  type Livywire,
  openLedger,
  type Run,
  type Settings,
  settingsElsewhere,
} from '../app/index.js';
import { type AttemptRecord, type BackendKind, clusterOfEndpoint, ConfigError, type Ledger } from '../core/index.js';
import { needUrl } from './context.js';
import type { Context } from './define.js';
import { lastOf, plain } from './show.js';

/**
 * The run that a person named, over the server it was started on. A ledger remembers that server, so `--url` can be
 * left out; it is then asked without anything that settings say about one cluster: credentials, what stands behind.
 * @throws ConfigError, RunNotFoundError
 */
export async function openRun(
  name: string,
  context: Context,
  signal: AbortSignal,
  trust: Pick<ConnectOptions, 'believeWatcher'> = {},
): Promise<{ readonly livywire: Livywire; readonly run: Run; readonly settings: Settings }> {
  const given = await context.settings();
  const attempt = await attemptInLedger(name, openLedger(given));
  const settings = attempt ? settingsFor(name, attempt, given, context) : settingsForStranger(name, given);
  // How it ended stands in the ledger, whatever has become of its cluster.
  let places: Partial<Settings> = {};
  const onFound = (found: Partial<Settings>) => (places = found);
  const livywire = await context.connect(settings, { optional: attempt?.isEnded ?? false, signal, onFound, ...trust });
  // What a report asks by itself stands where the cluster was found to be.
  return { livywire, run: await livywire.find(name, { signal }), settings: { ...settings, ...places } };
}

interface Known {
  readonly endpoint: string;
  readonly isEnded: boolean;
}

function settingsForStranger(name: string, settings: Settings): Settings {
  const id = /^livy:(.*)$/s.exec(name)?.[1];
  if (id !== undefined && !/^\d+$/.test(id)) {
    throw new ConfigError(`${plain(name)}: ${JSON.stringify(plain(id))} is no batch number`, { field: '<run>' });
  }
  const isServers = id !== undefined || SERVERS_NAME.test(name);
  if (!isServers && settings.url === undefined && !settings.cluster && !settings.serverless) {
    throw new ConfigError(
      `${plain(name)}: no such run in the ledger ${settings.ledger}; livywire ls shows which there are, --ledger names another, and with --url or --cluster a server is asked`,
      { field: '<run>' },
    );
  }
  needUrl(settings);
  return settings;
}

/** What a server may know a run by that our ledger does not hold. */
const SERVERS_NAME = /^(?:application_\d+_\d+|livywire-[0-9a-f]{32}-a\d+)$/;

function settingsFor(name: string, { endpoint, isEnded }: Known, settings: Settings, { out }: Context): Settings {
  const { url, cluster, sources } = settings;
  const its = clusterOfEndpoint(endpoint);
  if (its !== undefined && its.id === cluster?.selector)
    return { ...settings, cluster: { ...cluster, ...takenBy(its) } };
  // Tonight another cluster may go by the name that is in the settings: a run is asked about where it was started.
  const isByName = cluster !== undefined && its !== undefined && !/^j-[A-Z0-9]+$/.test(cluster.selector);
  if (isByName || (url === undefined && !cluster)) {
    const why = isByName || its ? 'asking' : 'no --url was given; asking';
    if (!isEnded) out.note(`${why} ${plain(its?.id ?? endpoint)}, where this run was started`);
    const { settings: bare, leftOut } = settingsElsewhere(settings, endpoint);
    if (leftOut.length > 0 && !isEnded) {
      const from = [...new Set(leftOut.map((name) => sources[name] ?? name))];
      const flag = its ? `--cluster ${its.id}` : '--url';
      out.note(`left out, for without ${flag} nobody says whose they are: ${from.join(', ')}`);
    }
    return bare;
  }
  // Another server has no record of it, and its "not found" must not be taken for an answer about this run.
  const isThere = url !== undefined && !its && new URL(url).href === new URL(endpoint).href;
  if (!isEnded && !isThere) {
    const field = url === undefined ? '--cluster' : '--url';
    const here = `${(url === undefined ? sources.cluster : sources.url) ?? 'the settings'} names ${url ?? cluster?.selector ?? ''}`;
    const way = its
      ? `--cluster ${its.id}`
      : `--url ${plain(endpoint)} (and --map, where that host is reached through a tunnel)`;
    throw new ConfigError(`${plain(name)} was started at ${plain(its?.id ?? endpoint)}, and ${here}; give ${way}`, {
      field,
    });
  }
  return settings;
}

/** The same cluster takes jobs as batches of its Livy, and as steps. */
const takenBy = ({ backend }: { readonly backend: BackendKind }) =>
  ({ backend: backend === 'emr-step' ? backend : 'livy' }) as const;

async function attemptInLedger(name: string, ledger: Ledger): Promise<Known | undefined> {
  const attempt = await findAttempt(name, ledger);
  return (
    attempt && {
      endpoint: attempt.endpoint,
      // An end that is written down and not explained yet still has questions for its servers.
      isEnded: attempt.phase === 'ended' && attempt.unfinished === undefined,
    }
  );
}

/** The attempt that a key (its newest), a Livy name or an application id means. Asks the ledger alone. */
export async function findAttempt(name: string, ledger: Ledger): Promise<AttemptRecord | undefined> {
  const entry = await ledger.get(name);
  if (entry) return lastOf(entry.record);
  if (!SERVERS_NAME.test(name)) return undefined;
  for await (const record of ledger.list()) {
    const attempt = record.attempts.find((one) => one.appId === name || one.name === name);
    if (attempt) return attempt;
  }
  return undefined;
}
