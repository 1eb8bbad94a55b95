import { BadAnswerError, type CallOptions, type Clock, ConfigError, type Logger, systemClock } from '../core/index.js';
import { type Mask, serverMessage, shownBody } from './answer-text.js';
import type { Auth } from './auth.js';
import { parseBaseUrl, type Query, urlOf } from './base-url.js';
import type { Incoming } from './exchange.js';
import { requestLine } from './failure.js';
import { createNetwork, type Network } from './network.js';
import type { RedirectPolicy } from './redirects.js';
import { retrying } from './retry.js';
import { type Call, Sender } from './sender.js';

/** More than any answer of Livy, YARN or Spark; a server that never ends must not fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface HttpOptions {
  /** `https://knox/gateway/x/livy/v1`: every path is put behind it. `user:password@` in it becomes basic auth. */
  readonly baseUrl: string;
  /** Wins over credentials in `baseUrl`. @defaultValue none */
  readonly auth?: Auth;
  /** Sent with every request to this origin, and to hosts in the network's `redirectHosts`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @defaultValue a direct one of its own */
  readonly network?: Network;
  /** Longest wait for one answer, redirects and its last byte included, in milliseconds. @defaultValue `30_000` */
  readonly timeoutMs?: number;
  /** How often a read is repeated; a write never is. @defaultValue `4` */
  readonly retries?: number;
  /** How far a read is followed that is sent elsewhere. @defaultValue `any`, to other hosts without credentials */
  readonly redirects?: RedirectPolicy;
  /** `Livy`, `YARN`: for messages. @defaultValue `The server` */
  readonly service?: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export interface RequestOptions extends CallOptions {
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ReadOptions extends RequestOptions {
  /** How often this read is repeated. @defaultValue the client's */
  readonly retries?: number;
  /** How far this read is followed. @defaultValue the client's */
  readonly redirects?: RedirectPolicy;
}

export interface TextOptions extends ReadOptions {
  /** Keep this many bytes from the start and read no further. @defaultValue 64 MiB, and more is a BadAnswerError */
  readonly maxBytes?: number;
}

export interface Answer<T> {
  /** `undefined` where the answer has no body. */
  readonly data: T;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface TextAnswer {
  /** Read as UTF-8. */
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether `maxBytes` cut the answer. */
  readonly truncated: boolean;
}

/**
 * One REST service. Cheap to make: no I/O, no timers, nothing read from the environment.
 *
 * Every call rejects with `signal.reason` when aborted, and else only with: AuthError (401, 403), HttpStatusError (any
 * other status that is not 2xx), UnreachableError (no whole answer), BadAnswerError (2xx, but not JSON, or endless).
 * @example
 * ```ts
 * const livy = new Http({ baseUrl: 'https://livy.corp:8998', auth: basicAuth(user, password), service: 'Livy' });
 * const { version } = await livy.get<{ version: string }>('/version');
 * ```
 */
export class Http {
  /** Without credentials, without a trailing slash. */
  readonly baseUrl: string;
  readonly #sender: Sender;
  readonly #network: Network;
  readonly #ownsNetwork: boolean;
  readonly #service: string;
  readonly #timeoutMs: number;
  readonly #retries: number;
  readonly #redirects: RedirectPolicy;
  readonly #logger: Logger | undefined;
  readonly #clock: Clock;

  /** @throws ConfigError for an address, header or number that cannot be used */
  constructor(options: HttpOptions) {
    const { service = 'The server', clock = systemClock } = options;
    const base = parseBaseUrl(options.baseUrl, service);
    this.baseUrl = base.text;
    this.#service = service;
    this.#clock = clock;
    this.#logger = options.logger;
    this.#timeoutMs = checkTimeout(options.timeoutMs ?? 30_000);
    this.#retries = checkRetries(options.retries ?? 4);
    this.#redirects = options.redirects ?? 'any';
    this.#ownsNetwork = options.network === undefined;
    this.#network = options.network ?? createNetwork();
    this.#sender = new Sender({
      base: base.url,
      auth: options.auth ?? base.auth,
      headers: options.headers ?? {},
      network: this.#network,
      service,
      clock,
      logger: options.logger,
    });
  }

  /** Parsed JSON. Repeated where that can help. */
  async get<T = unknown>(path: string, options?: ReadOptions): Promise<T> {
    return (await this.request<T>('GET', path, options)).data;
  }

  /** Sent once; a second time only after a 401, which proves that it was not acted on, with fresh credentials. */
  async post<T = unknown>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return (await this.request<T>('POST', path, { ...options, body })).data;
  }

  /** Sent once, as a POST is. */
  async put<T = unknown>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return (await this.request<T>('PUT', path, { ...options, body })).data;
  }

  /** Sent once, as a POST is. */
  async delete<T = unknown>(path: string, options?: RequestOptions): Promise<T> {
    return (await this.request<T>('DELETE', path, options)).data;
  }

  /** JSON with its status and headers. */
  async request<T = unknown>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    options: ReadOptions & { readonly body?: unknown } = {},
  ): Promise<Answer<T>> {
    const url = urlOf(this.baseUrl, path, options.query);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const incoming = await this.#send(method, url, 'application/json', options, body);
    if (incoming.truncated) throw this.#tooLong(method, url, incoming);
    const { status, headers } = incoming;
    return { data: this.#parse<T>(method, url, incoming), status, headers };
  }

  /** Any text: logs, HTML. Repeated where that can help. */
  async getText(path: string, options: TextOptions = {}): Promise<TextAnswer> {
    const url = urlOf(this.baseUrl, path, options.query);
    const incoming = await this.#send('GET', url, 'text/plain, */*;q=0.8', options, undefined);
    if (incoming.truncated && options.maxBytes === undefined) throw this.#tooLong('GET', url, incoming);
    return {
      ...incoming,
      // Only where it is wanted: who reads bytes should not pay for a second copy of them.
      get text() {
        return incoming.bytes.toString('utf8');
      },
    };
  }

  /** Closes the sockets of its own network; one that was handed in is its owner's to close. */
  close(): void {
    if (this.#ownsNetwork) this.#network.close();
  }

  async #send(
    method: string,
    url: URL,
    accept: string,
    options: TextOptions,
    body: string | undefined,
  ): Promise<Incoming> {
    const { signal, headers, redirects = this.#redirects } = options;
    const timeoutMs = options.timeoutMs === undefined ? this.#timeoutMs : checkTimeout(options.timeoutMs);
    const retries =
      method !== 'GET' ? 0 : options.retries === undefined ? this.#retries : checkRetries(options.retries);
    const maxBytes = options.maxBytes ?? MOST_BYTES;
    const beyond = options.maxBytes === undefined ? 'refuse' : 'cut';
    const request: Call = { method, url, accept, headers, body, redirects, maxBytes, beyond, timeoutMs, signal };
    const send = () => this.#sender.send(request);
    try {
      signal?.throwIfAborted();
      if (retries === 0) return await send();
      return await retrying(send, { retries, clock: this.#clock, signal, logger: this.#logger });
    } catch (error) {
      signal?.throwIfAborted(); // the caller's own reason, whatever became of it on its way
      throw error;
    }
  }

  #parse<T>(method: string, url: URL, { status, headers, bytes }: Incoming): T {
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
    if (text.trim() === '' && (method !== 'GET' || status === 204)) return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      const type = headers['content-type'] ?? 'no content type';
      const words = serverMessage(bytes, this.#mask()).slice(0, 200);
      throw new BadAnswerError(
        `${this.#service} at ${url.host} answered ${status} to ${requestLine({ method, url })} with something that is not ` +
          `JSON (${bytes.length} bytes, ${type}${words === '' ? '' : `: ${words}`}); check that its address leads to its API`,
        shownBody(bytes, this.#mask()),
      );
    }
  }

  #tooLong(method: string, url: URL, { bytes }: Incoming): BadAnswerError {
    return new BadAnswerError(
      `${this.#service} at ${url.host} answered ${requestLine({ method, url })} with more than ${MOST_BYTES} bytes; ask for less`,
      shownBody(bytes, this.#mask()),
    );
  }

  #mask(): Mask {
    return this.#sender.mask();
  }
}

function checkTimeout(value: number): number {
  if (value > 0) return Math.min(value, 2_147_483_647); // a longer timer fires at once
  throw new ConfigError(`timeoutMs is ${value}; it has to be above 0`, { field: 'timeoutMs' });
}

function checkRetries(value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new ConfigError(`retries is ${value}; it has to be 0 or a whole number above`, { field: 'retries' });
}
