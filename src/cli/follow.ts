import type { Run } from '../app/index.js';
import {
  isFinal,
  isLivywireError,
  type RunEvent,
  type RunOutcome,
  type RunStatus,
  type StopState,
  type WaitTimeoutError,
} from '../core/index.js';
import { Chatter } from './chatter.js';
import type { Context } from './define.js';
import { codeOfError, codeOfOutcome, codeOfSignal, exitCodes } from './exit-code.js';
import { Interrupted, type Interrupts } from './interrupts.js';
import { type Left, leftAs, leftOfStop } from './left.js';
import { RunView } from './run-view.js';
import { outcomeLines, plain, runWord } from './show.js';

export interface FollowOptions {
  /** How much of the driver's log to show. `folded`: all but what Spark says of itself. */
  readonly log: 'whole' | 'folded' | 'none';
  readonly tail?: number;
  /** From now on, in milliseconds. */
  readonly timeoutMs?: number;
  /** From its submit until it runs, in milliseconds. */
  readonly queueTimeoutMs?: number;
  readonly onTimeout: 'leave' | 'cancel';
  readonly exitRetryable?: number;
}

/** Without a terminal a signal is answered within 5 s: this much is for the stopping, the rest for saying so. */
const STOP_WITHIN_MS = 4_000;
const STOP_ON_TERMINAL_MS = 180_000;

/** Follows a run to its end and prints it. Whatever ends the following first, it says what became of the job. */
export async function followRun(
  run: Run,
  context: Context,
  interrupts: Interrupts,
  options: FollowOptions,
): Promise<number> {
  const { out, io } = context;
  const { signal } = interrupts;
  const view = new RunView(run, io, out);
  const chatter = new Chatter();
  let isLate: boolean | undefined;
  let last: RunStatus | undefined;
  try {
    const events = run.events({
      signal,
      ...(options.log === 'none' && { log: false }),
      ...(options.tail !== undefined && { tail: options.tail }),
      ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
      ...(options.queueTimeoutMs !== undefined && { queueTimeoutMs: options.queueTimeoutMs }),
    });
    for await (const event of events) {
      if (event.type === 'outcome') {
        view.close();
        if (chatter.leftOut !== undefined) out.note(chatter.leftOut);
        return sayOutcome(event.outcome, context, { exitRetryable: options.exitRetryable, isLate });
      }
      if (event.type === 'state') {
        last = event.status;
        isLate ??= isFinal(last);
      }
      if (options.log === 'none' && isLog(event)) continue;
      const isFolded = options.log === 'folded' && event.type === 'line' && chatter.includes(event);
      if (!isFolded) view.show(event);
    }
    throw new Error('the events of a run ended without its outcome');
  } catch (error) {
    view.close();
    if (signal.aborted) return await interrupted(run, context, interrupts, options, leftAs(last));
    // A submit that used up its time, and sent nothing: whoever wants that stopped has it ended in the ledger.
    const isUnsent = options.timeoutMs === 0 && options.onTimeout === 'cancel' && codeOf(error) === 'RUN_UNSENT';
    const limit = isUnsent ? 'timeout' : limitOf(error);
    if (limit !== undefined) return await timedOut(run, context, interrupts, limit, options, leftAs(last));
    // Something broke on our side of it, which the job knows nothing of, or on its way: what was seen last may be long ago.
    if (!isNoRun(error)) sayLeft(run, context, 'unknown', leftAs(last && isFinal(last) ? last : undefined));
    throw error;
  } finally {
    view.close();
  }
}

/** There is no job that could have been left. */
const isNoRun = (error: unknown): boolean => ['JOB_REFUSED', 'RUN_NOT_FOUND', 'RUN_UNSENT'].includes(codeOf(error));

const codeOf = (error: unknown): string => (isLivywireError(error) ? error.code : '');

const isLog = ({ type }: RunEvent): boolean => type === 'line' || type === 'gap';

interface Said {
  readonly exitRetryable: number | undefined;
  readonly isLate?: boolean | undefined;
  /** The limit that it was stopped at. */
  readonly at?: Reason | undefined;
}

function sayOutcome(outcome: RunOutcome, { out }: Context, { exitRetryable, isLate, at }: Said): number {
  const lines = outcomeLines(outcome, out.paint, isLate);
  const [head = '', ...rest] = lines;
  out.result(head, ...(at !== undefined && outcome.kind === 'cancelled' ? [`  stopped at --${at}`] : []), ...rest);
  out.document({ ...outcome, ...(at !== undefined && { reason: at }) });
  return codeOfOutcome(outcome, exitRetryable);
}

type Limit = WaitTimeoutError['limit'];
/** By its code, not its class: there may be two copies of livywire. */
const limitOf = (error: unknown): Limit | undefined =>
  isLivywireError(error) && error.code === 'WAIT_TIMEOUT' && 'limit' in error ? (error.limit as Limit) : undefined;

type Reason = Limit | 'signal' | 'detached' | 'unknown';

/** One line on stderr: what was left, and how to come back. */
function sayLeft({ ref }: Run, { out }: Context, reason: Reason, { kind, words }: Left): void {
  out.warn(`${words}: ${plain(ref.key)}; come back with: livywire attach ${runWord(ref.key)}`);
  out.document({ v: 1, kind, reason, ref });
}

async function timedOut(
  run: Run,
  context: Context,
  interrupts: Interrupts,
  limit: Limit,
  options: FollowOptions,
  left: Left,
): Promise<number> {
  if (options.onTimeout === 'leave') {
    sayLeft(run, context, limit, { ...left, words: `stopped waiting at --${limit}, ${left.words}` });
    return exitCodes.stillRunning;
  }
  context.out.note(`--${limit} is over${limit === 'timeout' ? '' : ', and it does not run yet'}: stopping the job`);
  return stop(
    run,
    context,
    { withinMs: STOP_ON_TERMINAL_MS, giveUp: interrupts.signal, reason: limit, code: exitCodes.stillRunning, left },
    options,
  );
}

async function interrupted(
  run: Run,
  context: Context,
  { signal, again }: Interrupts,
  options: FollowOptions,
  left: Left,
): Promise<number> {
  const why = signal.reason as Interrupted;
  const code = why.asked || why.signal === undefined ? exitCodes.stillRunning : codeOfSignal(why.signal);
  const reason = why.asked ? 'detached' : 'signal';
  if (why.wish === 'leave') {
    sayLeft(run, context, reason, left);
    return code;
  }
  if (left.kind !== 'ended') context.out.note('stopping the job');
  const withinMs = why.asked ? STOP_ON_TERMINAL_MS : STOP_WITHIN_MS;
  return stop(run, context, { withinMs, giveUp: again, reason, code, left }, options);
}

interface StopOptions {
  readonly withinMs: number;
  readonly giveUp: AbortSignal;
  readonly reason: Reason;
  /** When it was not seen to stop. */
  readonly code: number;
  /** As it was before. */
  readonly left: Left;
}

/** Stops the job, and says so only when a server did. A server that does not answer holds nobody up. */
async function stop(
  run: Run,
  context: Context,
  options: StopOptions,
  { exitRetryable }: FollowOptions,
): Promise<number> {
  const { io, out } = context;
  const over = new AbortController();
  const late = io.clock.sleep(options.withinMs, AbortSignal.any([over.signal, options.giveUp])).catch(() => undefined);
  const signal = AbortSignal.any([over.signal, options.giveUp]);
  let state: StopState = 'unsent';
  const onStop = (to: StopState): void => void (state = to);
  const unproven = (words?: string): void => {
    const left = leftOfStop(state, options.left);
    const isKnown = words === undefined || left.kind === 'ended';
    sayLeft(run, context, options.reason, isKnown ? left : { ...left, words });
  };
  const isLimit = options.reason === 'timeout' || options.reason === 'queue-timeout';
  try {
    const outcome = await Promise.race([run.cancel({ timeoutMs: options.withinMs, signal, onStop }), late]);
    if (outcome) return sayOutcome(outcome, context, { exitRetryable, at: isLimit ? options.reason : undefined });
  } catch (error) {
    if (!isLivywireError(error)) {
      if (!options.giveUp.aborted) throw error;
    } else if (isNoRun(error)) {
      throw error;
    } else if (error.code !== 'WAIT_TIMEOUT') {
      out.error(error.message);
      unproven('could not be stopped, may be running');
      return isLimit ? codeOfError(error) : options.code;
    }
  } finally {
    over.abort();
  }
  unproven();
  const why: unknown = options.giveUp.reason;
  const isEnded = options.giveUp.aborted && isLimit && why instanceof Interrupted && !why.asked;
  return isEnded && why.signal !== undefined ? codeOfSignal(why.signal) : options.code;
}
