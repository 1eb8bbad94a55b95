import type { Socket } from 'node:net';
import { SocksProxyAgent } from 'socks-proxy-agent';
import type { AgentSettings } from './agents.js';
import { normalHost } from './host-map.js';

type Connect = Parameters<SocksProxyAgent['connect']>;

/** Through a SOCKS proxy. Loaded only where one is used. */
export class SocksAgent extends SocksProxyAgent {
  readonly #limitMs: number;

  constructor(url: URL, { connectTimeoutMs, ...settings }: AgentSettings) {
    super(url, settings);
    this.#limitMs = connectTimeoutMs;
    this.proxy.host = normalHost(url.hostname); // the brackets of an IPv6 address are the URL's, not the host's
  }

  override connect(...[req, options]: Connect): Promise<Socket> {
    // The agent's one `timeout` bounds the handshake and then the socket's idle time; only the first is wanted.
    req.once('proxy', ({ socket }: { socket: Socket }) => queueMicrotask(() => socket.setTimeout(0)));
    const bounded = Object.create(this, { timeout: { value: this.#limitMs } }) as this;
    return super.connect.call(bounded, req, options);
  }
}
