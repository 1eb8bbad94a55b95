import { isLivywireError, type RunOutcome, type RunRef, type RunStatus, type SparkFacts } from '../core/index.js';
import { proxyOfLink, readEventLog, readSparkFacts } from '../hadoop/index.js';
import { Http, type Network } from '../http/index.js';
import type { GatherOptions } from './gather-options.js';
import type { Settings } from './settings.js';

/** Of a whole application, from a History Server that may have to read a log of gigabytes first. */
const TIMEOUT_MS = 120_000;
export const RETRIES = 1;

/** All of its ResourceManagers: any may be the active one. */
export const yarnUrlsOf = ({ yarnUrl, yarnOthers = [] }: Settings): readonly string[] =>
  yarnUrl === undefined ? [] : [yarnUrl, ...yarnOthers];

/** A server that fails is named in `missing`, and makes what is gathered poorer. @throws ConfigError, LedgerError */
export async function borne<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  missing: string[],
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error) || error.code === 'CONFIG_INVALID' || error.code === 'LEDGER') throw error;
    missing.push(`${what}: ${error.message}`);
    return undefined;
  }
}

/** How it stands, as far as that is known. */
export interface Standing {
  readonly outcome: RunOutcome | undefined;
  readonly status: RunStatus | undefined;
}

/**
 * While it runs the driver is asked, through YARN; after its end the History Server, where YARN's proxy leads then, too. That
 * proxy is the ResourceManager's own, or the one that YARN linked to: on EMR a server of its own, on another port.
 */
export async function gatherSpark(
  { appId }: RunRef,
  { settings, eventLog, signal, logger }: GatherOptions,
  network: Network,
  missing: string[],
  { outcome, status }: Standing,
): Promise<SparkFacts | undefined> {
  if (eventLog !== undefined) return readEventLog(eventLog, signal && { signal });
  const what = 'jobs, stages and executors';
  if (appId === undefined) {
    missing.push(
      `${what}: the application's id is not known; --event-log reads them from the file that the driver wrote`,
    );
    return undefined;
  }
  const { historyUrl } = settings;
  const base = `/proxy/${appId}`;
  const links = [outcome?.links.sparkUi, status?.links.sparkUi].map((link) => proxyOfLink(link, appId));
  const linked = links.flatMap((link) => link?.slice(0, -base.length) ?? []);
  const urls = new Set([...yarnUrlsOf(settings), ...linked].map((url) => url.replace(/\/+$/, '')));
  const proxy = [...urls].map((url) => ({ url, base, source: "Spark's API, through YARN" }));
  const history = historyUrl === undefined ? [] : [{ url: historyUrl, base: '', source: 'Spark History Server' }];
  const sources = outcome ? [...history, ...proxy] : [...proxy, ...history];
  const refusals =
    sources.length === 0
      ? [`${what}: neither YARN nor a History Server is named (--yarn-url, --history-url), nor an --event-log`]
      : [];
  for (const { url, base, source } of sources) {
    const http = new Http({
      baseUrl: url,
      service: source,
      network,
      retries: RETRIES,
      timeoutMs: TIMEOUT_MS,
      ...(logger && { logger }),
    });
    const read = () => readSparkFacts(appId, { http, base, source, ...(signal && { signal }) });
    const before = refusals.length;
    const facts = await borne(what, read, refusals, signal);
    if (facts) return facts;
    if (refusals.length === before) refusals.push(`${what}: ${source} has no record of ${appId}`);
  }
  missing.push(...refusals);
  return undefined;
}
