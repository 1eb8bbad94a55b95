import type { Run } from '../app/index.js';
import type { RunOutcome } from '../core/index.js';
import type { RunAnswer, Trouble } from './answer.js';
import { cut } from './cut.js';
import { runInLedger } from './in-ledger.js';
import type { Invocation } from './invocation.js';
import type { SubmitRequest } from './payload.js';
import { fitAnswer } from './short.js';
import { handlerError } from './thrown.js';
import { ageOf, carried, overLimit, waitForStatus } from './turns.js';
import { onlyOutputUnseen } from './unseen.js';

export interface TroubleOptions {
  /**
   * How long nobody may be able to say how a run is, because `status` or `cancel` fails and `submit` sees nothing either, before
   * the execution ends as `RunUndecided`. The job is left as it is. @defaultValue `21_600`, six hours
   */
  readonly undecidedAfterSeconds?: number;
}

const UNDECIDED_AFTER_S = 21_600;
/** Long enough that the history has room for all of the tries. */
const AGAIN_SECONDS = 300;

/**
 * The look that `status` could not take, for a run that the ledger holds as going on: submit can see an end as well. Where it
 * sees none either, the trouble goes on, and so does one to stop a run.
 */
export async function lookedAfterTrouble(
  call: Invocation,
  request: SubmitRequest,
  run: Run,
  events: number,
): Promise<{ readonly outcome?: RunOutcome } | { readonly answer: RunAnswer }> {
  const { run: before, attempt, timeoutSeconds = Infinity, trouble: failure } = request;
  const { runs } = await call.services();
  let why: string | undefined;
  let isOver = false;
  try {
    const status = await run.status({ signal: call.signal });
    isOver = onlyOutputUnseen(status);
    if (status.state === 'unknown') why = status.unclear ?? 'no server can say how it is';
  } catch (error) {
    why = cut(error instanceof Error ? error.message : String(error), 300);
  }
  const outcome = (await runInLedger(runs, run.ref.key))?.outcome;
  if (outcome) return { outcome };
  const of = before?.next === 'cancel' ? 'cancel' : 'status';
  const ageMs = ageOf(run.ref, call.clock.now());
  const tooOld = of === 'status' && !isOver ? overLimit(ageMs, timeoutSeconds) : undefined;
  if (tooOld) return { answer: fitAnswer({ v: 1, ...tooOld, ref: run.ref, events }) };
  if (of === 'status' && why === undefined) return {};
  const last = before?.trouble;
  const goesOn = last?.attempt === attempt && last.of === of;
  const trouble: Trouble = {
    of,
    since: goesOn ? last.since : new Date(call.clock.now()).toISOString(),
    attempt,
    reason: cut([failure, why].filter((one) => one !== undefined).join('; '), 500),
    ...(isOver && { isOver }),
  };
  call.telemetry.log('WARN', `${of} tells nothing: ${trouble.reason}`, { run: run.ref });
  const answer = { v: 1, ref: run.ref, events, trouble, ...carried(before) } as const;
  if (of === 'cancel') return { answer: fitAnswer({ ...answer, next: 'cancel', waitSeconds: AGAIN_SECONDS }) };
  const waitSeconds = Math.max(AGAIN_SECONDS, waitForStatus(ageMs, timeoutSeconds * 1_000));
  return { answer: fitAnswer({ ...answer, next: 'status', waitSeconds }) };
}

/**
 * Ends what cannot be decided: an execution that is handed over and over, and never says so, helps nobody.
 * @throws an error `RunUndecided`: not that the run failed, for it may go on
 */
export function checkDecided(
  { clock }: Pick<Invocation, 'clock'>,
  { trouble, ref }: RunAnswer,
  { undecidedAfterSeconds = UNDECIDED_AFTER_S, isFull }: TroubleOptions & { readonly isFull: boolean },
): void {
  if (!trouble || !ref) return;
  const forMs = clock.now() - Date.parse(trouble.since);
  if (forMs <= undecidedAfterSeconds * 1_000 && !isFull) return;
  const { key, attempt, appId } = ref;
  const minutes = Math.round(forMs / 60_000);
  const what = trouble.of === 'cancel' ? 'It is too old and cannot be stopped' : 'Nobody can say how it is';
  const told = trouble.isOver
    ? 'It has ended; a redrive concludes it once that can be told'
    : 'It may still run: livywire status; a redrive, or another call under its key, goes on with it';
  const run = `${key} (attempt ${attempt}${appId === undefined ? '' : `, ${appId}`})`;
  throw handlerError(
    'RunUndecided',
    `${what}: ${trouble.of} has failed for ${minutes} min | ${trouble.reason} | ${told} | Run ${run}`,
  );
}
