import type { Clock, Logger } from '../core/index.js';
import { type Auth, Http, type Network } from '../http/index.js';
import { Batches } from './batches.js';
import { Door, type LivyCallOptions } from './door.js';
import { Sessions } from './sessions.js';
import { Statements } from './statements.js';
import { readVersion, type Version } from './wire.js';

export interface LivyClientOptions {
  /** Livy's address; a base path is kept: `https://knox/gateway/x/livy/v1`. `user:password@` becomes basic auth. */
  readonly url: string;
  /** @defaultValue none */
  readonly auth?: Auth;
  /** Proxy, host map and TLS. @defaultValue a direct connection */
  readonly network?: Network;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The user on whose behalf every call is made, unless a call names another. */
  readonly doAs?: string;
  /** Longest wait for one answer, in milliseconds; POST /batches has 60 s, DELETE 150 s. @defaultValue `30_000` */
  readonly timeoutMs?: number;
  /** How often a read is repeated when the server does not answer. @defaultValue `4` */
  readonly retries?: number;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/**
 * Livy's REST API, 0.6 to 0.9, typed. Making one is cheap: no I/O, no environment.
 * @example
 * ```ts
 * const livy = new LivyClient({ url: 'http://localhost:8998' });
 * const batch = await livy.batches.get('sales-0601');
 * ```
 */
export class LivyClient {
  /** The address without credentials and without a trailing slash. */
  readonly url: string;
  readonly batches: Batches;
  readonly sessions: Sessions;
  readonly #http: Http;
  readonly #door: Door;

  /** @throws ConfigError when `url` is not an http address */
  constructor({ url, doAs, ...options }: LivyClientOptions) {
    this.#http = new Http({ ...options, baseUrl: url, service: 'Livy' });
    this.#door = new Door(this.#http, doAs);
    this.url = this.#http.baseUrl;
    this.batches = new Batches(this.#door);
    this.sessions = new Sessions(this.#door);
  }

  /** The statements of one session, by its id or name. */
  statements(session: number | string): Statements {
    return new Statements(this.#door, session);
  }

  /** `GET /version`. Any user may ask. */
  async version(options?: LivyCallOptions): Promise<Version> {
    return readVersion(await this.#door.get('/version', options));
  }

  /** Closes the sockets that it opened; a `network` that was handed in is left alone. */
  close(): void {
    this.#http.close();
  }
}
