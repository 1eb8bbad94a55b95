import { type CallOptions, isLivywireError } from '../core/index.js';
import type { Http } from '../http/index.js';
import { readClusterInfo } from './cluster-info.js';
import { ClusterSettings } from './cluster-settings.js';

/** Where YARN's servers say that collected logs are shown, the most telling first. */
const SETTINGS = [
  ['yarn.log.server.web-service.url', (value: string) => value.replace(/\/+$/, '')],
  // http://primary:19888/jobhistory/logs, or the timeline server's http://host:8188/applicationhistory/logs
  ['yarn.log.server.url', restOf],
  ['mapreduce.jobhistory.webapp.address', (value: string) => restOf(`http://${value}/jobhistory/logs`)],
] as const;
const USUAL_PORT = 19_888;

/**
 * The address of the server that shows collected logs, as far as its REST service: as it was set, else as the
 * ResourceManager's `/conf` says, else port 19888 of the ResourceManager's host, where EMR has it.
 */
export class LogServer {
  readonly #resourceManagers: readonly Http[];
  readonly #given: string | undefined;
  #found: string | undefined;

  constructor(resourceManagers: readonly Http[], given: string | undefined) {
    this.#resourceManagers = resourceManagers;
    this.#given = given === undefined ? undefined : /\/ws\/v1\//.test(given) ? given : restOf(given);
  }

  async address(options: CallOptions): Promise<string> {
    return this.#given ?? (this.#found ??= await this.#ask(options)) ?? this.#usual();
  }

  /** A standby one has the same settings. */
  async #ask(options: CallOptions): Promise<string | undefined> {
    for (const http of this.#resourceManagers) {
      const found = await this.#askOne(http, options);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #askOne(http: Http, options: CallOptions): Promise<string | undefined> {
    try {
      const settings = new ClusterSettings(http);
      const { startedMs } = await readClusterInfo(http, options);
      for (const [name, toRest] of SETTINGS) {
        const setting = await settings.get(name, startedMs, options);
        const value = setting.kind === 'set' ? setting.value.trim() : '';
        // `0.0.0.0` and `${…}` are what nobody set.
        if (value === '' || value.includes('${') || value.includes('0.0.0.0')) continue;
        if (URL.canParse(toRest(value))) return toRest(value);
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
    }
    return undefined;
  }

  #usual(): string {
    const url = new URL(this.#resourceManagers[0]?.baseUrl ?? 'http://localhost');
    return restOf(`http://${url.hostname}:${USUAL_PORT}/jobhistory/logs`);
  }
}

/** The REST service of the server that has this address. */
function restOf(address: string): string {
  if (!URL.canParse(address)) return address;
  const { origin, pathname } = new URL(address);
  return `${origin}/ws/v1/${pathname.startsWith('/applicationhistory') ? 'applicationhistory' : 'history'}`;
}
