import http from 'node:http';
import https from 'node:https';
import type { PeerCertificate, SecureContext } from 'node:tls';
import type { Proxy } from './proxy-rules.js';

/** A request says with this event that nobody waits any more for the connection an agent is making for it. */
export const ABANDONED = 'livywire.abandoned';

/** What every connection of a network has in common. */
export interface AgentSettings {
  readonly keepAlive: boolean;
  readonly connectTimeoutMs: number;
  readonly rejectUnauthorized: boolean;
  readonly secureContext?: SecureContext;
  readonly checkServerIdentity?: (host: string, cert: PeerCertificate) => Error | undefined;
}

/** The proxies' packages are read only when one of them is needed. */
export async function proxyAgent(proxy: Proxy, secure: boolean, settings: AgentSettings): Promise<http.Agent> {
  if (proxy.kind === 'socks') {
    const { SocksAgent } = await import('./socks-agent.js');
    return new SocksAgent(proxy.url, settings);
  }
  const { PlainProxyAgent, TunnelAgent } = await import('./http-proxy-agents.js');
  return secure ? new TunnelAgent(proxy.url, settings) : new PlainProxyAgent(proxy.url, settings);
}

export function directAgent(secure: boolean, { connectTimeoutMs: _, ...settings }: AgentSettings): http.Agent {
  const options = {
    ...settings,
    // Node gives each address of a host 250 ms and then fails, which is short for another continent.
    autoSelectFamilyAttemptTimeout: 1_500,
  };
  return secure ? new https.Agent(options) : new http.Agent(options);
}
