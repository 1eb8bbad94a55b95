import { plainLine, UnreachableError } from '../core/index.js';
import type { Mask } from './answer-text.js';
import { type ExchangeFailure, type Progress } from './exchange.js';
import type { Route } from './network.js';

/** What an error may tell about a request. */
export interface Subject {
  /** `Livy`, `YARN`. */
  readonly service: string;
  readonly method: string;
  readonly url: URL;
  readonly timeoutMs: number;
}

/** `GET /batches/7`: without the query, which may hold a token. */
export const requestLine = ({ method, url }: Pick<Subject, 'method' | 'url'>): string =>
  `${method} ${plainLine(url.pathname)}`;

/** The low-level error's facts, as far as they help and hold no secret. */
interface Facts {
  readonly code: string;
  readonly message: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
}

/** Translates what went wrong below HTTP. */
export function unreachable(failure: ExchangeFailure, subject: Subject, route: Route, mask: Mask): UnreachableError {
  const { progress } = failure;
  const refused = progress.proxyStatus !== undefined && progress.proxyStatus < 500;
  const facts = { ...factsOf(failure.reason, mask), ...(refused && { code: PROXY_REFUSED }) };
  const reached = certainlyUnsent(progress, facts.code, subject.url, route) ? 'no' : 'maybe';
  const { seen, next } = story(progress, facts, subject, route);
  const way = route.proxy ? ` through ${route.proxy}` : route.mapped ? ` (mapped to ${show(route)})` : '';
  const doubt =
    reached === 'maybe' && subject.method !== 'GET' ? `; whether it acted on ${requestLine(subject)} is not known` : '';
  const message = `${subject.service} at ${subject.url.host}${way} ${seen}${doubt}${next === '' ? '' : `; ${next}`}`;
  return new UnreachableError(message, reached, progress.stopped ? undefined : { cause: causeOf(facts) });
}

const show = ({ host, port }: Route): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

// Raised by name lookup and connect() only, whatever else is known.
const beforeConnecting = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);
// A server says these instead of finishing the handshake; with TLS 1.3 they come after ours is done.
const handshakeAlert = /^ERR_SSL_\w*ALERT_(?:HANDSHAKE_FAILURE|UNKNOWN_CA|CERTIFICATE_\w+|\w+_CERTIFICATE)$/;

/** Only what cannot have arrived: no byte of a request is written before its connection is ready. */
function certainlyUnsent(progress: Progress, code: string, url: URL, route: Route): boolean {
  if (progress.answered) return false;
  if (progress.proxyStatus !== undefined || beforeConnecting.has(code) || handshakeAlert.test(code)) return true;
  // TLS and proxies can be reset before they are ready. A plain connection cannot: such a report is not to be trusted.
  const isOdd = isReset(code) && url.protocol === 'http:' && route.proxy === undefined;
  return !progress.ready && !isOdd;
}

const isReset = (code: string): boolean => code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED';

const untrusted =
  /^(?:UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** The `code` of a cause: the proxy was there and said no. */
export const PROXY_REFUSED = 'PROXY_REFUSED';

/** Whether asking again cannot help before somebody changes something. */
export function isSettled(error: UnreachableError): boolean {
  const code = (error.cause as Partial<Facts> | undefined)?.code ?? '';
  return untrusted.test(code) || handshakeAlert.test(code) || code === PROXY_REFUSED || /WRONG_VERSION/.test(code);
}

/** Whether the connection was taken away under a request, as happens to one that stood idle too long. */
export const isStale = ({ progress, reason }: ExchangeFailure): boolean =>
  progress.reused &&
  !progress.answered &&
  progress.stopped === undefined &&
  isReset(factsOf(reason, (text) => text).code);

function story(progress: Progress, facts: Facts, subject: Subject, route: Route): { seen: string; next: string } {
  const { code } = facts;
  if (progress.stopped === 'connect-timeout' || (progress.stopped && !progress.ready)) {
    return { seen: 'could not be connected to in time', next: privateHint(route) };
  }
  if (progress.stopped) {
    const part = progress.answered ? 'the whole of its answer' : 'an answer';
    return { seen: `did not give ${part} within ${subject.timeoutMs} ms`, next: '' };
  }
  if (progress.proxyStatus !== undefined) return proxyRefusal(progress.proxyStatus);
  if (progress.answered) return { seen: `broke off its answer (${nameOf(facts)})`, next: '' };
  if (untrusted.test(code)) {
    return {
      seen: `has a certificate that is not trusted (${code}: ${facts.message})`,
      next: "give its authority's certificate with --ca (library: ca)",
    };
  }
  if (handshakeAlert.test(code)) {
    return {
      seen: `refused the TLS handshake (${code})`,
      next: 'it may ask for a client certificate: --cert, --cert-key',
    };
  }
  if (/WRONG_VERSION|PACKET_LENGTH_TOO_LONG/.test(code) || /wrong version number/i.test(facts.message)) {
    return { seen: `does not speak TLS there (${nameOf(facts)})`, next: 'try http:// in place of https://' };
  }
  if (code.startsWith('HPE_')) {
    return {
      seen: `answered with something that is not HTTP (${code})`,
      next: 'is that a TLS port? then write https://',
    };
  }
  switch (code) {
    case 'ECONNREFUSED':
      return { seen: `refused the connection (${code})`, next: 'check that it runs, and its port' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { seen: `has a name that cannot be resolved (${code})`, next: privateHint(route) };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return { seen: `cannot be reached from here (${code})`, next: privateHint(route) };
    case 'ECONNRESET':
    case 'EPIPE':
      return { seen: `closed the connection without an answer (${code})`, next: '' };
    default:
      return {
        seen: `gave no answer (${nameOf(facts)})`,
        next: route.proxy ? 'check that the proxy can reach it' : '',
      };
  }
}

function proxyRefusal(status: number): { seen: string; next: string } {
  return status === 407
    ? {
        seen: 'was not reached: the proxy asks for credentials (407)',
        next: 'write them into its address: http://user:password@host:port',
      }
    : {
        seen: `was not reached: the proxy refused to connect to it (${status})`,
        next: 'check that the proxy may go there',
      };
}

const privateHint = (route: Route): string =>
  route.proxy || route.mapped
    ? 'check that the tunnel or proxy is open and leads there'
    : 'check the address; a private network needs --proxy socks5h://… or --map (library: proxy, map)';

const nameOf = ({ code, message }: Facts): string =>
  code === '' || message.includes(code) ? message : `${code}: ${message}`;

/** Copied field by field: the original may hold headers, a body, a proxy's password. */
function factsOf(reason: unknown, mask: Mask): Facts {
  const root = rootOf(reason);
  const { code, syscall, address, port } = root;
  return {
    code: typeof code === 'string' ? code : '',
    message: plainLine(mask(typeof root.message === 'string' ? root.message : String(reason))).slice(0, 300),
    ...(typeof syscall === 'string' && { syscall }),
    ...(typeof address === 'string' && { address }),
    ...(typeof port === 'number' && { port }),
  };
}

function rootOf(reason: unknown): Record<string, unknown> & { message?: unknown } {
  if (typeof reason !== 'object' || reason === null) return { message: String(reason) };
  const { cause, errors, message } = reason as { cause?: unknown; errors?: unknown; message?: unknown };
  if (cause instanceof Error) return rootOf(cause);
  // Several addresses were tried; the first stands for all.
  if (Array.isArray(errors) && errors[0] instanceof Error && !message) return rootOf(errors[0]);
  return reason as Record<string, unknown>;
}

function causeOf(facts: Facts): Error {
  const { message, ...rest } = facts;
  return Object.assign(new Error(message), rest);
}
