import { BlockList, isIP, isIPv4 } from 'node:net';
import { ConfigError, plainLine } from '../core/index.js';
import { type HostPort, normalHost } from './host-map.js';

/** A proxy that was named. `url` may hold credentials and is shown to nobody; `label` is for messages. */
export interface Proxy {
  readonly kind: 'socks' | 'http';
  readonly url: URL;
  readonly label: string;
}

type Env = Readonly<Record<string, string | undefined>>;

export interface ProxyOptions {
  readonly proxy?: string;
  readonly noProxy?: string | readonly string[];
  readonly env?: Env;
}

/** Picks the proxy for an address; `undefined` means a direct connection. */
export type ProxyRules = (target: HostPort, secure: boolean) => Proxy | undefined;

/**
 * What the caller states replaces the whole environment: with `proxy` given, neither its proxies nor its NO_PROXY
 * count. A proxy out of the environment is never used for this machine's own loopback addresses.
 * @throws ConfigError
 */
export function proxyRules({ proxy, noProxy, env }: ProxyOptions): ProxyRules {
  const isExempt = exemptions(noProxy ?? (proxy === undefined ? (read(env, 'no_proxy') ?? '') : ''));
  if (proxy === 'none' || proxy === '') return () => undefined;
  if (proxy !== undefined) {
    const only = parseProxy(proxy, 'proxy');
    return (target) => (isExempt(target) ? undefined : only);
  }
  const all = fromEnv(env, 'all_proxy');
  const secureOnes = fromEnv(env, 'https_proxy') ?? all;
  const plainOnes = fromEnv(env, 'http_proxy') ?? all;
  return (target, secure) =>
    isLoopback(target.host) || isExempt(target) ? undefined : secure ? secureOnes : plainOnes;
}

/** The lower-case spelling first, as curl does. */
function read(env: Env | undefined, name: string): string | undefined {
  const value = env?.[name] ?? env?.[name.toUpperCase()];
  return value?.trim() === '' ? undefined : value?.trim();
}

function fromEnv(env: Env | undefined, name: string): Proxy | undefined {
  const value = read(env, name);
  return value === undefined ? undefined : parseProxy(value, name.toUpperCase());
}

/** @throws ConfigError that does not repeat the address, for it may hold a password */
function parseProxy(value: string, field: string): Proxy {
  const refuse = (why: string): never => {
    throw new ConfigError(`The proxy address ${why}; write socks5h://host:port or http://host:port`, { field });
  };
  // curl's habit, and so what stands in many environments: a bare host:port is an HTTP proxy.
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(text)) return refuse('cannot be read');
  const url = new URL(text);
  if (url.hostname === '') return refuse('names no host');
  if ((url.pathname !== '' && url.pathname !== '/') || url.search !== '' || url.hash !== '') {
    return refuse('has more than a host and a port');
  }
  try {
    decodeURIComponent(url.username + url.password);
  } catch {
    return refuse('holds a % in its user or password that is not written %25');
  }
  const label = `${url.protocol}//${url.host}`;
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      return { kind: 'http', url, label };
    case 'socks:':
    case 'socks4:':
    case 'socks4a:':
    case 'socks5:':
    case 'socks5h:':
      return { kind: 'socks', url, label };
    default:
      return refuse(
        `has the scheme ${plainLine(url.protocol)}//, which is none of socks5h, socks5, socks4a, http, https`,
      );
  }
}

/** Whether a host is this machine; an IPv6 address with or without the brackets that it has in a URL. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return (
    bare === 'localhost' ||
    bare.endsWith('.localhost') ||
    bare === '::1' ||
    (isIPv4(bare) && bare.startsWith('127.')) ||
    /^::ffff:(?:127\.|7f[0-9a-f]{2}:)/.test(bare) // the second is how URL writes it
  );
}

/** As curl reads NO_PROXY: names match themselves and what is under them; addresses, networks, `*`; `:port` if given. */
function exemptions(list: string | readonly string[]): (target: HostPort) => boolean {
  const entries = (typeof list === 'string' ? list.split(/[\s,]+/) : list).map((entry) => entry.trim()).filter(Boolean);
  const tests = entries.map(exemption);
  return (target) => tests.some((test) => test(target));
}

function exemption(entry: string): (target: HostPort) => boolean {
  if (entry === '*') return () => true;
  const network = /^(.+)\/(\d{1,3})$/.exec(entry);
  if (network?.[1] !== undefined) return networkExemption(entry, normalHost(network[1]), Number(network[2]));
  const withPort = isIP(entry) ? null : /^(.*[^:]):(\d+)$/.exec(entry);
  const name = normalHost(withPort?.[1] ?? entry).replace(/^\*?\./, '');
  const port = withPort ? Number(withPort[2]) : undefined;
  return (target) =>
    (port === undefined || port === target.port) &&
    (target.host === name || (!isIP(target.host) && target.host.endsWith(`.${name}`)));
}

function networkExemption(entry: string, address: string, prefix: number): (target: HostPort) => boolean {
  const family = isIP(address);
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) {
    throw new ConfigError(`${JSON.stringify(plainLine(entry))} is not a network such as 10.0.0.0/8`, {
      field: 'noProxy',
    });
  }
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const network = new BlockList();
  network.addSubnet(address, prefix, kind);
  return ({ host }) => isIP(host) === family && network.check(host, kind);
}
