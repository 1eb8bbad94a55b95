import { isBackPressure } from '../app/index.js';
import { isLivywireError, type RunOutcome, type RunRef } from '../core/index.js';
import type { Run } from '../app/index.js';
import type { RunAnswer } from './answer.js';
import { cut } from './cut.js';
import { TimeUpError } from './deadline.js';
import { endInLedger, runInLedger } from './in-ledger.js';
import type { Invocation } from './invocation.js';
import type { SubmitRequest } from './payload.js';
import { loadTell, loadTrouble } from './later.js';
import { doneAnswer, fitAnswer } from './short.js';
import { handlerError } from './thrown.js';
import { busOf } from './tell/bus.js';
import { ageOf, eventsAfterSubmit, isAfterTrouble, waitForSettling, waitForStatus } from './turns.js';

/** What is pending for so long waits in no queue any more: somebody has to look. */
const LONGEST_PENDING_MS = 3_600_000;
/** Of the time that is left. */
const DEADLINE_SHARE = 0.9;
/**
 * For the other runs of a batch, to write down what was just answered; then for a request whose connection was closed, to write down
 * that its fate is open.
 */
const WIND_DOWN_MS = 250;

/** What a submit came to. `outcome`: where the run has ended. */
export interface Submitted {
  readonly how: 'started' | 'adopted' | 'pending';
  readonly answer: RunAnswer;
  readonly outcome?: RunOutcome;
}

/** One submit within one invocation: started, adopted, ended or pending. @throws as the engine does for anything else */
export async function submitRun(call: Invocation, request: SubmitRequest): Promise<Submitted> {
  const { clock, signal, telemetry } = call;
  const { job, key, attempt, output, inputs, timeoutSeconds, run: before } = request;
  const events = eventsAfterSubmit(request);
  const known = await endOfSeen(call, request);
  if (known) return { how: 'adopted', ...concluded(known, events) };
  const { runs } = await call.services();
  let run: Run;
  try {
    run = await runs.submit(job, {
      key,
      attempt,
      signal,
      // Before our own limit, so that the engine ends it in good order.
      deadlineMs: call.leftMs() * DEADLINE_SHARE,
      ...(output !== undefined && { output }),
      ...(inputs && { inputs }),
    });
  } catch (error) {
    if (!(error instanceof TimeUpError) && !isPending(error)) throw error;
    return { how: 'pending', answer: await pending(call, request, error, events) };
  }
  const how = run.how === 'started' ? 'started' : 'adopted';
  telemetry.count(how === 'started' ? 'Submits' : 'Adoptions');
  telemetry.log('INFO', how, { run: run.ref });
  let outcome = run.outcome ?? (hasSeenEnd(before, run.ref) ? await endOf(call, run) : undefined);
  if (!outcome && isAfterTrouble(request)) {
    const { lookedAfterTrouble } = await loadTrouble();
    const looked = await lookedAfterTrouble(call, request, run, events);
    if ('answer' in looked) return { how, answer: looked.answer };
    outcome = looked.outcome;
  }
  if (!outcome && (request.taskToken !== undefined || busOf(call) !== undefined)) {
    const { keepListeners, listenersOf } = await loadTell();
    outcome = await keepListeners(call, run.ref, listenersOf(call, request, run.ref, events));
  }
  if (outcome) return { how, ...concluded(outcome, events) };
  const limitMs = timeoutSeconds === undefined ? Infinity : timeoutSeconds * 1_000;
  const waitSeconds = waitForStatus(ageOf(run.ref, clock.now()), limitMs);
  return { how, answer: fitAnswer({ v: 1, next: 'status', waitSeconds, ref: run.ref, events }) };
}

const concluded = (outcome: RunOutcome, events: number): Pick<Submitted, 'answer' | 'outcome'> => ({
  answer: doneAnswer(outcome, events),
  outcome,
});

/**
 * The end that `status` or `cancel` has seen, where no new attempt may follow: it stands in the ledger, and may have come with
 * that of its cluster, which nobody can submit to any more.
 */
async function endOfSeen(
  call: Invocation,
  { key, attempt, run: before }: SubmitRequest,
): Promise<RunOutcome | undefined> {
  const isSeen = before?.next === 'submit' && (before.status !== undefined || before.outcome !== undefined);
  if (!isSeen) return undefined;
  const { ledger } = await call.services().catch(() => call.readers());
  const attempts = (await ledger.get(key))?.record.attempts ?? [];
  const last = attempts.at(-1);
  if (last?.name !== before.ref?.name || last?.unfinished !== undefined) return undefined;
  const mayBeNew = attempts.filter(({ phase }) => phase !== 'refused').length < attempt;
  return last?.outcome?.kind === 'succeeded' || !mayBeNew ? last?.outcome : undefined;
}

/** Time settles it, or another process does: the same submit goes on later. */
function isPending(error: unknown): boolean {
  if (isLivywireError(error) && error.code === 'SUBMIT_UNKNOWN')
    return !(isLivywireError(error.cause) && error.cause.code !== 'UNREACHABLE');
  return (isLivywireError(error) && error.code === 'SUBMIT_BUSY') || isBackPressure(error);
}

/** `status` has said that it ended, and the ledger does not say why yet. */
const hasSeenEnd = (before: RunAnswer | undefined, ref: RunRef): boolean =>
  before?.next === 'submit' &&
  before.status !== undefined &&
  before.trouble === undefined &&
  before.ref?.name === ref.name;

/** Why it ended may still have to be read, and take longer than there is time: then how it ended has to do. */
async function endOf(call: Invocation, run: Run): Promise<RunOutcome | undefined> {
  try {
    return await run.wait({ signal: call.signal });
  } catch (error) {
    if (!(error instanceof TimeUpError)) throw error;
    const { ledger } = await call.services();
    return endInLedger(ledger, run.ref);
  }
}

async function pending(
  call: Invocation,
  { key, timeoutSeconds = Infinity }: SubmitRequest,
  error: unknown,
  events: number,
): Promise<RunAnswer> {
  const { clock, telemetry } = call;
  const { runs } = await call.services();
  if (error instanceof TimeUpError) {
    await clock.sleep(WIND_DOWN_MS);
    await call.drop();
    await clock.sleep(WIND_DOWN_MS);
  }
  const reason = cut(error instanceof Error ? error.message : String(error), 500);
  const ref = (await runInLedger(runs, key).catch(() => undefined))?.ref;
  const ageMs = ref ? ageOf(ref, clock.now()) : 0;
  telemetry.count('Pending');
  telemetry.log('WARN', 'pending', { key, reason, ...(ref && { run: ref }) });
  const answer = { v: 1, ...(ref && { ref }), events, reason } as const;
  if (ref && ageMs > timeoutSeconds * 1_000) return fitAnswer({ ...answer, next: 'cancel', timedOut: true });
  if (ageMs > LONGEST_PENDING_MS) {
    if (error instanceof TimeUpError) throw handlerError('SubmitUnknownError', reason);
    throw error;
  }
  return fitAnswer({ ...answer, next: 'submit', waitSeconds: waitForSettling(ageMs) });
}
