import {
  type Clock,
  isLivywireError,
  type Logger,
  plainLine,
  redactText,
  UnreachableError,
  VERSION,
} from '../core/index.js';
import { type Mask, maskOf } from './answer-text.js';
import { type Auth, checkHeader } from './auth.js';
import { exchange, ExchangeFailure, type Incoming, type Outgoing } from './exchange.js';
import { isStale, requestLine, type Subject, unreachable } from './failure.js';
import type { Line, Network } from './network.js';
import { MOST_HOPS, redirectOf, type RedirectPolicy, refusalOf } from './redirects.js';
import { statusError } from './status-error.js';

export interface SenderSettings {
  readonly base: URL;
  readonly auth: Auth | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly network: Network;
  readonly service: string;
  readonly clock: Clock;
  readonly logger: Logger | undefined;
}

/** One call, before credentials and redirects. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly accept: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly body: string | undefined;
  readonly redirects: RedirectPolicy;
  readonly maxBytes: number;
  readonly beyond: 'cut' | 'refuse';
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

type Headers = Record<string, string>;

/** How many credentials are remembered for masking: those of calls under way, refused ones too. */
const REMEMBERED = 32;

/** Takes one call through credentials, redirects and errors to one successful answer. */
export class Sender {
  readonly #settings: SenderSettings;
  /** The last credentials sent, so that no error repeats them. */
  readonly #sent: Headers[] = [];

  constructor(settings: SenderSettings) {
    for (const [name, value] of Object.entries(settings.headers)) checkHeader(name, value);
    this.#settings = settings;
  }

  /** Masks everything that we sent and nobody may read. */
  mask(call?: Pick<Call, 'headers'>): Mask {
    return maskOf(
      [this.#settings.headers, call?.headers ?? {}, ...this.#sent].flatMap((headers) => Object.values(headers)),
    );
  }

  /** @throws AuthError, HttpStatusError, UnreachableError, or `signal.reason` */
  async send(call: Call): Promise<Incoming> {
    const deadline = performance.now() + call.timeoutMs;
    const { base, network } = this.#settings;
    let url = call.url;
    for (let hops = 0; ; hops += 1) {
      const trusted = hops === 0 || network.trustsRedirect(base, url);
      const incoming = await this.#oneHop(call, url, trusted, deadline);
      const { status } = incoming;
      if (status >= 200 && status < 300) return incoming;
      const redirect = redirectOf(call.method, url, status, incoming.headers.location);
      if (redirect.kind === 'none') throw this.#statusError(call, url, incoming);
      const because =
        redirect.kind === 'refuse'
          ? redirect.because
          : hops === MOST_HOPS
            ? `it is the ${hops + 1}th redirect of this request, so it is a loop`
            : this.#refusal(call, redirect.url);
      if (redirect.kind === 'refuse' || because !== undefined) throw this.#statusError(call, url, incoming, because);
      this.#settings.logger?.debug(
        `${this.#settings.service}: ${status} sends ${call.method} to ${redirect.url.origin}`,
      );
      url = redirect.url;
    }
  }

  /** A read goes as far as its caller lets it; a body, which often holds secrets, where our credentials may go and nowhere else. */
  #refusal(call: Call, to: URL): string | undefined {
    const { base, network } = this.#settings;
    const isTrusted = network.trustsRedirect(base, to);
    if (call.method === 'GET') {
      return isTrusted && call.redirects !== 'none' ? undefined : refusalOf(call.redirects, base, to);
    }
    if (isTrusted) return undefined;
    return (
      `it redirects to ${to.origin}, and a ${call.method} goes to another host only where that was allowed ` +
      `(--redirect-host ${to.hostname}, library: redirectHosts: ['${to.hostname}']); or use that address in the first place`
    );
  }

  async #oneHop(call: Call, url: URL, trusted: boolean, deadline: number): Promise<Incoming> {
    const { headers, auth } = this.#settings;
    const common: Headers = {
      Accept: call.accept,
      'User-Agent': `livywire/${VERSION}`,
      'X-Requested-By': 'livywire',
      ...(call.body !== undefined && { 'Content-Type': 'application/json' }),
      ...(trusted && headers),
      ...(trusted && call.headers),
    };
    if (!trusted || auth === undefined) return this.#exchange(call, url, common, deadline);

    const first = await this.#credentialsFor(auth, call, url, deadline);
    const incoming = await this.#exchange(call, url, { ...common, ...first }, deadline);
    if (incoming.status !== 401) return incoming;
    const second = await this.#credentialsFor(auth, call, url, deadline, first);
    if (sameHeaders(first, second)) return incoming;
    return this.#exchange(call, url, { ...common, ...second }, deadline);
  }

  async #credentialsFor(auth: Auth, call: Call, url: URL, deadline: number, refused?: Headers): Promise<Headers> {
    const { method, body, signal } = call;
    const request = { method, url: url.href, ...(body !== undefined && { body }) };
    try {
      const given = auth.headers(request, {
        refresh: refused !== undefined,
        ...(refused && { refused }),
        ...(signal && { signal }),
      });
      const headers = given instanceof Promise ? await this.#within(given, deadline, signal) : given;
      if (this.#sent.at(-1) !== headers) {
        this.#sent.push(headers);
        if (this.#sent.length > REMEMBERED) this.#sent.shift();
      }
      return headers;
    } catch (error) {
      signal?.throwIfAborted();
      if (isLivywireError(error)) throw error;
      // Somebody else's error may hold anything, so only its redacted words travel on.
      const words = plainLine(this.mask(call)(redactText(error instanceof Error ? error.message : String(error))));
      throw new UnreachableError(
        `${this.#settings.service} at ${url.host}: no credentials could be had (${words.slice(0, 300)}); ` +
          `${requestLine({ method, url })} was not ${refused ? 'repeated with fresh ones after the 401' : 'sent'}`,
        'no',
      );
    }
  }

  /** Whoever makes tokens may hang as any server may. */
  #within<T>(given: Promise<T>, deadline: number, signal: AbortSignal | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const onAbort = () => reject(signal?.reason);
      const timer = setTimeout(
        () => reject(new Error('they did not come in time')),
        Math.max(0, deadline - performance.now()),
      );
      if (signal?.aborted) onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      given.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      });
    });
  }

  async #exchange(call: Call, url: URL, headers: Headers, deadline: number): Promise<Incoming> {
    const line = this.#settings.network.line(url);
    const queuedAt = performance.now();
    if (!line.slots.tryTake()) await line.slots.wait(call.signal);
    const waited = performance.now() - queuedAt; // our own queue is no fault of the server
    try {
      const fresh = call.method !== 'GET';
      const timeoutMs = Math.max(1, deadline + waited - performance.now());
      const outgoing = {
        method: call.method,
        url,
        headers,
        body: call.body,
        fresh,
        timeoutMs,
        signal: call.signal,
        maxBytes: call.maxBytes,
        beyond: call.beyond,
      };
      return await this.#once(line, outgoing);
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      throw unreachable(error, this.#subject(call, url), line.route, this.mask(call));
    } finally {
      line.slots.give();
    }
  }

  /** A read whose kept-alive connection turns out to be gone says nothing about the server: it goes out on a new one. */
  async #once(line: Line, outgoing: Outgoing): Promise<Incoming> {
    try {
      return await exchange(line, outgoing);
    } catch (error) {
      if (!(error instanceof ExchangeFailure) || outgoing.method !== 'GET' || !isStale(error)) throw error;
      return exchange(line, { ...outgoing, fresh: true });
    }
  }

  #statusError(call: Call, url: URL, incoming: Incoming, because?: string) {
    const { network, clock } = this.#settings;
    return statusError(incoming, this.#subject(call, url), network.route(url), this.mask(call), clock, because);
  }

  #subject({ method, timeoutMs }: Call, url: URL): Subject {
    return { service: this.#settings.service, method, url, timeoutMs };
  }
}

const sameHeaders = (a: Headers, b: Headers): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value);
