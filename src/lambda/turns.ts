import { LIVY_OVER_YARN_MIN_MS, pace } from '../app/index.js';
import type { RunRef } from '../core/index.js';
import type { RunAnswer } from './answer.js';

/** Wait (2 events), Task over Lambda (5), Choice (2). */
const EVENTS_OF_A_TURN = 9;
/** A turn that ended in trouble: the call, up to 52 more of it, of three events each, and a pause. */
const EVENTS_OF_TROUBLE = 170;
/** Of a Standard execution. */
const HISTORY_EVENTS = 25_000;
/** For what the handlers cannot count: retries, what the machine does besides. */
const HISTORY_RESERVE = 500;
const LONGEST_WAIT_MS = 1_800_000;

/** How long an execution's history may get before a fresh one goes on. */
export interface HistoryOptions {
  /** Events that an execution's history may have. @defaultValue `25_000` */
  readonly historyEvents?: number;
  /** Of them, how many are left for what the handlers cannot count. @defaultValue `500` */
  readonly reserveEvents?: number;
}

/** Events used up once this answer has come back. A fresh execution begins anew. */
export const eventsAfter = (before: RunAnswer | undefined): number =>
  EVENTS_OF_A_TURN + (before === undefined || before.next === 'hand-over' ? 0 : before.events);

interface Asked {
  readonly run?: RunAnswer;
  readonly trouble?: string;
}

/** The last answer named another handler, or the machine says so: that one has failed, and it is submit that is called. */
const hasFailed = ({ run, trouble }: Asked): boolean =>
  trouble !== undefined || run?.next === 'status' || run?.next === 'cancel';

/** The same of a submit, which may follow a call that has failed and counted nothing. */
export const eventsAfterSubmit = (request: Asked): number =>
  eventsAfter(request.run) + (hasFailed(request) ? EVENTS_OF_TROUBLE : 0);

/** Another handler has failed, or has seen nothing for long. */
export const isAfterTrouble = (request: Asked): boolean => hasFailed(request) || request.run?.trouble !== undefined;

/** Whether another turn would come too near to the end of the history. */
export const isHistoryFull = (
  events: number,
  { historyEvents = HISTORY_EVENTS, reserveEvents = HISTORY_RESERVE }: HistoryOptions,
): boolean => events + EVENTS_OF_A_TURN + reserveEvents > historyEvents;

export const ageOf = ({ createdAt }: RunRef, nowMs: number): number => Math.max(0, nowMs - Date.parse(createdAt));

/** What an answer says of a run that is older than it may be. */
export const overLimit = (
  ageMs: number,
  timeoutSeconds: number,
): { readonly next: 'cancel'; readonly timedOut: true; readonly reason: string } | undefined =>
  ageMs > timeoutSeconds * 1_000
    ? { next: 'cancel', timedOut: true, reason: `it is older than its limit of ${timeoutSeconds} s` }
    : undefined;

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

/** Until the next look at a run of that age; one that has a limit is looked at when it is over. */
export const waitForStatus = (ageMs: number, limitMs = Infinity): number =>
  seconds(
    Math.min(
      pace(ageMs, { minMs: LIVY_OVER_YARN_MIN_MS, maxMs: LONGEST_WAIT_MS }),
      Math.max(LIVY_OVER_YARN_MIN_MS, limitMs + 1_000 - ageMs),
    ),
  );

/** Until the next try of what is pending: short at first, for most of it is settled at once. */
export const waitForSettling = (ageMs: number): number => seconds(pace(ageMs * 2, { minMs: 5_000, maxMs: 30_000 }));

/** What goes with a run from answer to answer. */
export const carried = (before: RunAnswer | undefined): Pick<RunAnswer, 'timedOut'> =>
  before?.timedOut ? { timedOut: true } : {};
