import { type CallOptions, isLivywireError } from '../core/index.js';
import type { Http } from '../http/index.js';
import * as z from 'zod/mini';
import { proxyOfLink } from './driver-ui.js';

const Answer = z.object({
  app: z.object({ trackingUrl: z.string(), unmanagedApplication: z.catch(z.boolean(), false) }),
});
const TIMEOUT_MS = 5_000;

/**
 * Where a ResourceManager says that the driver is reached: its own proxy, or one that is a server of its own (EMR: port 20888
 * of the same host, and then 8088 may have no `/proxy`). `undefined`: not yet, or nobody says. Of an application whose master
 * YARN did not start the address is the master's word, and is not taken.
 */
export async function trackingProxy(http: Http, appId: string, options: CallOptions): Promise<string | undefined> {
  try {
    const path = `/ws/v1/cluster/apps/${encodeURIComponent(appId)}`;
    const asked = { timeoutMs: TIMEOUT_MS, ...options, retries: 0, redirects: 'same-host' } as const;
    const read = Answer.safeParse(await http.get(path, asked));
    const { trackingUrl, unmanagedApplication = true } = read.data?.app ?? {};
    const proxy = unmanagedApplication ? undefined : proxyOfLink(trackingUrl, appId);
    return proxy !== undefined && new URL(proxy).pathname === `/proxy/${appId}` ? proxy : undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    return undefined;
  }
}
