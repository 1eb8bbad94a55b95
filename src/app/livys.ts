import { type Backend, type Clock, ConfigError, type Logger, type LogSource } from '../core/index.js';
import type { Auth, Network } from '../http/index.js';
import { LivyBackend, LivyClient, LivyRing, SeveralLivys } from '../livy/index.js';

export interface LivyPlan {
  readonly urls: readonly string[];
  readonly endpoint?: string | undefined;
  readonly closed?: string | undefined;
  readonly auth?: Auth | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs?: number | undefined;
  readonly network: Network;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Asking the next Livy takes no longer than a second try of this one; the next one is the second try. */
const RETRIES_OF_SEVERAL = 1;

/** One Livy, or the Livys of one cluster, as backend and as source of logs. @throws ConfigError */
export function livysOf({ urls, endpoint, closed, ...plan }: LivyPlan): {
  readonly backend: Backend;
  readonly ring: LogSource;
  readonly clients: readonly LivyClient[];
  /** The first one's address. */
  readonly url: string | undefined;
} {
  const { auth, headers, timeoutMs, network, logger, clock } = plan;
  const clients = urls.map(
    (url) =>
      new LivyClient({
        url,
        network,
        logger,
        clock,
        ...(auth && { auth }),
        ...(headers && { headers }),
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(urls.length > 1 && { retries: RETRIES_OF_SEVERAL }),
      }),
  );
  const [first] = clients;
  if (endpoint !== undefined) {
    const several = new SeveralLivys({ clients, endpoint, closed, clock });
    return { backend: several, ring: several, clients, url: first?.url };
  }
  if (!first) throw new ConfigError('url is an empty list', { field: 'url' });
  if (clients.length > 1) {
    throw new ConfigError('Several Livys need an endpoint, the name that runs are kept under whichever took them', {
      field: 'endpoint',
    });
  }
  return { backend: new LivyBackend(first), ring: new LivyRing(first), clients, url: first.url };
}
