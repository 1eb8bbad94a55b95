/** How many redirects one request may follow. */
export const MOST_HOPS = 5;

/** Where an answer sends us, and whether our method may go along. */
export type Redirect =
  | { readonly kind: 'none' }
  | { readonly kind: 'follow'; readonly url: URL }
  | { readonly kind: 'refuse'; readonly because: string };

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
