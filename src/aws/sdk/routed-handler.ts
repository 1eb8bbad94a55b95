import type http from 'node:http';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import type { Network } from '../../http/index.js';

type Handle = NodeHttpHandler['handle'];

const LIMITS: NodeHttpHandlerOptions = {
  connectionTimeout: 10_000,
  // Without a byte in either direction for so long.
  socketTimeout: 30_000,
  // Else the time that a call is given is no more than a warning on stderr.
  throwOnRequestTimeout: true,
};

/**
 * The SDK's own way of sending, with the agents of our network: which proxy a request takes, if any, is found out for
 * each host, as NO_PROXY asks. SDK clients take one handler and share it with those that fetch credentials.
 */
export class RoutedHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #network: Network;
  readonly #handlers = new WeakMap<http.Agent, NodeHttpHandler>();

  constructor(network: Network) {
    this.#network = network;
  }

  async handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const port = request.port === undefined ? '' : `:${request.port}`;
    const agent = await this.#network.agentFor(new URL(`${request.protocol}//${request.hostname}${port}`));
    let handler = this.#handlers.get(agent);
    if (!handler) {
      // Ours is an http.Agent by its kind; which of the two slots is used follows from the request's scheme.
      const agents = { httpAgent: agent, httpsAgent: agent as NonNullable<NodeHttpHandlerOptions['httpsAgent']> };
      this.#handlers.set(agent, (handler = new NodeHttpHandler({ ...LIMITS, ...agents })));
    }
    return handler.handle(request, options);
  }

  /** The sockets are the network's, which may serve other clients still. */
  destroy(): void {}

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): NodeHttpHandlerOptions {
    return LIMITS;
  }
}
