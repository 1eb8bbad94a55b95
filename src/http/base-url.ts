import { ConfigError, plainLine } from '../core/index.js';
import { type Auth, basicAuth } from './auth.js';

/** What is left of an address once its credentials were taken out. */
export interface BaseUrl {
  /** Without credentials and trailing slash. */
  readonly text: string;
  readonly url: URL;
  /** From `user:password@`. */
  readonly auth: Auth | undefined;
}

/** @throws ConfigError that does not repeat credentials */
export function parseBaseUrl(value: string, service: string): BaseUrl {
  const refuse = (why: string): never => {
    // An address with an @ may hold a password wherever the @ stands.
    const seen = value.includes('@') ? 'The address' : JSON.stringify(plainLine(value));
    throw new ConfigError(
      `${seen} ${why}; the address of ${service} looks like http://host:8998 or https://host/gateway/livy`,
      {
        field: 'url',
      },
    );
  };
  if (!URL.canParse(value)) return refuse('is not a URL');
  const url = new URL(value);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse('is neither http:// nor https://');
  if (url.search !== '' || url.hash !== '') return refuse('has a ? or # part, which does not belong in it');
  const { username, password } = url;
  url.username = '';
  url.password = '';
  return { text: url.href.replace(/\/+$/, ''), url, auth: credentials(username, password, refuse) };
}

function credentials(username: string, password: string, refuse: (why: string) => never): Auth | undefined {
  if (username === '' && password === '') return undefined;
  try {
    return basicAuth(decodeURIComponent(username), decodeURIComponent(password));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    return refuse('holds a % in its user or password that is not written %25');
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The base path survives; a query in `path` and one in `query` are joined. */
export function urlOf(base: string, path: string, query: Query | undefined): URL {
  let text = `${base}${path.startsWith('/') || path === '' ? '' : '/'}${path.replaceAll('#', '%23')}`;
  let mark = path.includes('?') ? '&' : '?';
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    text += `${mark}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    mark = '&';
  }
  return new URL(text);
}
