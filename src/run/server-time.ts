import { AuthError, HttpStatusError, isLivywireError } from '../core/index.js';
import type { EngineDeps } from './deps.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** A failover takes less. */
const WITHIN_MS = 60_000;
const TRIES = 3;
/** A 404 may be a proxy's, once. */
const REFUSALS = 2;

/**
 * The resource manager's time before each POST of one submit. Without it its absence proves nothing afterwards: a
 * request that is lost then stays of unknown fate for good. So an outage is waited out for a minute, with the claim kept,
 * before it is `undefined`. A refusal is not: who may not ask, or asks at a wrong address and is told so twice, is not answered later either.
 */
export class ServerTime {
  readonly #deps: Pick<EngineDeps, 'registry' | 'clock' | 'logger'>;
  #hasWarned = false;

  constructor(deps: Pick<EngineDeps, 'registry' | 'clock' | 'logger'>) {
    this.#deps = deps;
  }

  /** `onSilence`: may end the wait by an error, before it begins. */
  async now(
    { keep, onSilence }: { readonly keep: () => Promise<void>; readonly onSilence: () => Promise<void> },
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    const { registry, clock } = this.#deps;
    const start = clock.now();
    let [refusals, hasAsked] = [0, false];
    let slept = 0; // so that a clock that is set back does not keep us
    for (let i = 1, pause = FIRST_PAUSE_MS; registry; i++, pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await registry.serverTime(signal && { signal });
      } catch (error) {
        signal?.throwIfAborted();
        if (!isLivywireError(error)) throw error;
        const isRefusal = error instanceof AuthError || (error instanceof HttpStatusError && !error.retryable);
        const isLast = error instanceof AuthError || (isRefusal && ++refusals >= REFUSALS);
        if (!hasAsked && !isRefusal) await onSilence();
        hasAsked ||= !isRefusal;
        if (isLast) this.#warn('does not tell its time', error.message);
        else if (!isRefusal) this.#warn('is waited for, up to a minute, to tell its time', error.message);
        if (isLast || (i >= TRIES && Math.max(slept, clock.now() - start) >= WITHIN_MS)) return undefined;
        await clock.sleep(pause, signal);
        slept += pause;
        await keep();
      }
    }
    return undefined;
  }

  /** Once: under back-pressure there are many requests. */
  #warn(what: string, why: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#deps.logger.warn(`YARN ${what} (${why}): without it a request whose answer is lost stays of unknown fate`);
  }
}
