import type { DiagnoseAnswer } from './answer.js';
import { runInLedger } from './in-ledger.js';
import { createHandler, type Handler, type HandlerOptions } from './invocation.js';
import { runAskedFor } from './run-asked-for.js';
import { fitDiagnose, IN_DIAGNOSE, shortDiagnosis, shortOutcome, shortStatus } from './short.js';

/** The function that says why a run failed, from YARN's report and the log as they are now. */
export function createDiagnoseHandler(options: HandlerOptions = {}): Handler<DiagnoseAnswer> {
  return createHandler('diagnose', options, async (event, call) => {
    const { run, runs } = await runAskedFor(event, call);
    const { status, diagnosis } = await run.diagnose({ signal: call.signal });
    const kept = await runInLedger(runs, run.ref.key);
    const outcome = kept?.ref.name === run.ref.name ? kept.outcome : undefined;
    return fitDiagnose({
      v: 1,
      ref: run.ref,
      status: shortStatus(status),
      ...(outcome && { outcome: shortOutcome(outcome) }),
      ...(diagnosis && { diagnosis: shortDiagnosis(diagnosis, IN_DIAGNOSE) }),
    });
  });
}

/** As Lambda calls it. */
export const handler = createDiagnoseHandler();
