import {
  type AppRegistry,
  type AppReport,
  type AppSearch,
  type CallOptions,
  HttpStatusError,
  isLivywireError,
  type TagSearchOptions,
  UnreachableError,
} from '../core/index.js';
import type { Http } from '../http/index.js';
import { readClusterInfo } from './cluster-info.js';
import { YarnRegistry, type YarnRegistryOptions } from './yarn-registry.js';

/** Trying the next address takes longer than a second try of the same would; the next address is the second try. */
const RETRIES = 1;

/**
 * Several ResourceManagers of one cluster, of which one is active. It is found by asking each how it is, remembered, and
 * looked for again when it does not answer or has become a standby one. A standby one that redirects to an address we cannot
 * reach is no dead end so.
 */
export class YarnHa implements AppRegistry {
  readonly #https: readonly Http[];
  readonly #registries: readonly YarnRegistry[];
  readonly #who: Readonly<Record<string, string>>;
  #active: YarnRegistry | undefined;

  constructor({ https, ...options }: Omit<YarnRegistryOptions, 'http'> & { readonly https: readonly Http[] }) {
    this.#https = https;
    this.#registries = https.map((http) => new YarnRegistry({ ...options, http }));
    this.#who = options.user === undefined ? {} : { 'user.name': options.user };
  }

  byId(appId: string, options: CallOptions = {}): Promise<AppReport | undefined> {
    return this.#ask((yarn) => yarn.byId(appId, options), options);
  }

  async byTag(tag: string, options: TagSearchOptions = {}): Promise<AppSearch> {
    const found = await this.#ask((yarn) => yarn.byTag(tag, options), options);
    if (found.kind !== 'unknown') return found;
    // One that is a standby now proves nothing; the active one may.
    const before = this.#active;
    const active = await this.#elect(options).catch((error: unknown) => this.#orThrow(error, options));
    return active && active !== before ? active.byTag(tag, options) : found;
  }

  byTags(tags: readonly string[], options: CallOptions = {}): Promise<readonly AppReport[]> {
    return this.#ask((yarn) => yarn.byTags(tags, options), options);
  }

  serverTime(options: CallOptions = {}): Promise<number> {
    return this.#ask((yarn) => yarn.serverTime(options), options);
  }

  /** Sent to another one as well where the first did not answer: a kill that is asked for twice is one kill. */
  kill(appId: string, options: CallOptions = {}): Promise<'asked' | 'no-record'> {
    return this.#ask((yarn) => yarn.kill(appId, options), options);
  }

  async #ask<T>(question: (yarn: YarnRegistry) => Promise<T>, options: CallOptions): Promise<T> {
    const first = this.#active ?? (await this.#elect(options));
    try {
      return await question(first);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!mayBeGone(error)) throw error;
      this.#active = undefined;
      const next = await this.#elect(options);
      if (next === first) throw error;
      return question(next);
    }
  }

  /** Asks all at once: one that is down must not keep us from the one that is up. @throws UnreachableError */
  async #elect({ signal, timeoutMs }: CallOptions): Promise<YarnRegistry> {
    const options = {
      query: this.#who,
      retries: RETRIES,
      ...(signal && { signal }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
    const problems: string[] = [];
    const ready = this.#https.map(async (http, i) => {
      try {
        const { notReady } = await readClusterInfo(http, options);
        const registry = this.#registries[i];
        if (notReady === undefined && registry) return registry;
        problems.push(`${http.baseUrl}: ${notReady ?? 'unknown'}`);
      } catch (error) {
        this.#orThrow(error, { ...(signal && { signal }) });
        problems.push(`${http.baseUrl}: ${(error as Error).message}`);
      }
      throw new UnreachableError('not this one', 'no');
    });
    try {
      return (this.#active = await Promise.any(ready));
    } catch (error) {
      signal?.throwIfAborted();
      const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
      const ours = errors.find((one) => !isLivywireError(one));
      if (ours !== undefined) throw ours;
      throw new UnreachableError(`None of YARN's ResourceManagers is active (${problems.join('; ')})`, 'no');
    }
  }

  #orThrow(error: unknown, { signal }: CallOptions): undefined {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    return undefined;
  }
}

const mayBeGone = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  (error instanceof HttpStatusError && (error.status >= 500 || error.status < 400));
