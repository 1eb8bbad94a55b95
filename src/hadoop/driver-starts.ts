import { type CallOptions, HttpStatusError } from '../core/index.js';
import type { Http, Query } from '../http/index.js';
import * as z from 'zod/mini';
import { driverPlaceOf, WireApp } from './app-report.js';
import { oneOrMore, orNone } from './jettison.js';
import { nodeAddress } from './node-address.js';
import { parsed } from './parsed.js';

/** One start of the driver: YARN's attempt, and the container of its application master. */
export interface DriverStart {
  /** From 1. */
  readonly number: number;
  readonly container: string;
  /** The NodeManager's address, `http://ip-10-0-3-9.ec2.internal:8042`; `undefined` where YARN no longer says. */
  readonly node: string | undefined;
  /** It writes no more, or only its last words. */
  readonly isOver: boolean;
}

/** An application as one who looks for its driver's log sees it. */
export interface DriverApp {
  readonly isOver: boolean;
  /** Its driver is done and has said how it went; it is over within seconds. */
  readonly isEnding?: boolean;
  /** When it ended, YARN's clock, milliseconds. */
  readonly endedMs?: number;
  /** `outside`: client mode, where the log is in no container. `unknown`: not yet, or this YARN does not tell. */
  readonly driver: 'container' | 'outside' | 'unknown';
  /** Whether its logs are being collected yet, or will never be. */
  readonly collected: 'yes' | 'no' | 'later' | 'unknown';
  readonly starts: readonly DriverStart[];
}

const text = z.catch(z.string(), '');
const App = z.extend(WireApp, { logAggregationStatus: text });
type App = z.infer<typeof App>;

const Attempt = z.object({
  id: z.number(),
  containerId: text,
  nodeHttpAddress: text,
  logsLink: text,
  finishedTime: z.catch(z.number(), 0),
});
type Attempt = z.infer<typeof Attempt>;
const Attempts = z.object({
  appAttempts: orNone(z.object({ appAttempt: z.optional(oneOrMore(Attempt)) })),
});

/** Before it is registered with YARN a master has not said yet where its driver is. */
const REGISTERED = new Set(['RUNNING', 'FINISHING', 'FINISHED']);
const OVER = new Set(['FINISHED', 'FAILED', 'KILLED']);
const DONE = new Set(['SUCCEEDED', 'FAILED', 'KILLED']);
const CONTAINER = /^container_\w+$/;

/**
 * `GET /ws/v1/cluster/apps/<id>` and its `/appattempts`. `undefined`: the ResourceManager has no record of it.
 * @throws UnreachableError, HttpStatusError, BadAnswerError
 */
export async function readDriverApp(
  http: Http,
  appId: string,
  query: Query,
  options: CallOptions,
): Promise<DriverApp | undefined> {
  const path = `/ws/v1/cluster/apps/${encodeURIComponent(appId)}`;
  const app = await read(http, path, z.object({ app: App }), { ...options, query });
  if (app === undefined) return undefined;
  const wire = app.app;
  const seen = await read(http, `${path}/appattempts`, Attempts, { ...options, query });
  const attempts = [...(seen?.appAttempts?.appAttempt ?? [])].sort((a, b) => a.id - b.id);
  const isOver = OVER.has(wire.state);
  const starts = attempts.flatMap((attempt, i) => startOf(attempt, isOver || i < attempts.length - 1, http.baseUrl));
  const ended = isOver && wire.finishedTime > 0 && { endedMs: wire.finishedTime };
  const isEnding = !isOver && (wire.state === 'FINISHING' || DONE.has(wire.finalStatus));
  return { isOver, isEnding, ...ended, driver: placeOf(wire), collected: collectedOf(wire), starts };
}

async function read<T>(
  http: Http,
  path: string,
  schema: z.ZodMiniType<T>,
  options: CallOptions & { readonly query: Query },
): Promise<T | undefined> {
  let answer: unknown;
  try {
    answer = await http.get(path, options);
  } catch (error) {
    if (error instanceof HttpStatusError && error.status === 404) return undefined;
    throw error;
  }
  return parsed(schema, answer, `YARN's answer to ${path} is not what was asked for`);
}

function placeOf(app: App): DriverApp['driver'] {
  const place = driverPlaceOf(app);
  if (place === 'application-master') return 'container';
  return place === 'outside' && REGISTERED.has(app.state) ? 'outside' : 'unknown';
}

function collectedOf({ logAggregationStatus: status }: App): DriverApp['collected'] {
  if (/^(?:SUCCEEDED|FAILED)$/.test(status)) return 'yes';
  if (status === 'DISABLED') return 'no';
  return status === '' ? 'unknown' : 'later';
}

function startOf(attempt: Attempt, isPast: boolean, resourceManager: string): DriverStart[] {
  const { id, containerId, nodeHttpAddress, logsLink, finishedTime } = attempt;
  if (!CONTAINER.test(containerId)) return []; // it has none yet, or we may not see it
  const secure = /^https:/.test(logsLink) || (!/^http:/.test(logsLink) && resourceManager.startsWith('https:'));
  const node = nodeAddress(nodeHttpAddress, secure ? 'https' : 'http');
  return [{ number: id, container: containerId, node, isOver: isPast || finishedTime > 0 }];
}
