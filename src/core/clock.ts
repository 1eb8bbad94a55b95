import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './ports.js';

// A timer longer than 2^31-1 ms fires at once.
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  async sleep(ms, signal) {
    for (let left = ms; ; left -= LONGEST_TIMER_MS) {
      signal?.throwIfAborted();
      try {
        await delay(Math.max(0, Math.min(left, LONGEST_TIMER_MS)), undefined, signal && { signal });
      } catch (error) {
        signal?.throwIfAborted(); // the caller's own reason, not timers' AbortError
        throw error;
      }
      if (left <= LONGEST_TIMER_MS) return;
    }
  },
};
