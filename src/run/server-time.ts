import { isLivywireError } from '../core/index.js';
import type { EngineDeps } from './deps.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** A failover takes less. */
const WITHIN_MS = 60_000;
const TRIES = 3;

/**
 * The resource manager's time before a POST. Without it its absence proves nothing afterwards: a request that is lost
 * then stays of unknown fate for good. So an outage is waited out for a minute, with the claim kept, before it is `undefined`.
 */
export async function serverTime(
  { registry, clock }: Pick<EngineDeps, 'registry' | 'clock'>,
  keep: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const start = clock.now();
  let slept = 0; // so that a clock that is set back does not keep us
  for (let i = 1, pause = FIRST_PAUSE_MS; registry; i++, pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await registry.serverTime(signal && { signal });
    } catch (error) {
      signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      if (i >= TRIES && Math.max(slept, clock.now() - start) >= WITHIN_MS) return undefined;
      await clock.sleep(pause, signal);
      slept += pause;
      await keep();
    }
  }
  return undefined;
}
