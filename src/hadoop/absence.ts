import { UnreachableError } from '../core/index.js';
import type { Http, RequestOptions } from '../http/index.js';
import { reportsOf } from './app-report.js';
import { type ClusterInfo, readClusterInfo } from './cluster-info.js';
import { ClusterSettings } from './cluster-settings.js';

/** Lists are filtered by user where one of these is true. The first since Hadoop 3.1.1; before, if at all, the second. */
const FILTERS = ['yarn.webapp.filter-entity-list-by-user', 'yarn.resourcemanager.display.per-user-apps'];
/** How many ended applications are kept: in memory, and for the ResourceManager that takes over from this one. */
const MEMORIES = [
  'yarn.resourcemanager.max-completed-applications',
  'yarn.resourcemanager.state-store.max-completed-applications',
] as const;

/**
 * How far two servers' clocks may be apart. A proxy may put its own `Date` on YARN's answers, and of two ResourceManagers
 * each has its own clock.
 */
const CLOCKS_APART_MS = 5_000;

/**
 * To make room Hadoop 3.2 (YARN-4946) passes over an application whose logs are still being collected, and drops a younger
 * one in its place. YARN gives up on logs after 10 minutes (`yarn.log-aggregation-status.time-out.ms`): one that ended an
 * hour earlier was not passed over. All other versions drop in the order of the ends.
 */
const LATE_LOGS_MS = 3_600_000;

/** By how much our own clock may be wrong about how long ago a job was sent. */
const OUR_CLOCK_OFF_MS = 3_600_000;

/** Why an empty list proves nothing. */
export interface Doubt {
  readonly reason: string;
  /** The ResourceManager has, or may have, been started since: what it held before may be gone. */
  readonly mayHaveForgotten?: boolean;
}

/** When a job was sent: see TagSearchOptions. */
interface Sent {
  readonly sinceMs: number | undefined;
  readonly sentAgoMs: number | undefined;
}

/**
 * Decides whether an empty list of the ResourceManager proves that there is no application. It does if the
 * ResourceManager has been up since before the application could have been submitted, has not dropped any application
 * that ended since then, and does not hide any from us.
 */
export class Absence {
  readonly #http: Http;
  readonly #settings: ClusterSettings;
  readonly #seesAllApps: boolean;
  constructor(http: Http, { seesAllApps }: { readonly seesAllApps: boolean }) {
    this.#http = http;
    this.#settings = new ClusterSettings(http);
    this.#seesAllApps = seesAllApps;
  }

  /**
   * Why an empty list proves nothing; `undefined` when it is proof. Called after the list was read: whoever is up now
   * since before `sinceMs` was up when it gave the list.
   * @param sent - server time when the job was sent, or earlier; else how long ago that was by our own clock
   * @throws UnreachableError while the ResourceManager is starting: its lists are empty then, and that is no answer
   */
  async doubt({ sinceMs, sentAgoMs }: Sent, options: RequestOptions): Promise<Doubt | undefined> {
    const info = await readClusterInfo(this.#http, options);
    if (info.notReady !== undefined) throw new UnreachableError(`YARN cannot tell: ${info.notReady}`, 'no');
    if (sinceMs === undefined) {
      const upMs = (info.now ?? 0) - info.startedMs;
      const wasUp = sentAgoMs !== undefined && upMs > sentAgoMs + OUR_CLOCK_OFF_MS;
      return {
        reason: "when the job was sent is not known by YARN's clock",
        ...(!wasUp && { mayHaveForgotten: true }),
      };
    }
    const certainMs = sinceMs - CLOCKS_APART_MS;
    if (info.startedMs >= certainMs) {
      const reason =
        `YARN's ResourceManager was started at ${iso(info.startedMs)}, not well before the job was sent (${iso(sinceMs)}), ` +
        'and may have forgotten what it held earlier';
      return { reason, mayHaveForgotten: true };
    }
    const reason = (await this.#hiding(info, options)) ?? (await this.#dropping(certainMs, info, options));
    return reason === undefined ? undefined : { reason };
  }

  async #hiding({ startedMs }: ClusterInfo, options: RequestOptions): Promise<string | undefined> {
    if (this.#seesAllApps) return undefined;
    for (const name of FILTERS) {
      const setting = await this.#settings.get(name, startedMs, options);
      if (setting.kind === 'unreadable') {
        return `whether YARN shows us other users' applications cannot be told, for its /conf cannot be read (${setting.reason})`;
      }
      if (setting.kind === 'set' && setting.value.trim().toLowerCase() === 'true') {
        return `YARN lists to each user only the applications that this user may view (${name})`;
      }
    }
    return undefined;
  }

  async #dropping(
    sinceMs: number,
    { startedMs, version }: ClusterInfo,
    options: RequestOptions,
  ): Promise<string | undefined> {
    // In the order of their ends, not of their starts: if one that ended before the job was sent is still there, then
    // none that ended after it has been dropped.
    const beforeMs = version.startsWith('3.2.') ? sinceMs - LATE_LOGS_MS : sinceMs;
    const oldOnes = await this.#ended({ finishedTimeBegin: 1, finishedTimeEnd: beforeMs - 1, limit: 20 }, options);
    if (oldOnes.some(({ finishedMs }) => finishedMs !== undefined && finishedMs < beforeMs)) return undefined;
    // None that old: then nothing was dropped if the memory has never been full, for once full it stays so.
    let most = Infinity;
    for (const name of MEMORIES) {
      const setting = await this.#settings.get(name, startedMs, options);
      if (setting.kind === 'set' && /^\d+$/.test(setting.value.trim())) most = Math.min(most, Number(setting.value));
      else if (name === MEMORIES[0]) {
        return `YARN remembers no application that ended before the job was sent, nor says how many it remembers (${name})`;
      }
    }
    const remembered = await this.#ended({}, options);
    if (remembered.length < most) return undefined;
    return `YARN remembers ${most} ended applications, and all of them ended after the job was sent: it may have dropped ours`;
  }

  async #ended(range: Readonly<Record<string, number>>, options: RequestOptions) {
    const query = { ...options.query, states: 'FINISHED,FAILED,KILLED', deSelects: 'resourceRequests', ...range };
    return reportsOf(await this.#http.get('/ws/v1/cluster/apps', { ...options, query }));
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();
