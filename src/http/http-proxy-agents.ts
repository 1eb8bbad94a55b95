import type { ClientRequest } from 'node:http';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { ABANDONED, type AgentSettings } from './agents.js';

// Loaded only where an HTTP proxy is used.

/**
 * The agents cannot be told to give up a connection they are still making. They read their connect options from
 * `this`, so each connection is made by a view of the agent whose options carry a signal.
 */
async function abortable<A extends { connectOpts: object }, R>(
  agent: A,
  req: ClientRequest,
  connect: (view: A) => Promise<R>,
): Promise<R> {
  const controller = new AbortController();
  const giveUp = () => controller.abort();
  req.once(ABANDONED, giveUp);
  try {
    return await connect(
      Object.create(agent, { connectOpts: { value: { ...agent.connectOpts, signal: controller.signal } } }) as A,
    );
  } finally {
    req.off(ABANDONED, giveUp);
  }
}

/** `http:` targets: the proxy is asked for the whole address. */
export class PlainProxyAgent extends HttpProxyAgent<string> {
  constructor(url: URL, { connectTimeoutMs: _, ...settings }: AgentSettings) {
    super(url, settings);
  }
  override connect(...[req, options]: Parameters<HttpProxyAgent<string>['connect']>) {
    return abortable(this, req, (view) => super.connect.call(view, req, options));
  }
}

/** `https:` targets: a tunnel by CONNECT. */
export class TunnelAgent extends HttpsProxyAgent<string> {
  constructor(url: URL, { connectTimeoutMs: _, checkServerIdentity, ...settings }: AgentSettings) {
    super(url, settings); // for the connection to the proxy
    Object.assign(this.options, settings, checkServerIdentity && { checkServerIdentity }); // for the one through it
  }
  override connect(...[req, options]: Parameters<HttpsProxyAgent<string>['connect']>) {
    return abortable(this, req, (view) => super.connect.call(view, req, options));
  }
}
