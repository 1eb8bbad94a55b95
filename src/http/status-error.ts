import { STATUS_CODES } from 'node:http';
import { AuthError, type Clock, HttpStatusError, UnreachableError } from '../core/index.js';
import { type Mask, serverMessage, shownBody } from './answer-text.js';
import type { Incoming } from './exchange.js';
import { PROXY_REFUSED, requestLine, type Subject } from './failure.js';
import type { Route } from './network.js';

/** The error for an answer whose status is not success. `because` tells what we did not do about it. */
export function statusError(
  incoming: Incoming,
  subject: Subject,
  route: Route,
  mask: Mask,
  clock: Clock,
  because?: string,
): AuthError | HttpStatusError | UnreachableError {
  const { status, bytes, headers } = incoming;
  const words = serverMessage(bytes, mask);
  const name = STATUS_CODES[status];
  const head = `${subject.service} at ${subject.url.host} answered ${status}${name ? ` ${name}` : ''} to ${requestLine(subject)}`;
  const message = `${head}${words === '' || words === name ? '' : `: ${words}`}`;
  if (status === 407 && route.proxy) {
    return new UnreachableError(
      `${subject.service} at ${subject.url.host} was not reached: the proxy ${route.proxy} asks for credentials (407); ` +
        'write them into its address: http://user:password@host:port',
      'no',
      { cause: Object.assign(new Error('the proxy answered 407'), { code: PROXY_REFUSED }) },
    );
  }
  if (status === 401) {
    const schemes = offered(headers['www-authenticate']);
    const asks = schemes === '' ? '' : ` (it takes ${schemes})`;
    return new AuthError(status, `${message}; check the user and password or the token${asks}`);
  }
  if (status === 403) return new AuthError(status, `${message}; this user may not do that there`);
  const retryAfterMs = retryAfter(headers, clock);
  const wait = retryAfterMs === undefined ? '' : `; it asks to come back in ${Math.ceil(retryAfterMs / 1_000)} s`;
  return new HttpStatusError(`${message}${because === undefined ? '' : `; ${because}`}${wait}`, {
    status,
    serverMessage: words,
    body: shownBody(bytes, mask),
    retryAfterMs,
  });
}

/** `Negotiate, Basic`: the schemes by name, and nothing of their parameters. */
function offered(header = ''): string {
  const schemes = ['Basic', 'Bearer', 'Negotiate', 'Digest', 'NTLM', 'AWS4-HMAC-SHA256'];
  return schemes.filter((scheme) => new RegExp(`(?:^|,)\\s*${scheme}\\b`, 'i').test(header)).join(', ');
}

/** Seconds, or a date of the server's clock, which is compared with the server's own `Date`. */
function retryAfter(headers: Readonly<Record<string, string>>, clock: Clock): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value), 86_400) * 1_000;
  const at = Date.parse(value);
  if (Number.isNaN(at)) return undefined;
  const now = Date.parse(headers.date ?? '');
  return Math.min(Math.max(0, at - (Number.isNaN(now) ? clock.now() : now)), 86_400_000);
}
