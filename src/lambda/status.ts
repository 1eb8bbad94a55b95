import { isFinal, isLivywireError, type RunOutcome, type RunRef, type RunStatus } from '../core/index.js';
import type { Run, Runs } from '../app/index.js';
import type { RunAnswer } from './answer.js';
import { cut } from './cut.js';
import { isTimeUp, TimeUpError } from './deadline.js';
import { endInLedger, runInLedger } from './in-ledger.js';
import { createHandler, type Handler, type HandlerOptions, type Invocation } from './invocation.js';
import { keyIn } from './payload.js';
import { runAskedFor } from './run-asked-for.js';
import { fitAnswer, shortOutcome, shortStatus } from './short.js';
import { ageOf, carried, eventsAfter, type HistoryOptions, isHistoryFull, overLimit, waitForStatus } from './turns.js';
import { isUnclear, onlyOutputUnseen, unseen } from './unseen.js';

export interface StatusHandlerOptions extends HandlerOptions, HistoryOptions {}

/** Longest look at a run that no server has a record of: after a minute without a break it counts as lost. */
const LOOK_MS = 90_000;
const AGAIN_MS = 5_000;
/** EMR copies logs to S3 every five minutes: one that is not there seven minutes after the end does not come any more. */
const LOG_COMES_WITHIN_MS = 420_000;
const LOG_AGAIN_SECONDS = 60;

/** What a look came to. `isOver`: its end is in the ledger. */
interface Look {
  readonly ref: RunRef;
  readonly status?: RunStatus;
  /** Or nothing was ever started, and nobody is at it: `submit` goes on. */
  readonly isOver: boolean;
  /** It has ended, and its log, which says why, may still come. */
  readonly isUnexplained?: true;
  readonly outcome?: RunOutcome;
  readonly reason?: string;
  /** For all of the time nobody could say how it is, or how it ended. */
  readonly isUnseen?: true;
}

/**
 * The function that looks at a run once and says when to look again. An end is written to the ledger with its reason, and
 * `next` is `submit` then, which concludes. A server that does not answer is no end: `next` is `status`, with a reason.
 */
export function createStatusHandler(options: StatusHandlerOptions = {}): Handler<RunAnswer> {
  return createHandler('status', options, async (event, call) => {
    const { fields, before, run, runs } = await runAskedFor(event, call);
    const timeoutSeconds = fields.whole('timeoutSeconds', 1) ?? Infinity;
    call.telemetry.count('Polls');
    const { ref, status, isOver, isUnexplained, isUnseen, outcome, reason } = await look(call, runs, run, before);
    const events = eventsAfter(before);
    const answer = {
      v: 1,
      ref,
      ...(status && { status: shortStatus(status) }),
      ...carried(before),
      ...(reason !== undefined && { reason }),
      events,
    } as const;
    if (isOver) return fitAnswer({ ...answer, next: 'submit', ...(outcome && { outcome: shortOutcome(outcome) }) });
    const next = isHistoryFull(events, options) ? 'hand-over' : 'status';
    if (isUnexplained) return fitAnswer({ ...answer, next, waitSeconds: LOG_AGAIN_SECONDS });
    const ageMs = ageOf(ref, call.clock.now());
    const waitSeconds = waitForStatus(ageMs, timeoutSeconds * 1_000);
    const hasEnded = status !== undefined && onlyOutputUnseen(status);
    const tooOld = hasEnded ? undefined : overLimit(ageMs, timeoutSeconds);
    if (tooOld) return fitAnswer({ ...answer, ...tooOld });
    if (!isUnseen) return fitAnswer({ ...answer, next, waitSeconds });
    const seen = { attempt: keyIn(fields)?.attempt ?? 1, reason: reason ?? 'it shows nothing' };
    const { trouble, isLong } = unseen(call, before, { ...seen, ...(hasEnded && { isOver: true }) });
    // Only submit may end an execution, and does so where nobody can say for hours.
    return fitAnswer({
      ...answer,
      trouble,
      ...(isLong && next === 'status' ? { next: 'submit' } : { next, waitSeconds }),
    });
  });
}

async function look(call: Invocation, runs: Runs, run: Run, before: RunAnswer | undefined): Promise<Look> {
  const { telemetry, signal } = call;
  let status: RunStatus | undefined;
  try {
    const timeoutMs = Math.min(LOOK_MS, call.leftMs());
    for await (const seen of run.watch({ timeoutMs, maxDelayMs: AGAIN_MS, signal })) {
      status = seen;
      // What has ended and cannot be told yet may be by the next reading.
      if (!isEnd(seen) && !isUnclear(seen)) return { ref: run.ref, status, isOver: false };
    }
    const kept = await runInLedger(runs, run.ref.key);
    const outcome = kept?.ref.name === run.ref.name ? kept.outcome : undefined;
    if (outcome) telemetry.outcome(outcome);
    telemetry.log('INFO', 'ended', { run: run.ref, outcome: outcome?.kind ?? status?.state });
    return { ref: run.ref, ...(status && { status }), isOver: true, ...(outcome && { outcome }) };
  } catch (error) {
    if (error instanceof TimeUpError && status && isEnd(status)) {
      const mayCome = await mayBeExplained(call, run.ref, before);
      const reason = 'it has ended, and why is still being read';
      return { ref: run.ref, status, isOver: !mayCome, ...(mayCome && { isUnexplained: true }), reason };
    }
    if (isLivywireError(error) && error.code === 'RUN_UNSENT')
      return { ref: run.ref, isOver: true, reason: cut(error.message, 500) };
    if (!isTimeUp(error)) throw error;
    const reason = cut(status?.unclear ?? 'no server could say how it is', 500);
    telemetry.log('WARN', reason, { run: run.ref });
    return { ref: run.ref, ...(status && { status }), isOver: false, isUnseen: true, reason };
  }
}

/** Whether it is worth another look. Where the ledger does not know of the end, it is looked at twice. */
async function mayBeExplained(call: Invocation, ref: RunRef, before: RunAnswer | undefined): Promise<boolean> {
  const { ledger } = await call.services();
  const ended = await endInLedger(ledger, ref).catch(() => undefined);
  if (ended) return call.clock.now() - Date.parse(ended.knownAt) < LOG_COMES_WITHIN_MS;
  return before?.status === undefined || !isFinal(before.status);
}

/** That nobody knows is an end, too. */
const isEnd = (status: RunStatus): boolean => isFinal(status) || status.raw === 'lost';

/** As Lambda calls it. */
export const handler = createStatusHandler();
