import type { Clock } from '../../src/core/index.js';

/** A clock whose sleeps take no time and are written down. */
export function recordingClock(start = 1_800_000_000_000): Clock & { readonly slept: readonly number[] } {
  const slept: number[] = [];
  let now = start;
  return {
    slept,
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      now += ms;
    },
  };
}
