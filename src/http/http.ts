import type { CallOptions, Clock, Logger } from '../core/index.js';
import type { Auth } from './auth.js';
import type { Network } from './network.js';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface HttpOptions {
  /** `https://knox/gateway/x/livy/v1`: what every path is put behind. `user:password@` becomes basic auth. */
  readonly baseUrl: string;
  readonly auth?: Auth;
  /** Sent with every request to this origin. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @defaultValue a direct one of its own */
  readonly network?: Network;
  /** Longest wait for one whole answer, in milliseconds. @defaultValue `30_000` */
  readonly timeoutMs?: number;
  /** How often a read is repeated. @defaultValue `4` */
  readonly retries?: number;
  /** `Livy`, `YARN`: for messages. */
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
}
export interface TextOptions extends ReadOptions {
  /** Keep this many bytes from the start and stop reading. @defaultValue 64 MiB, and more is a BadAnswerError */
  readonly maxBytes?: number;
}

export interface Answer<T> {
  readonly data: T;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}
export interface TextAnswer {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether `maxBytes` cut the answer. */
  readonly truncated: boolean;
}

/** One REST service. Cheap to make; does no I/O until the first call. */
export class Http {
  /** Without credentials, without a trailing slash. */
  readonly baseUrl: string;
  constructor(options: HttpOptions) {
    this.baseUrl = options.baseUrl;
  }
  async get<T = unknown>(path: string, options?: ReadOptions): Promise<T> {
    return (await this.request<T>('GET', path, options)).data;
  }
  async post<T = unknown>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return (await this.request<T>('POST', path, { ...options, body })).data;
  }
  async put<T = unknown>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return (await this.request<T>('PUT', path, { ...options, body })).data;
  }
  async delete<T = unknown>(path: string, options?: RequestOptions): Promise<T> {
    return (await this.request<T>('DELETE', path, options)).data;
  }
  async getText(_path: string, _options?: TextOptions): Promise<TextAnswer> {
    throw new Error('not written yet');
  }
  /** The same with status and headers. */
  async request<T = unknown>(
    _method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    _path: string,
    _options?: ReadOptions & { readonly body?: unknown },
  ): Promise<Answer<T>> {
    throw new Error('not written yet');
  }
  /** Closes the sockets of its own network; one that was handed in is left alone. */
  close(): void {}
}
