import { type Clock, ConfigError, isLivywireError, plainLine, redactText, systemClock } from '../core/index.js';
import { createNetwork, Http, isLoopback } from '../http/index.js';
import { openLedger } from './open-ledger.js';
import { adviceFor } from './doctor-advice.js';
import { checkCluster } from './doctor-cluster.js';
import { checkBehind, type FoundBehind } from './doctor-behind.js';
import { type Finding, wordsOf } from './doctor-finding.js';
import { checkRules } from './doctor-rules.js';
import type { Settings } from './settings.js';
import { authOf, networkOptions } from './settings-network.js';

export interface DoctorOptions {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** Longest wait for one answer, in milliseconds. @defaultValue `10_000` */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const KNOWN_VERSIONS = /^0\.[6-9]\./;
const SKEW_MS = 60_000;

/**
 * Looks at everything a run needs, one finding after the other as they come. Sends only GETs; starts nothing, changes
 * nothing. Credentials go to Livy alone.
 */
export async function* diagnoseSettings(
  settings: Settings,
  options: DoctorOptions = {},
): AsyncGenerator<Finding, void> {
  yield* aboutSettings(settings);
  yield await aboutLedger(settings);
  const found = settings.cluster ? yield* checkCluster(settings, settings.cluster, options.signal) : { settings };
  if (found?.settings.url === undefined) return;
  const network = createNetwork(networkOptions(found.settings));
  let isSilent = false;
  try {
    for await (const finding of aboutServers(found.settings, found.settings.url, network, options)) {
      isSilent ||= finding.unreachable === true;
      yield finding;
    }
  } finally {
    network.close();
  }
  if (isSilent && 'seen' in found) yield* checkRules(settings, found.seen, options.signal);
}

function* aboutSettings(settings: Settings): Generator<Finding, void> {
  const { url, cluster, sources, profile, proxy, proxyEnv, map, tls, notes } = settings;
  if (cluster) {
    yield { check: 'settings', level: 'ok', seen: `the EMR cluster ${cluster.selector} (${cluster.from})` };
  } else if (url === undefined) {
    yield {
      check: 'settings',
      level: 'problem',
      fault: 'caller',
      seen: 'no Livy address: neither --url, nor LIVYWIRE_URL, nor a profile has one',
      next: 'give --url http://<host>:8998 (on EMR: --cluster <name>), or try things out with livywire local up',
    };
  } else {
    const who = profile === undefined ? '' : `, profile ${profile}`;
    yield { check: 'settings', level: 'ok', seen: `Livy at ${url} (${sources.url ?? 'settings'}${who})` };
  }
  for (const note of notes) yield { check: 'settings', level: 'note', seen: note };
  if (proxy !== undefined)
    yield { check: 'network', level: 'ok', seen: `through ${redactText(proxy)} (${sources.proxy ?? 'settings'})` };
  else {
    for (const [name, value] of Object.entries(proxyEnv)) {
      yield {
        check: 'network',
        level: 'note',
        seen: `${name} is set: ${redactText(value)}`,
        next: '--proxy none switches it off',
      };
    }
  }
  if (map.length > 0) yield { check: 'network', level: 'ok', seen: `hosts are mapped: ${map.join(', ')}` };
  if (url?.startsWith('http://') && settings.auth.kind !== 'none' && !isLoopback(new URL(url).hostname)) {
    yield {
      check: 'network',
      level: 'note',
      seen: 'credentials go over plain http: whoever sits in between can read them',
      next: 'use https:// where Livy speaks TLS (EMR: in-transit encryption)',
    };
  }
  if (tls.insecure) {
    yield {
      check: 'network',
      level: 'note',
      seen: `certificates are not checked (${sources.insecure ?? 'settings'}): whoever sits in between can read the password`,
      next: '--ca <file> with the authority that signed them',
    };
  }
}

async function aboutLedger(settings: Settings): Promise<Finding> {
  try {
    await openLedger(settings).namespace(); // writes its first file where there is none yet
    return { check: 'ledger', level: 'ok', seen: `runs are kept in ${settings.ledger}` };
  } catch (error) {
    const from = `${settings.ledger} is from ${settings.sources.ledger ?? 'the default'}`;
    // What AWS refuses says itself what to do about it.
    if (isLivywireError(error) && /^s3/i.test(settings.ledger)) {
      const fault = error.fault === 'caller' ? 'caller' : 'service';
      return { check: 'ledger', level: 'problem', fault, ...wordsOf(error.message, `check --ledger (${from})`) };
    }
    return problem('ledger', error, `choose another folder with --ledger (${from})`, 'caller');
  }
}

async function* aboutServers(
  settings: Settings,
  url: string,
  network: ReturnType<typeof createNetwork>,
  { clock = systemClock, signal, timeoutMs = settings.requestTimeoutMs ?? TIMEOUT_MS }: DoctorOptions,
): AsyncGenerator<Finding, void> {
  const auth = authOf(settings);
  const livy = new Http({
    baseUrl: url,
    headers: settings.headers,
    network,
    timeoutMs,
    retries: 0,
    service: 'Livy',
    ...(auth && { auth }),
  });
  const call = signal ? { signal } : {};
  let answer: Awaited<ReturnType<typeof livy.request<unknown>>>;
  try {
    answer = await livy.request('GET', '/version', call);
  } catch (error) {
    signal?.throwIfAborted();
    yield problem('livy', error, adviceFor(error, settings));
    return;
  }
  const version = field(answer.data, 'version');
  if (typeof version !== 'string') {
    yield {
      check: 'livy',
      level: 'problem',
      fault: 'caller',
      seen: `${url} answers, but not as Livy does: ${plainLine(JSON.stringify(answer.data) ?? 'nothing').slice(0, 120)}`,
      next: "check the address and its base path; Livy's own port is 8998",
    };
    return;
  }
  yield KNOWN_VERSIONS.test(version)
    ? { check: 'livy', level: 'ok', seen: `Livy ${plainLine(version)}` }
    : { check: 'livy', level: 'note', seen: `Livy ${plainLine(version)}; livywire is tested with 0.6 to 0.9` };
  yield aboutClock(answer.headers.date, clock);

  let found: FoundBehind;
  try {
    found = readBatches(await livy.get('/batches', { ...call, query: { from: 0, size: 20 } }));
  } catch (error) {
    signal?.throwIfAborted();
    yield problem('auth', error, adviceFor(error, settings));
    return;
  }
  yield { check: 'auth', level: 'ok', seen: whoWeAre(settings) };
  yield {
    check: 'csrf',
    level: 'ok',
    seen: 'every request carries X-Requested-By, so it does not matter whether the server asks for it (livy.server.csrf-protection.enabled)',
  };
  yield* checkBehind(
    settings,
    found,
    (baseUrl, service) => {
      const isGiven = [settings.yarnUrl, ...(settings.yarnOthers ?? []), settings.historyUrl].includes(baseUrl);
      return new Http({ baseUrl, network, timeoutMs, retries: 0, service, redirects: isGiven ? 'any' : 'same-host' });
    },
    signal,
  );
}

function whoWeAre({ auth, sources }: Settings): string {
  const user = auth.kind === 'basic' ? `as ${auth.user} (${sources.user ?? sources.url ?? 'settings'})` : '';
  const token = `with a bearer token (${sources.token ?? sources.tokenFile ?? sources.tokenCommand ?? 'settings'})`;
  return `batches may be listed, ${auth.kind === 'none' ? 'without credentials' : auth.kind === 'basic' ? user : token}`;
}

function aboutClock(date: string | undefined, clock: Clock): Finding {
  const server = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(server)) return { check: 'clock', level: 'skipped', seen: 'the server sends no Date' };
  const skew = clock.now() - server;
  if (Math.abs(skew) < SKEW_MS) return { check: 'clock', level: 'ok', seen: 'our clock and the server agree' };
  return {
    check: 'clock',
    level: 'note',
    seen: `our clock is ${Math.round(Math.abs(skew) / 1_000)} s ${skew > 0 ? 'ahead of' : 'behind'} the server`,
    next: 'set the clock (NTP): ages are shown wrong, and signed requests and Kerberos tickets are refused',
  };
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** What the newest batches say about the servers behind Livy. */
function readBatches(page: unknown): FoundBehind {
  const sessions = field(page, 'sessions');
  const batches: unknown[] = Array.isArray(sessions) ? sessions : [];
  const links = batches.flatMap((batch) => [
    field(field(batch, 'appInfo'), 'sparkUiUrl'),
    field(field(batch, 'appInfo'), 'driverLogUrl'),
  ]);
  const appIds = batches.map((batch) => field(batch, 'appId'));
  return {
    links: links.filter((link): link is string => typeof link === 'string' && URL.canParse(link)),
    hasYarn: appIds.some((id) => typeof id === 'string' && id.startsWith('application_')),
  };
}

function problem(check: Finding['check'], error: unknown, next: string, fault?: Finding['fault']): Finding {
  if (!isLivywireError(error)) throw error;
  const message = plainLine(redactText(error.message));
  const blame = fault ?? (error instanceof ConfigError || error.fault === 'caller' ? 'caller' : 'service');
  return { check, level: 'problem', seen: message, next, fault: blame };
}
