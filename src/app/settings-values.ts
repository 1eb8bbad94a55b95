import { ConfigError, redactText } from '../core/index.js';

const wrong = (from: string, message: string): ConfigError => new ConfigError(`${from}: ${message}`, { field: from });
const shown = (value: string): string => JSON.stringify(redactText(value));

/** A server's address, its credentials apart. Base paths stay. @throws ConfigError */
export function parseServerUrl(
  given: string,
  from: string,
  { credentials = 'allowed' }: { readonly credentials?: 'allowed' | 'refused' } = {},
): { readonly url: string; readonly credentials?: { readonly user: string; readonly password: string } } {
  const value = given.trim();
  if (!URL.canParse(value) || !/^https?:\/\//i.test(value)) {
    const guess = /^[\w.-]+(:\d+)?(\/.*)?$/.test(value) ? `; did you mean http://${value}?` : '';
    throw wrong(from, `${shown(value)} is not an http:// or https:// address${guess}`);
  }
  const url = new URL(value);
  if (url.search !== '' || url.hash !== '')
    throw wrong(from, `${shown(value)} should end with its path: no ? and no #`);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const bare = url.href.replace(/\/+$/, '');
  if (username === '' && password === '') return { url: bare };
  if (credentials === 'refused') throw wrong(from, 'credentials do not belong in this address');
  try {
    return { url: bare, credentials: { user: decodeURIComponent(username), password: decodeURIComponent(password) } };
  } catch {
    throw wrong(from, 'a % in the user or the password of an address is written %25');
  }
}

const proxyScheme = /^(?:socks4a?|socks5h?|socks|https?):\/\//i;

/** @throws ConfigError */
export function parseProxy(value: string, from: string): string {
  if (value === 'none') return value;
  if (!proxyScheme.test(value) || !URL.canParse(value)) {
    throw wrong(from, `${shown(value)} is not a proxy; write socks5h://host:port, http://host:port or none`);
  }
  return value;
}

/** @throws ConfigError */
export function parseMapEntry(value: string, from: string): string {
  const host = String.raw`[\w.*-]+|\[[\da-f:.]+\]`;
  if (!new RegExp(`^(?:${host})(?::(?:\\d+|\\*))?=(?:${host})(?::\\d+)?$`, 'i').test(value)) {
    throw wrong(from, `${shown(value)} is not host[:port]=host[:port]`);
  }
  return value;
}

/** `Name: value`. @throws ConfigError; it does not repeat the value, which may be a secret */
export function parseHeader(line: string, from: string): [string, string] {
  const match = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*)$/.exec(line.trim());
  if (!match?.[1]) throw wrong(from, "a header is written 'Name: value'");
  return [match[1], match[2] ?? ''];
}
