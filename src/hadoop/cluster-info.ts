import { HttpStatusError, UnreachableError } from '../core/index.js';
import type { Http, RequestOptions } from '../http/index.js';
import * as z from 'zod/mini';
import { parsed } from './parsed.js';

const Info = z.object({
  clusterInfo: z.object({
    startedOn: z.number(),
    state: z.string(),
    /** `ACTIVE`, also where there is no second one; `STANDBY`; `INITIALIZING` while it reads its state store. */
    haState: z.catch(z.optional(z.string()), undefined),
    resourceManagerVersion: z.catch(z.string(), ''),
  }),
});

/** Who answers: one ResourceManager, and how it is. */
export interface ClusterInfo {
  /** Start of its process, server time in milliseconds. */
  readonly startedMs: number;
  readonly version: string;
  /** Why its other answers say nothing; `undefined` when they do. */
  readonly notReady?: string;
  /** What its clock said, cut to the second; `undefined` when the answer had no date. */
  readonly now?: number;
}

/** `GET /ws/v1/cluster/info`: every ResourceManager answers it for itself, a standby one too. @throws BadAnswerError */
export async function readClusterInfo(http: Http, options: RequestOptions): Promise<ClusterInfo> {
  const { data, headers } = await http.request('GET', '/ws/v1/cluster/info', options);
  const what = "YARN's answer is not that of a ResourceManager (clusterInfo with startedOn)";
  const { startedOn, state, haState, resourceManagerVersion } = parsed(Info, data, what).clusterInfo;
  const notReady = notReadyReason(state, haState);
  const now = dateOf(headers.date);
  return {
    startedMs: startedOn,
    version: resourceManagerVersion,
    ...(notReady !== undefined && { notReady }),
    ...(now !== undefined && { now }),
  };
}

function notReadyReason(state: string, haState = 'ACTIVE'): string | undefined {
  if (haState === 'STANDBY') {
    return 'the ResourceManager at this address is a standby one; give the address of the active one';
  }
  // Seen: while it recovers, it already answers, and that every application is unknown.
  if (haState !== 'ACTIVE') return `the ResourceManager is not ready yet (${haState})`;
  return state === 'STARTED' ? undefined : `the ResourceManager is not ready (${state})`;
}

/** The ResourceManager sends its `Date` twice (seen on 3.3.4), and HTTP clients join the two with a comma. */
function dateOf(header: string | undefined): number | undefined {
  const first = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT/.exec(header ?? '')?.[0];
  const ms = Date.parse(first ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

/** The standby's way to say that it knows of no active one: a redirect to nowhere. */
export function asNoActiveOne(error: unknown): unknown {
  if (!(error instanceof HttpStatusError) || error.status < 300 || error.status > 399) return error;
  if (!/find any active RM|no active RM/i.test(error.serverMessage)) return error;
  return new UnreachableError(`YARN has no active ResourceManager just now (${error.serverMessage})`, 'no', {
    cause: error,
  });
}
