import type { Run } from '../app/index.js';
import type { RunStatus } from '../core/index.js';
import type { RunAnswer } from './answer.js';
import { isTimeUp } from './deadline.js';
import { createHandler, type Handler, type HandlerOptions, type Invocation } from './invocation.js';
import { runAskedFor } from './run-asked-for.js';
import { fitAnswer, shortOutcome } from './short.js';
import { ageOf, carried, eventsAfter, type HistoryOptions, isHistoryFull, waitForSettling } from './turns.js';
import { onlyOutputUnseen } from './unseen.js';

/** A server that is silent keeps the request to stop from nobody: the look has a part of the time, no more. */
const LOOK_SHARE = 1 / 5;
const LOOK_MOST_MS = 5_000;

export interface CancelHandlerOptions extends HandlerOptions, HistoryOptions {}

/**
 * The function that stops a run and proves it at YARN. Answers `next: 'submit'` with the outcome once it is over, which is
 * what it was where it had ended already; `next: 'cancel'` while it stops, and `hand-over` where the history is nearly full by then.
 */
export function createCancelHandler(options: CancelHandlerOptions = {}): Handler<RunAnswer> {
  return createHandler('cancel', options, async (event, call) => {
    const { before, run } = await runAskedFor(event, call);
    const { signal, telemetry, clock } = call;
    const answer = () =>
      ({
        v: 1,
        ref: run.ref,
        events: eventsAfter(before),
        ...(before?.reason !== undefined && { reason: before.reason }),
        ...carried(before),
      }) as const;
    telemetry.count('Cancels');
    const status = await glance(run, call);
    if (status && onlyOutputUnseen(status)) {
      // Nothing is left to stop, and waiting here would have no end: `status` counts how long nobody can tell, and ends it.
      const { timedOut: _, ...said } = answer();
      const trouble = before?.trouble;
      const next = isHistoryFull(said.events, options) ? 'hand-over' : 'status';
      const waitSeconds = waitForSettling(ageOf(run.ref, clock.now()));
      return fitAnswer({ ...said, ...(trouble?.of === 'status' && { trouble }), next, waitSeconds });
    }
    try {
      const outcome = await run.cancel({ timeoutMs: call.leftMs(), signal });
      telemetry.outcome(outcome);
      telemetry.log('INFO', 'over', { run: outcome.ref, outcome: outcome.kind });
      return fitAnswer({ ...answer(), next: 'submit', outcome: shortOutcome(outcome) });
    } catch (error) {
      if (!isTimeUp(error)) throw error;
      telemetry.log('WARN', error.message, { run: run.ref });
      const waitSeconds = waitForSettling(ageOf(run.ref, clock.now()));
      // A fresh execution finds it too old again, and goes on stopping it.
      const next = isHistoryFull(answer().events, options) ? 'hand-over' : 'cancel';
      return fitAnswer({ ...answer(), next, waitSeconds });
    }
  });
}

/** How it is, where a server says so soon. */
async function glance(run: Run, call: Invocation): Promise<RunStatus | undefined> {
  const { clock, signal } = call;
  const [late, done] = [new AbortController(), new AbortController()];
  clock.sleep(Math.min(LOOK_MOST_MS, call.leftMs() * LOOK_SHARE), done.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    return await run.status({ signal: AbortSignal.any([signal, late.signal]) });
  } catch {
    return undefined;
  } finally {
    done.abort();
  }
}

/** As Lambda calls it. */
export const handler = createCancelHandler();
