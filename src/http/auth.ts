import { ConfigError, plainLine } from '../core/index.js';

/** What is about to be sent, as far as a signature needs to know it. */
export interface AuthRequest {
  readonly method: string;
  /** The address by its own name, before any host map. */
  readonly url: string;
  /** The body exactly as it will be sent. */
  readonly body?: string;
}

/**
 * Who we are, as headers. SigV4 and Kerberos fit behind it as well as a password does.
 * Asked once for every request that goes out; a redirect to an allowed host is a request of its own.
 */
export interface Auth {
  /**
   * @param options - `refresh` is true after a 401: what was sent before, `refused`, does not count any more. If the
   * answer is the same headers once more, the 401 stands and nothing is sent again.
   */
  headers(
    request: AuthRequest,
    options: {
      readonly refresh: boolean;
      readonly refused?: Readonly<Record<string, string>>;
      readonly signal?: AbortSignal;
    },
  ): Promise<Record<string, string>> | Record<string, string>;
}

/** @throws ConfigError that does not repeat the value, for it may be a secret */
export function checkHeader(name: string, value: string): void {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    throw new ConfigError(`${JSON.stringify(plainLine(name))} is not a header name`, { field: 'headers' });
  }
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new ConfigError(
      `The value of the header ${name} holds a line break or a character that no header can carry; ` +
        'look for a newline at the end of a file it was read from',
      { field: `headers[${JSON.stringify(name)}]` },
    );
  }
}

/** These headers on every request. @throws ConfigError for a name or value that cannot be sent */
export function headerAuth(headers: Readonly<Record<string, string>>): Auth {
  const own = { ...headers };
  for (const [name, value] of Object.entries(own)) checkHeader(name, value);
  return { headers: () => own };
}

/** User and password, as HTTP basic. @throws ConfigError when the user holds a colon */
export function basicAuth(user: string, password: string): Auth {
  if (user.includes(':')) {
    throw new ConfigError('The user name of HTTP basic authentication cannot hold a colon', { field: 'user' });
  }
  return headerAuth({ Authorization: `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}` });
}

/** Gives a bearer token; `refresh` is true when the server answered 401 to the last one. */
export type TokenSource = (options: { readonly refresh: boolean }) => Promise<string> | string;

/**
 * A bearer token, or a function that fetches one. The function is asked before the first request and once more after a
 * 401; requests that run side by side share one answer.
 */
export function bearerAuth(token: string | TokenSource): Auth {
  const headersOf = (value: string): Record<string, string> => {
    if (value === '') throw new ConfigError('The bearer token is empty', { field: 'token' });
    const headers = { Authorization: `Bearer ${value}` };
    for (const [name, text] of Object.entries(headers)) checkHeader(name, text);
    return headers;
  };
  if (typeof token === 'string') return headerAuth(headersOf(token));

  let current: Promise<Record<string, string>> | undefined;
  const ask = (refresh: boolean): Promise<Record<string, string>> => {
    const asked = Promise.resolve()
      .then(() => token({ refresh }))
      .then(headersOf);
    current = asked;
    asked.catch(() => {
      if (current === asked) current = undefined; // the next request asks again
    });
    return asked;
  };
  return {
    headers(_request, { refresh, refused }) {
      const known = current ?? ask(false);
      if (!refresh) return known;
      return known.then((headers) => {
        // Somebody beside us may have had the same 401 and fetched a new token already.
        if (headers.Authorization !== refused?.Authorization) return headers;
        return current === undefined || current === known ? ask(true) : current;
      });
    },
  };
}
