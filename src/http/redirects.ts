import { normalHost } from './host-map.js';
import { isLoopback } from './proxy-rules.js';

/** How many redirects one request may follow. */
export const MOST_HOPS = 5;

/** Where an answer sends us, and whether our method may go along. */
export type Redirect =
  | { readonly kind: 'none' }
  | { readonly kind: 'follow'; readonly url: URL }
  | { readonly kind: 'refuse'; readonly because: string };

/**
 * How far a read is followed that a server sends elsewhere.
 *
 * - `any`: to any host, there without credentials. For addresses that somebody wrote down.
 * - `same-host`: no further than another port of the host that was asked, and never out of the encryption. For addresses that a
 *   server named, and for answers that a job may have a hand in. On a loopback address, which is mostly a tunnel's end, another
 *   port is another server, of this machine: there it means the same port.
 * - `none`: not at all. For addresses that a log named.
 */
export type RedirectPolicy = 'any' | 'same-host' | 'none';

/** Why this one is not followed; `undefined` when it is. */
export function refusalOf(policy: RedirectPolicy, base: URL, to: URL): string | undefined {
  if (policy === 'any' || (policy === 'same-host' && staysOn(base, to))) return undefined;
  return policy === 'none'
    ? `it redirects to ${to.origin}, and what comes from such an address is not followed`
    : `it redirects to ${to.origin}, and is followed no further than its own host; name that server in the settings if it is the right one`;
}

function staysOn(base: URL, to: URL): boolean {
  if (base.origin === to.origin) return true;
  if (base.protocol === 'https:' && to.protocol !== 'https:') return false;
  const host = normalHost(base.hostname);
  return host === normalHost(to.hostname) && !isLoopback(host);
}

const redirecting = new Set([301, 302, 303, 307, 308]);

/** Reads follow all of them. A write follows 307 and 308 only, which promise to keep method and body. */
export function redirectOf(method: string, from: URL, status: number, location: string | undefined): Redirect {
  if (!redirecting.has(status) || location === undefined) return { kind: 'none' };
  if (!URL.canParse(location, from.href))
    return { kind: 'refuse', because: 'it redirects to something that is not a URL' };
  const url = new URL(location, from);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { kind: 'refuse', because: `it redirects to ${url.protocol}, which is not followed` };
  }
  // A server has no business giving us credentials, and a fragment is not sent.
  url.username = '';
  url.password = '';
  url.hash = '';
  if (method !== 'GET' && status < 307) {
    return {
      kind: 'refuse',
      because: `it redirects to ${url.origin}${url.pathname}, which a ${method} does not follow; use that address if it is the right one`,
    };
  }
  return { kind: 'follow', url };
}
