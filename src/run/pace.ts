/** How often to look: bounds in milliseconds. */
export interface PaceBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Share of the attempt's age that may pass unseen. */
const SHARE = 0.05;

/** The pause before the next read, in milliseconds: 5 % of the attempt's age, within the bounds. */
export function pace(ageMs: number, { minMs, maxMs }: PaceBounds): number {
  const wanted = Number.isFinite(ageMs) ? ageMs * SHARE : maxMs;
  return Math.max(minMs, Math.min(maxMs, wanted));
}

/** Livy asks YARN every 5 s, so it cannot know more than that. */
export const LIVY_OVER_YARN_MIN_MS = 5_000;
/** For YARN itself, and for a Livy that watches its own child process. */
export const DIRECT_MIN_MS = 1_000;
/** The longest pause of a process that somebody looks at. */
export const TERMINAL_MAX_MS = 60_000;
