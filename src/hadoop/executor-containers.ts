import { type CallOptions, isLivywireError } from '../core/index.js';
import type { Http, Query } from '../http/index.js';
import * as z from 'zod/mini';
import { nodeAddress } from './node-address.js';
import { Attempt, text } from './spark-wire.js';

/** A container that runs, or ran, an executor. */
export interface ExecutorContainer {
  readonly container: string;
  /** Its NodeManager's address; `undefined` where nobody says. */
  readonly node: string | undefined;
}

const Running = z.object({
  container: z.catch(z.array(z.object({ containerId: text, nodeHttpAddress: text })), []),
});
const Application = z.object({ attempts: z.catch(z.array(Attempt), []) });
const Executors = z.array(z.object({ id: text, executorLogs: z.catch(z.record(z.string(), z.string()), {}) }));

/** The containers that run now: `GET /ws/v1/cluster/apps/<id>/appattempts/<attempt>/containers`. */
export async function runningContainers(
  resourceManager: Http,
  appId: string,
  attempt: number,
  options: CallOptions & { readonly query: Query },
): Promise<ExecutorContainer[]> {
  const attemptId = `${appId.replace(/^application/, 'appattempt')}_${String(attempt).padStart(6, '0')}`;
  const isOurs = belongsTo(appId);
  const path = `/ws/v1/cluster/apps/${appId}/appattempts/${attemptId}/containers`;
  const read = Running.safeParse(await resourceManager.get(path, options));
  const all = read.success ? read.data.container : [];
  return all
    .filter(({ containerId }) => isOurs(containerId))
    .map(({ containerId, nodeHttpAddress }) => ({ container: containerId, node: nodeAddress(nodeHttpAddress) }));
}

const Nodes = z.object({
  nodes: z.catch(z.nullable(z.object({ node: z.catch(z.array(z.object({ nodeHTTPAddress: text })), []) })), null),
});

/** `host:port` of every NodeManager at work: `GET /ws/v1/cluster/nodes`. */
export async function clusterNodes(
  resourceManager: Http,
  options: CallOptions & { readonly query: Query },
): Promise<readonly string[]> {
  const read = Nodes.safeParse(await resourceManager.get('/ws/v1/cluster/nodes', options));
  return (read.data?.nodes?.node ?? []).map(({ nodeHTTPAddress }) => nodeHTTPAddress.toLowerCase());
}

/** Of an application's own containers only: the job writes what the History Server reads. */
function belongsTo(appId: string): (container: string) => boolean {
  const id = /^application_(\d+_\d+)$/.exec(appId)?.[1];
  return (container) => id !== undefined && new RegExp(`^container_(?:e\\d+_)?${id}_\\d+_\\d+$`).test(container);
}

/**
 * All containers that ever ran an executor, as Spark's History Server knows them from the links to their logs:
 * `GET /api/v1/applications/<id>/<attempt>/allexecutors`. Empty where it does not know the application. The links come out of
 * the event log, which the job writes: whoever asks a node that only they name has to ask YARN first whether it is one.
 */
export async function recordedContainers(
  history: Http,
  appId: string,
  options: CallOptions,
): Promise<ExecutorContainer[]> {
  const isOurs = belongsTo(appId);
  const path = `/api/v1/applications/${encodeURIComponent(appId)}`;
  try {
    const app = Application.safeParse(await history.get(path, options));
    const found: ExecutorContainer[] = [];
    for (const { attemptId } of app.data?.attempts.toReversed() ?? []) {
      const of = attemptId === undefined ? path : `${path}/${encodeURIComponent(attemptId)}`;
      const executors = Executors.safeParse(await history.get(`${of}/allexecutors`, options));
      for (const { id, executorLogs } of executors.data ?? []) {
        const link = Object.values(executorLogs)[0] ?? '';
        const container = /\/(container_\w+)(?:\/|$)/.exec(link)?.[1];
        if (id === 'driver' || container === undefined || !isOurs(container)) continue;
        found.push({ container, node: nodeAddress(/^https?:\/\/[^/]+/i.exec(link)?.[0] ?? '') });
      }
    }
    return found;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    return [];
  }
}
