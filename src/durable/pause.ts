import type { Progress } from './turn.js';

/** Until then the handlers' own pace: 5 % of the age, half an hour at most. 1,560 looks by then. */
const MONTH_S = 30 * 86_400;
/** Of the age, from then on: another 1,250 looks are a year. */
const SHARE_LATER = 1 / 500;
const FIRST_BACKOFF_S = 5;
const LONGEST_BACKOFF_S = 900;
/** As a state machine of ours waits before a submit says how a run stands. */
const AFTER_TROUBLE_S = 60;

/** Whole seconds until the next turn, at least 1. */
export function pauseAfter(
  { answer, failures, trouble }: Progress,
  { nowMs, timeoutSeconds = Infinity }: { readonly nowMs: number; readonly timeoutSeconds?: number | undefined },
): number {
  // Anywhere between nothing and that: a thousand executions do not come in step.
  if (failures > 0)
    return atLeastOne(Math.random() * Math.min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** (failures - 1)));
  if (trouble) return AFTER_TROUBLE_S;
  const wait = answer?.waitSeconds ?? 1;
  if (answer?.next !== 'status' || !answer.ref) return atLeastOne(wait);
  const ageS = (nowMs - Date.parse(answer.ref.createdAt)) / 1_000;
  if (!(ageS > MONTH_S)) return atLeastOne(wait);
  // One that has a limit is looked at when it is over.
  return atLeastOne(Math.max(wait, Math.min(ageS * SHARE_LATER, timeoutSeconds + 1 - ageS)));
}

const atLeastOne = (seconds: number): number => Math.max(1, Math.ceil(seconds));
