import { HttpStatusError, isLivywireError } from '../core/index.js';
import type { Http, RequestOptions } from '../http/index.js';
import * as z from 'zod/mini';

export type Setting =
  | { readonly kind: 'set'; readonly value: string }
  /** The ResourceManager has no such setting, not even by default. */
  | { readonly kind: 'unset' }
  /** Its settings cannot be read; why. */
  | { readonly kind: 'unreadable'; readonly reason: string };

const property = z.object({ key: z.string(), value: z.nullish(z.string()) });
/** Hadoop 2.8 does not know `name`, and answers with everything. */
const Answer = z.union([z.object({ property }), z.object({ properties: z.array(property) })]);

/** Set in yarn-default.xml, so that every ResourceManager has it: tells its 404 from a proxy's. */
const ALWAYS_THERE = 'yarn.resourcemanager.max-completed-applications';

/** The settings a ResourceManager runs with, as its `/conf` shows them to everyone (unless the cluster closes that page). */
export class ClusterSettings {
  readonly #http: Http;
  readonly #known = new Map<string, Setting>();
  #startedMs: number | undefined;
  constructor(http: Http) {
    this.#http = http;
  }

  /** @param startedMs - of the ResourceManager that answers: settings stay as they are for as long as it runs */
  async get(name: string, startedMs: number, options: RequestOptions): Promise<Setting> {
    if (this.#startedMs !== startedMs) this.#known.clear();
    this.#startedMs = startedMs;
    const known = this.#known.get(name) ?? (await this.#read(name, options));
    if (known.kind !== 'unreadable') this.#known.set(name, known);
    return known;
  }

  async #read(name: string, options: RequestOptions): Promise<Setting> {
    try {
      const found = await this.#ask(name, options);
      if (found.kind !== 'unset' || name === ALWAYS_THERE) return found;
      const probe = await this.#ask(ALWAYS_THERE, options);
      return probe.kind === 'set' ? found : { kind: 'unreadable', reason: 'it answers 404' };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      return { kind: 'unreadable', reason: error.message };
    }
  }

  async #ask(name: string, options: RequestOptions): Promise<Setting> {
    // Newer servers choose JSON by the Accept header, older ones by `format`.
    const query = { ...options.query, name, format: 'json' };
    let data: unknown;
    try {
      data = await this.#http.get('/conf', { ...options, query });
    } catch (error) {
      if (error instanceof HttpStatusError && error.status === 404) return { kind: 'unset' };
      throw error;
    }
    const answer = Answer.safeParse(data);
    if (!answer.success) return { kind: 'unreadable', reason: 'its answer is not a list of settings' };
    const settings = 'property' in answer.data ? [answer.data.property] : answer.data.properties;
    const value = settings.find(({ key }) => key === name)?.value;
    return typeof value === 'string' ? { kind: 'set', value } : { kind: 'unset' };
  }
}
