import { X509Certificate } from 'node:crypto';
import type http from 'node:http';
import { isIP } from 'node:net';
import { checkServerIdentity, createSecureContext, type SecureContext } from 'node:tls';
import { ConfigError, type Logger } from '../core/index.js';
import { type AgentSettings, directAgent, proxyAgent } from './agents.js';
import { globOf, HostMap, normalHost } from './host-map.js';
import { isLoopback, type Proxy, type ProxyRules, proxyRules } from './proxy-rules.js';
import { Slots } from './slots.js';

export interface NetworkOptions {
  /**
   * `socks5h://`, `socks5://`, `socks4a://`, `http://` or `https://`, with `user:password@` where the proxy asks for
   * it; `none` for no proxy at all. With all but `socks5://` names are resolved at the far end. It replaces `env`.
   */
  readonly proxy?: string;
  /** Hosts that are reached directly all the same: names, `.suffix`, `10.0.0.0/8`, `*`; a list, or comma separated. */
  readonly noProxy?: string | readonly string[];
  /** Where to look for HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. Nothing is looked up unless it is given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `from=to` rules, such as `ip-10-0-3-9.ec2.internal:8042=127.0.0.1:18042` or `*.ec2.internal=127.0.0.1`. */
  readonly map?: readonly string[];
  /** PEM: whom to trust, in place of the authorities that Node.js knows. A server's own certificate will do. */
  readonly ca?: string | readonly string[];
  /** PEM: client certificate, with `key`. */
  readonly cert?: string;
  /** PEM: private key, with `cert`. */
  readonly key?: string;
  /** Opens an encrypted `key`. */
  readonly passphrase?: string;
  /** Takes any certificate from any server; `logger.warn` says so once. @defaultValue `false` */
  readonly insecure?: boolean;
  /** Hosts that may be sent our credentials when a server redirects to them: `livy-b.corp`, `*.corp`, `livy.corp:8998`. */
  readonly redirectHosts?: readonly string[];
  /** Longest wait for a connection, in milliseconds, the proxy's part included. @defaultValue `10_000` */
  readonly connectTimeoutMs?: number;
  /** Most requests under way to one host; further calls wait for their turn. @defaultValue `32` */
  readonly maxSocketsPerHost?: number;
  readonly logger?: Logger;
}

/** Where the requests for an address go. Plain data, for people who ask why something is out of reach. */
export interface Route {
  /** The host that is connected to, or that the proxy is asked for. */
  readonly host: string;
  readonly port: number;
  /** Whether the host map put it there. */
  readonly mapped: boolean;
  /** Without credentials. */
  readonly proxy?: string;
}

/** The way to one origin: the route, its sockets, its share of what may be under way. Stays inside this folder. */
export interface Line {
  readonly secure: boolean;
  readonly route: Route;
  readonly slots: Slots;
  readonly connectTimeoutMs: number;
  /** A kept-alive agent for reads; a fresh connection for writes, so that no stale socket can leave one's fate open. */
  agent(fresh: boolean): http.Agent | Promise<http.Agent>;
}

/**
 * How hosts are reached. Shared by every client of a cluster, so that sockets and settings are too.
 * Idle sockets do not keep a process alive.
 * @throws ConfigError for a proxy, map rule, pattern, certificate or key that cannot be used
 */
export const createNetwork = (options: NetworkOptions = {}): Network => new Network(options);

export class Network {
  readonly #map: HostMap;
  readonly #proxyFor: ProxyRules;
  readonly #redirectHosts: readonly ((host: string, port: number) => boolean)[];
  readonly #settings: Omit<AgentSettings, 'keepAlive'>;
  readonly #maxPerHost: number;
  readonly #lines = new Map<string, Line>();
  readonly #agents = new Map<string, http.Agent | Promise<http.Agent>>();
  #closed = false;

  /** @internal Made by {@link createNetwork}. */
  constructor(options: NetworkOptions) {
    this.#map = new HostMap(options.map ?? []);
    this.#proxyFor = proxyRules(options);
    this.#redirectHosts = (options.redirectHosts ?? []).map(parsePattern);
    this.#maxPerHost = positive(options.maxSocketsPerHost ?? 32, 'maxSocketsPerHost');
    const secureContext = readCertificates(options);
    this.#settings = {
      rejectUnauthorized: options.insecure !== true,
      connectTimeoutMs: positive(options.connectTimeoutMs ?? 10_000, 'connectTimeoutMs'),
      ...(secureContext && { secureContext }),
    };
    if (options.insecure) {
      options.logger?.warn(
        'Certificates are not checked (insecure): anyone on the way can read and change what is sent',
      );
    }
  }

  /** Where requests for this address go. */
  route(url: string | URL): Route {
    return this.line(new URL(url)).route;
  }

  /** The kept-alive agent for an address, for clients that are not {@link Http}: the AWS SDK. They count their own requests. */
  agentFor(url: URL): http.Agent | Promise<http.Agent> {
    return this.line(url).agent(false);
  }

  /** Closes every socket. Calls under way fail; later ones are refused with a ConfigError. */
  close(): void {
    this.#closed = true;
    for (const agent of this.#agents.values()) {
      if (agent instanceof Promise) agent.then((made) => made.destroy()).catch(() => undefined);
      else agent.destroy();
    }
    this.#agents.clear();
    this.#lines.clear();
  }

  /** @internal Whether a redirect from `from` may take our credentials to `to`. */
  trustsRedirect(from: URL, to: URL): boolean {
    if (from.origin === to.origin) return true;
    if (from.protocol === 'https:' && to.protocol !== 'https:') return false; // never out of the encryption
    const host = normalHost(to.hostname);
    return this.#redirectHosts.some((matches) => matches(host, portOf(to)));
  }

  /** @internal */
  line(url: URL): Line {
    if (this.#closed) throw new ConfigError('This network was closed; make a new one with createNetwork()');
    let line = this.#lines.get(url.origin);
    if (!line) {
      if (this.#lines.size >= 1_000) this.#lines.clear(); // a long-lived process meets many nodes
      this.#lines.set(url.origin, (line = this.#open(url)));
    }
    return line;
  }

  #open(url: URL): Line {
    const secure = url.protocol === 'https:';
    const host = normalHost(url.hostname);
    const mapped = this.#map.find(host, portOf(url));
    const target = mapped ?? { host, port: portOf(url) };
    // A loopback address out of the map is an open tunnel on this machine, not something for a proxy to find.
    const proxy = mapped && isLoopback(target.host) ? undefined : this.#proxyFor(target, secure);
    // A name in a certificate is checked by way of SNI's name; an IP address has none, so it is checked here.
    const identity = mapped && secure && isIP(host) ? host : undefined;
    return {
      secure,
      route: { ...target, mapped: mapped !== undefined, ...(proxy && { proxy: proxy.label }) },
      slots: new Slots(this.#maxPerHost),
      connectTimeoutMs: this.#settings.connectTimeoutMs,
      agent: (fresh) => this.#agent(proxy, secure, fresh, identity),
    };
  }

  #agent(
    proxy: Proxy | undefined,
    secure: boolean,
    fresh: boolean,
    identity: string | undefined,
  ): http.Agent | Promise<http.Agent> {
    const name = `${proxy ? 'proxy' : 'direct'} ${proxy?.label} ${secure} ${fresh} ${identity}`;
    const known = this.#agents.get(name);
    if (known) return known;
    const settings: AgentSettings = {
      ...this.#settings,
      keepAlive: !fresh,
      ...(identity !== undefined && { checkServerIdentity: (_, cert) => checkServerIdentity(identity, cert) }),
    };
    const made = proxy ? proxyAgent(proxy, secure, settings) : directAgent(secure, settings);
    this.#agents.set(name, made);
    if (made instanceof Promise) made.then((agent) => this.#agents.set(name, agent)).catch(() => undefined);
    return made;
  }
}

/** The port that a URL means. */
const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));

function parsePattern(pattern: string): (host: string, port: number) => boolean {
  const match = /^(\[[\da-f:.]+\]|[\w.*-]+)(?::(\d+))?$/i.exec(pattern.trim());
  if (!match?.[1] || /^[*.]+$/.test(match[1])) {
    throw new ConfigError(
      `${JSON.stringify(pattern)} is not a host to trust with credentials; write livy-b.corp, *.corp or livy.corp:8998`,
      { field: 'redirectHosts' },
    );
  }
  const matchesHost = globOf(normalHost(match[1]));
  const port = match[2] === undefined ? undefined : Number(match[2]);
  return (host, seen) => (port === undefined || port === seen) && matchesHost(host);
}

function readCertificates({ ca, cert, key, passphrase }: NetworkOptions): SecureContext | undefined {
  if ((cert === undefined) !== (key === undefined)) {
    throw new ConfigError('A client certificate needs both its cert and its key', {
      field: cert === undefined ? 'cert' : 'key',
    });
  }
  if (ca === undefined && cert === undefined) return undefined;
  try {
    // Node takes any text for `ca` and then trusts nobody.
    for (const one of ca === undefined ? [] : [ca].flat()) new X509Certificate(one);
    return createSecureContext({
      // A server's own or an intermediate certificate counts as well: who hands it in means to trust it.
      ...(ca !== undefined && { ca: [ca].flat(), allowPartialTrustChain: true }),
      ...(cert !== undefined && { cert, key }),
      ...(passphrase !== undefined && { passphrase }),
    });
  } catch (error) {
    // OpenSSL's words name the fault, never the contents.
    const words = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `The certificate, key or CA cannot be used (${words}); they are PEM, and an encrypted key needs its passphrase`,
      { field: cert === undefined ? 'ca' : 'cert' },
    );
  }
}

function positive(value: number, field: string): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new ConfigError(`${field} is ${value}; it has to be above 0`, { field });
}
