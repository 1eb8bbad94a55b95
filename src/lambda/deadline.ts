import { setMaxListeners } from 'node:events';
import { type Clock, isLivywireError } from '../core/index.js';
import type { LambdaContext } from './context.js';

/** Kept for the answer and the log, in milliseconds; of a short time no more than a fifth. */
const MARGIN_MS = 2_000;
/** Where nobody says how long there is: called by hand. */
const WITHOUT_CONTEXT_MS = 60_000;

/** The time was up: what was under way was told to stop. */
export class TimeUpError extends Error {
  override readonly name = 'TimeUpError';
}

/** Whether waiting stopped at its limit, the invocation's or its own. */
export const isTimeUp = (error: unknown): error is Error =>
  error instanceof TimeUpError || (isLivywireError(error) && error.code === 'WAIT_TIMEOUT');

/** What is left of an invocation. */
export interface TimeLeft {
  /** Aborts, with a {@link TimeUpError}, before the function would be stopped. */
  readonly signal: AbortSignal;
  /** Milliseconds until then. */
  leftMs(): number;
}

/** Runs `work` with a signal that aborts in time for an answer. Nothing of it goes on afterwards. */
export async function withTimeLeft<T>(
  clock: Clock,
  context: LambdaContext | undefined,
  work: (time: TimeLeft) => Promise<T>,
): Promise<T> {
  const allMs = context?.getRemainingTimeInMillis?.() ?? WITHOUT_CONTEXT_MS;
  const until = clock.now() + allMs - Math.min(MARGIN_MS, allMs / 5);
  const leftMs = () => Math.max(0, until - clock.now());
  const [late, done] = [new AbortController(), new AbortController()];
  // Every run that a watcher follows listens, and each stops when it is over: Node would take more than ten for a leak.
  setMaxListeners(0, late.signal);
  clock.sleep(leftMs(), done.signal).then(
    () => late.abort(new TimeUpError('The time of this invocation was up')),
    () => undefined,
  );
  try {
    return await work({ signal: late.signal, leftMs });
  } finally {
    done.abort();
  }
}
