import type { RunAnswer } from './answer.js';
import { isTimeUp } from './deadline.js';
import { createHandler, type Handler, type HandlerOptions } from './invocation.js';
import { runAskedFor } from './run-asked-for.js';
import { fitAnswer, shortOutcome } from './short.js';
import { ageOf, carried, eventsAfter, type HistoryOptions, isHistoryFull, waitForSettling } from './turns.js';

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

/** As Lambda calls it. */
export const handler = createCancelHandler();
