import pRetry from 'p-retry';
import { type Clock, HttpStatusError, type Logger, UnreachableError } from '../core/index.js';
import { isSettled } from './failure.js';

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 10_000;
/** No new try is begun after this long, whatever the number of retries. */
const BUDGET_MS = 60_000;

export interface RetrySettings {
  readonly retries: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly logger?: Logger | undefined;
}

/** Repeats a read. Pauses double from 0.3 s to 10 s, with jitter; a Retry-After that fits the minute is kept to. */
export async function retrying<T>(
  read: () => Promise<T>,
  { retries, clock, signal, logger }: RetrySettings,
): Promise<T> {
  let first: unknown;
  const start = clock.now();
  try {
    return await read(); // nearly always the only one, so it is spared the machinery
  } catch (error) {
    first = error;
  }
  const again = () => {
    if (first === undefined) return read();
    const error = first;
    first = undefined;
    throw error;
  };
  return pRetry(again, {
    retries,
    minTimeout: 0, // the pause is ours: p-retry knows neither Retry-After nor a clock
    shouldRetry: async ({ error, retriesConsumed }) => {
      const pause = healsByItself(error) ? pauseAfter(error, retriesConsumed) : undefined;
      if (pause === undefined || clock.now() - start + pause > BUDGET_MS) return false;
      logger?.debug(`Trying again in ${Math.round(pause)} ms: ${error.message}`);
      await clock.sleep(pause, signal);
      return true;
    },
  });
}

const healsByItself = (error: Error): boolean =>
  (error instanceof UnreachableError && !isSettled(error)) || (error instanceof HttpStatusError && error.retryable);

/** A thousand clients that failed together do not come back together. */
function pauseAfter(error: Error, retriesConsumed: number): number {
  const asked = error instanceof HttpStatusError ? error.retryAfterMs : undefined;
  if (asked !== undefined) return asked + Math.random() * Math.min(1_000, 100 + asked / 10);
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retriesConsumed) * (0.5 + Math.random() / 2);
}
