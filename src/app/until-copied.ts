import type { Clock } from '../core/index.js';

/** EMR copies about every five minutes. */
export const COPIED_WITHIN_MS = 420_000;
const LOOK_EACH_MS = 15_000;

/** Looks until a copy has what is looked for, or `waitMs` (milliseconds) are over: then the last look is the answer. */
export async function untilCopied<T>(
  look: () => Promise<T>,
  isThere: (seen: T) => boolean,
  options: {
    readonly clock: Clock;
    readonly waitMs: number;
    readonly onWait: (seen: T) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<T> {
  const { clock, waitMs, onWait, signal } = options;
  const until = clock.now() + waitMs;
  for (let isFirst = true; ; isFirst = false) {
    const seen = await look();
    if (isThere(seen) || clock.now() >= until) return seen;
    if (isFirst) onWait(seen);
    await clock.sleep(LOOK_EACH_MS, signal);
  }
}
