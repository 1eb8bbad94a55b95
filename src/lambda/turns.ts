import { LIVY_OVER_YARN_MIN_MS, pace } from '../app/index.js';
import type { RunRef } from '../core/index.js';
import type { RunAnswer } from './answer.js';

/** Wait (2 events), Task over Lambda (5), Choice (2). */
const EVENTS_OF_A_TURN = 9;
/** Of a Standard execution. */
export const HISTORY_EVENTS = 25_000;
/** For what the handlers cannot count: retries, what the machine does besides. */
export const HISTORY_RESERVE = 500;
const LONGEST_WAIT_MS = 1_800_000;

/** Events used up once this answer has come back. A fresh execution begins anew. */
export const eventsAfter = (before: RunAnswer | undefined): number =>
  EVENTS_OF_A_TURN + (before === undefined || before.next === 'hand-over' ? 0 : before.events);

/** Whether another turn would come too near to the end of the history. */
export const isHistoryFull = (events: number, historyEvents: number, reserve: number): boolean =>
  events + EVENTS_OF_A_TURN + reserve > historyEvents;

export const ageOf = ({ createdAt }: RunRef, nowMs: number): number => Math.max(0, nowMs - Date.parse(createdAt));

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

/** Until the next look at a run of that age. */
export const waitForStatus = (ageMs: number): number =>
  seconds(pace(ageMs, { minMs: LIVY_OVER_YARN_MIN_MS, maxMs: LONGEST_WAIT_MS }));

/** Until the next try of what is pending: short at first, for most of it is settled at once. */
export const waitForSettling = (ageMs: number): number => seconds(pace(ageMs * 2, { minMs: 5_000, maxMs: 30_000 }));

/** What goes with a run from answer to answer. */
export const carried = (before: RunAnswer | undefined): Pick<RunAnswer, 'timedOut'> =>
  before?.timedOut ? { timedOut: true } : {};
