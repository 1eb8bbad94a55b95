import { type CallOptions, isLivywireError } from '../core/index.js';
import type { Http, Query } from '../http/index.js';
import * as z from 'zod';
import { Attempt, text } from './spark-wire.js';

/** A container that runs, or ran, an executor. */
export interface ExecutorContainer {
  readonly container: string;
  /** Its NodeManager's address; `undefined` where nobody says. */
  readonly node: string | undefined;
}

const Running = z.object({
  container: z.array(z.object({ containerId: text, nodeHttpAddress: text })).catch([]),
});
const Application = z.object({ attempts: z.array(Attempt).catch([]) });
const Executors = z.array(z.object({ id: text, executorLogs: z.record(z.string(), z.string()).catch({}) }));

/** The containers that run now: `GET /ws/v1/cluster/apps/<id>/appattempts/<attempt>/containers`. */
export async function runningContainers(
  resourceManager: Http,
  appId: string,
  attempt: number,
  options: CallOptions & { readonly query: Query },
): Promise<ExecutorContainer[]> {
  const attemptId = `${appId.replace(/^application/, 'appattempt')}_${String(attempt).padStart(6, '0')}`;
  const path = `/ws/v1/cluster/apps/${appId}/appattempts/${attemptId}/containers`;
  const read = Running.safeParse(await resourceManager.get(path, options));
  const all = read.success ? read.data.container : [];
  return all.map(({ containerId, nodeHttpAddress }) => ({
    container: containerId,
    node: URL.canParse(nodeHttpAddress) ? new URL(nodeHttpAddress).origin : undefined,
  }));
}

/**
 * All containers that ever ran an executor, as Spark's History Server knows them from the links to their logs:
 * `GET /api/v1/applications/<id>/<attempt>/allexecutors`. Empty where it does not know the application.
 */
export async function recordedContainers(
  history: Http,
  appId: string,
  options: CallOptions,
): Promise<ExecutorContainer[]> {
  const path = `/api/v1/applications/${encodeURIComponent(appId)}`;
  try {
    const app = Application.parse(await history.get(path, options));
    const found: ExecutorContainer[] = [];
    for (const { attemptId } of app.attempts.toReversed()) {
      const of = attemptId === undefined ? path : `${path}/${encodeURIComponent(attemptId)}`;
      const executors = Executors.safeParse(await history.get(`${of}/allexecutors`, options));
      for (const { id, executorLogs } of executors.data ?? []) {
        const link = Object.values(executorLogs)[0] ?? '';
        const container = /\/(container_\w+)\//.exec(link)?.[1];
        if (id !== 'driver' && container !== undefined) found.push({ container, node: new URL(link).origin });
      }
    }
    return found;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isLivywireError(error) && !(error instanceof z.ZodError)) throw error;
    return [];
  }
}
