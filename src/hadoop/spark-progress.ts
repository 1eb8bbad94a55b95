import {
  type CallOptions,
  type Clock,
  type EndedStage,
  isLivywireError,
  type Logger,
  type ProgressReader,
  type ProgressSource,
  type RunEvent,
  type RunProgress,
  type RunRef,
} from '../core/index.js';
import type { Http, RedirectPolicy } from '../http/index.js';
import { proxyOfLink, uiAddress, type UiHint, uiHintOf } from './driver-ui.js';
import { SparkApi } from './spark-api.js';
import { endedStages, type FinalCount, finalCount } from './spark-final.js';
import { LogCount } from './spark-log-count.js';
import { SparkMonitor } from './spark-monitor.js';
import { trackingProxy } from './tracking-proxy.js';

export interface SparkProgressOptions {
  /** Of the ResourceManagers, of which the active one has a proxy that leads to the driver. @defaultValue the proxy that Livy links to */
  readonly yarns?: readonly Http[];
  /** Of the History Server. @defaultValue after the end nobody is asked */
  readonly history?: Http;
  /** Livy's address: in local and client mode the driver runs on its host. */
  readonly livyUrl: string;
  /** A client without credentials for an address that was found out. */
  readonly open: (baseUrl: string) => Http;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Runs whose last counts are remembered. */
const REMEMBERED = 100;
/** Of stages that nobody told of while they ended, so many are told at the end: the last ones. */
const MOST_TOLD = 50;
/** Readings passed over after the n-th failure in a row: n, at most this many. */
const MOST_PASSED_OVER = 5;

/**
 * Progress from who can be asked: Spark's driver through YARN's proxy, or on Livy's own host where there is no YARN; else the
 * log's own lines. Each reading takes the first that answers. None of them is sent any credentials.
 * @example
 * ```ts
 * const source = new SparkProgress({ yarns: [yarn], livyUrl: 'http://livy:8998', open: (baseUrl) => new Http({ baseUrl }), clock, logger });
 * const progress = await source.open(run.ref).read(run.ref); // progress?.tasks: { done: 48, failed: 0, running: 4, total: 200 }
 * ```
 */
export class SparkProgress implements ProgressSource {
  readonly #options: SparkProgressOptions;
  readonly #seen = new Recent<RunProgress>();
  readonly #finals = new Recent<FinalCount>();
  constructor(options: SparkProgressOptions) {
    this.#options = options;
  }

  open(ref: RunRef): ProgressReader {
    const name = nameOf(ref);
    return new Reader(this.#options, {
      remember: (progress) => this.#seen.set(name, progress),
      final: () => this.#finals.get(name),
    });
  }

  async final(ref: RunRef, options: CallOptions & { readonly withinMs: number }): Promise<RunProgress | undefined> {
    const name = nameOf(ref);
    const { history, clock } = this.#options;
    const known = this.#finals.get(name);
    if (known) return known.progress;
    const { appId } = ref;
    if (!history || appId === undefined || options.withinMs <= 0) return this.#seen.get(name);
    const counted = await finalCount({ http: history, clock, appId }, options);
    if (counted) this.#finals.set(name, counted);
    return counted?.progress ?? this.#seen.get(name);
  }
}

const nameOf = ({ name, appId, id, key }: RunRef): string => `${name} ${appId ?? id ?? key}`;

class Recent<T> {
  readonly #entries = new Map<string, T>();
  get(name: string): T | undefined {
    return this.#entries.get(name);
  }
  set(name: string, value: T): void {
    this.#entries.delete(name);
    this.#entries.set(name, value);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > REMEMBERED && oldest !== undefined) this.#entries.delete(oldest);
  }
}

interface Memory {
  remember(progress: RunProgress): void;
  final(): FinalCount | undefined;
}

/** Somebody to ask, once it is known where: the address, and the driver behind it. */
interface Place {
  readonly address: string;
  readonly monitor: SparkMonitor;
}

class Reader implements ProgressReader {
  readonly #options: SparkProgressOptions;
  readonly #memory: Memory;
  readonly #log = new LogCount();
  readonly #told = new Set<string>();
  #hint: UiHint | undefined;
  #link: string | undefined;
  /** The proxy that YARN itself names, where its ResourceManager's own led nowhere. */
  #named: string | undefined;
  #place: Place | undefined;
  #failures = 0;
  /** Which of several proxies is asked. */
  #turns = 0;
  #passOver = 0;
  #last: RunProgress | undefined;

  constructor(options: SparkProgressOptions, memory: Memory) {
    this.#options = options;
    this.#memory = memory;
  }

  hear(event: RunEvent): void {
    if (event.type === 'state') this.#link = event.status.links.sparkUi ?? this.#link;
    if (event.type !== 'line') return;
    this.#hint = uiHintOf(event) ?? this.#hint;
    this.#log.hear(event.text);
  }

  async read(ref: RunRef, options: CallOptions = {}): Promise<RunProgress | undefined> {
    const over = this.#memory.final();
    const now = over ? { ...over.progress, ended: endedStages(over.stages) } : await this.#now(ref, options);
    if (!now) return undefined;
    const { ended = [], ...counts } = now;
    // A driver that YARN started again: its stages have the numbers of the first one's.
    const last = this.#last;
    if (last && counts.source === last.source && counts.tasks.done < last.tasks.done) this.#told.clear();
    this.#memory.remember({ ...counts, active: [] });
    this.#last = counts;
    const untold = ended.filter((stage) => this.#isNew(stage)).slice(-MOST_TOLD);
    return untold.length === 0 ? counts : { ...counts, ended: untold };
  }

  async #now(ref: RunRef, options: CallOptions): Promise<RunProgress | undefined> {
    const asked = await this.#ask(ref, options);
    const counted = this.#log.read(); // also where it is not needed: what it tells of ended stages has been told
    if (asked) {
      for (const stage of counted?.ended ?? []) this.#isNew(stage, asked.ended);
      return asked;
    }
    // A log that was read from its middle, or has holes, must not take back what is known.
    const isLess = counted !== undefined && this.#last !== undefined && counted.tasks.done < this.#last.tasks.done;
    return isLess ? undefined : counted;
  }

  async #ask(ref: RunRef, options: CallOptions): Promise<RunProgress | undefined> {
    if (this.#passOver > 0) {
      this.#passOver--;
      return undefined;
    }
    const where = this.#where(ref);
    if (!where) return undefined;
    try {
      this.#place = this.#place?.address === where.address ? this.#place : await place(where, options);
      const progress = await this.#place.monitor.read(options);
      this.#failures = 0;
      return progress;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      this.#failures++;
      this.#turns++; // a standby one, one that is down, or one without a proxy
      if (where.yarn && where.appId !== undefined)
        this.#named ??= await trackingProxy(where.yarn, where.appId, options);
      this.#passOver = Math.min(this.#failures, MOST_PASSED_OVER) - 1;
      this.#options.logger.debug('the driver was not asked for its progress', { error: error.message });
      return undefined;
    }
  }

  /** Whom to ask. The proxy's path holds the application's id; a driver on Livy's host is asked for its own. */
  #where({ appId }: RunRef): Where | undefined {
    const { yarns = [], open, livyUrl } = this.#options;
    if (appId === undefined) {
      const address = this.#hint && uiAddress(livyUrl, this.#hint);
      return address === undefined ? undefined : { address, http: () => open(address), base: '', redirects: 'none' };
    }
    const base = `/proxy/${encodeURIComponent(appId)}`;
    const redirects = 'same-host'; // after the end YARN's proxy leads where the driver told it to
    const own = yarns.map((yarn) => ({ address: `${yarn.baseUrl}${base}`, http: () => yarn, base, appId, redirects, yarn }) as const); // prettier-ignore
    const link = yarns.length > 0 ? this.#named : proxyOfLink(this.#link, appId);
    const isNew = link !== undefined && !own.some(({ address }) => address === link);
    const all = isNew ? [...own, { address: link, http: () => open(link), base: '', appId, redirects } as const] : own;
    return all[this.#turns % all.length];
  }

  #isNew({ id, attempt = 0 }: EndedStage, other: readonly EndedStage[] = []): boolean {
    const key = `${id}.${attempt}`;
    if (this.#told.has(key) || other.some((one) => one.id === id && (one.attempt ?? 0) === attempt)) return false;
    this.#told.add(key);
    return true;
  }
}

interface Where {
  readonly address: string;
  readonly http: () => Http;
  readonly base: string;
  readonly appId?: string;
  /** The ResourceManager whose own proxy it is. */
  readonly yarn?: Http;
  /** What answers there may be the job's own doing: it must not send us wherever it likes. */
  readonly redirects: Exclude<RedirectPolicy, 'any'>;
}

async function place({ address, http, base, appId, redirects }: Where, options: CallOptions): Promise<Place> {
  const api = new SparkApi({ http: http(), base, who: 'The driver', redirects });
  const app = appId ?? (await api.applications(options))[0]?.id ?? '';
  return { address, monitor: new SparkMonitor(api, encodeURIComponent(app)) };
}
