import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { AxiosInstance } from 'axios';
import { ABANDONED } from './agents.js';
import type { Line } from './network.js';

/** One request, ready to go. */
export interface Outgoing {
  readonly method: string;
  /** By its own name; the line knows where that is. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Over a connection of its own. */
  readonly fresh: boolean;
  /** For the whole answer, its last byte included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly maxBytes: number;
  /** What is wanted of a longer answer: its start, or nothing. */
  readonly beyond: 'cut' | 'refuse';
}

/** One answer, whatever its status. */
export interface Incoming {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** The body is longer than `maxBytes`; `bytes` is its start, or empty if that was not wanted. */
  readonly truncated: boolean;
}

/** How far an exchange came before it failed. */
export interface Progress {
  /** The connection was there, TLS included: from here on the server may have read the request. */
  ready: boolean;
  /** The connection had served an earlier request. */
  reused: boolean;
  /** Status and headers came. */
  answered: boolean;
  /** We ended it. */
  stopped?: 'timeout' | 'connect-timeout';
  /** The proxy answered CONNECT with this status instead of a connection. */
  proxyStatus?: number;
}

/** Never leaves this folder: it may hold anything. */
export class ExchangeFailure extends Error {
  constructor(
    readonly progress: Readonly<Progress>,
    readonly reason: unknown,
  ) {
    super('exchange failed');
  }
}

// Loaded with the first request, so that a program that only may need it starts without it.
let loaded: AxiosInstance | undefined;
async function loadAxios(): Promise<AxiosInstance> {
  const { default: axios } = await import('axios');
  return (loaded ??= axios.create({
    adapter: 'http',
    proxy: false, // ours are agents, and nothing is read from the environment
    maxRedirects: 0, // ours, for credentials
    transformRequest: [],
    transformResponse: [],
    validateStatus: () => true,
  }));
}

/**
 * Sends one request and reads the whole answer.
 * @throws ExchangeFailure, or `signal.reason`
 */
export async function exchange(line: Line, outgoing: Outgoing): Promise<Incoming> {
  const axios = loaded ?? (await loadAxios());
  const agent = line.agent(outgoing.fresh);
  return new Exchange(line, outgoing).run(axios, agent instanceof http.Agent ? agent : await agent);
}

class Exchange {
  readonly #line: Line;
  readonly #outgoing: Outgoing;
  readonly #progress: Progress = { ready: false, reused: false, answered: false };
  #request: http.ClientRequest | undefined;
  #response: http.IncomingMessage | undefined;
  #body: Readable | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #onSlowConnect: () => void = () => undefined;
  #over = false;

  constructor(line: Line, outgoing: Outgoing) {
    this.#line = line;
    this.#outgoing = outgoing;
  }

  run(axios: AxiosInstance, agent: http.Agent): Promise<Incoming> {
    const { signal, timeoutMs } = this.#outgoing;
    return new Promise<Incoming>((resolve, reject) => {
      const end = (settle: () => void): void => {
        if (this.#over) return;
        this.#over = true;
        clearTimeout(timer);
        clearTimeout(this.#connectTimer);
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const fail = (reason: unknown) => end(() => reject(new ExchangeFailure({ ...this.#progress }, reason)));
      // A connection that a proxy is still making reports no error when its request is destroyed, so nobody waits for
      // one: the promise is settled here, then what is left is torn down.
      const stop = (kind: 'timeout' | 'connect-timeout') => {
        if (this.#over) return;
        this.#progress.stopped = kind;
        fail(undefined);
        this.#tearDown();
      };
      const onAbort = () => {
        end(() => reject(signal?.reason));
        this.#tearDown();
      };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      // After a freeze or a busy stretch of this process the answer may lie there unread: it is read first.
      const timer = setTimeout(() => setImmediate(() => stop('timeout')), timeoutMs);
      this.#onSlowConnect = () => setImmediate(() => this.#progress.ready || stop('connect-timeout'));
      this.#send(axios, agent).then(
        (incoming) => end(() => resolve(incoming)),
        (error: unknown) => fail(error),
      );
    });
  }

  async #send(axios: AxiosInstance, agent: http.Agent): Promise<Incoming> {
    const { method, url, headers, body, maxBytes, beyond } = this.#outgoing;
    const config = {
      method,
      url: url.href,
      headers: { ...headers },
      ...(body !== undefined && { data: body }),
      httpAgent: agent,
      httpsAgent: agent,
      transport: this,
    };
    if (beyond === 'cut') {
      const { data } = await axios.request<Readable>({ ...config, responseType: 'stream' });
      this.#body = data;
      return this.#incoming(await this.#readStart(data));
    }
    try {
      const whole = { ...config, responseType: 'arraybuffer', maxContentLength: maxBytes } as const;
      const { data } = await axios.request<Buffer>(whole);
      return this.#incoming({ bytes: data, truncated: false });
    } catch (error) {
      if (!isTooLong(error)) throw error;
      return this.#incoming({ bytes: Buffer.alloc(0), truncated: true });
    }
  }

  #incoming(body: Pick<Incoming, 'bytes' | 'truncated'>): Incoming {
    return { status: this.#response?.statusCode ?? 0, headers: plainHeaders(this.#response?.headers ?? {}), ...body };
  }

  /** What axios calls instead of `http.request`: the one place that knows the socket. */
  request(options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void): http.ClientRequest {
    const { secure, route } = this.#line;
    const { url } = this.#outgoing;
    if (route.mapped) {
      options.hostname = route.host;
      options.port = route.port;
      // A proxy that is asked for a plain http: address writes Host itself, from that address.
      const byProxy = !secure && route.proxy !== undefined && /^https?:/.test(route.proxy);
      if (!byProxy) (options.headers as http.OutgoingHttpHeaders).Host = url.host;
      if (secure) options.servername = serverName(url);
    }
    const request = (secure ? https : http).request(options, (response) => {
      this.#progress.answered = true;
      this.#response = response;
      onResponse(response);
    });
    this.#request = request;
    if (this.#over) queueMicrotask(() => this.#tearDown()); // stopped before it began
    // A pooled socket is there already; no timer for it.
    if (!request.reusedSocket && !this.#over)
      this.#connectTimer = setTimeout(this.#onSlowConnect, this.#line.connectTimeoutMs);
    request.once('socket', (socket) => {
      this.#progress.reused = request.reusedSocket;
      if (request.reusedSocket) this.#ready();
      else if (secure) socket.once('secureConnect', () => this.#ready());
      else if (socket.connecting) socket.once('connect', () => this.#ready());
      else this.#ready();
    });
    request.once('proxyConnect', ({ statusCode }: { statusCode?: number }) => {
      if (statusCode === undefined || statusCode === 200) return;
      this.#progress.proxyStatus = statusCode;
      // What the agent would hand on as the server's answer is the proxy's.
      request.destroy(new Error(`proxy answered CONNECT with ${statusCode}`));
    });
    return request;
  }

  #ready(): void {
    this.#progress.ready = true;
    clearTimeout(this.#connectTimer);
  }

  #tearDown(): void {
    this.#request?.emit(ABANDONED);
    this.#request?.destroy();
    this.#body?.destroy();
  }

  #readStart(body: Readable): Promise<{ bytes: Buffer; truncated: boolean }> {
    const { maxBytes } = this.#outgoing;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      body.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length <= maxBytes) return;
        resolve({ bytes: Buffer.concat(chunks).subarray(0, maxBytes), truncated: true });
        this.#tearDown();
      });
      body.once('end', () => {
        const only = chunks.length === 1 ? chunks[0] : undefined;
        resolve({ bytes: only ?? Buffer.concat(chunks, length), truncated: false });
      });
      body.on('error', reject); // stays on: a second error must not be thrown into the process
    });
  }
}

/** TLS names have no brackets, ports or addresses; an empty one sends none. */
const serverName = (url: URL): string => (/^\[|^[\d.]+$/.test(url.hostname) ? '' : url.hostname);

/** Axios says it only in words. */
const isTooLong = (error: unknown): boolean =>
  error instanceof Error && /^maxContentLength size of /.test(error.message);

function plainHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return plain;
}
