import type { Clock } from '../core/index.js';

/** Between two sleeps: the questions of one round, and whoever took its reading. Silent servers take no longer. */
const AWAKE_AT_MOST_MS = 300_000;

/**
 * How long somebody has waited, as it was slept: a clock that is set, or a machine that was suspended, does not count.
 * Of the time between two sleeps only the clock can tell, so no more than five minutes of that count.
 */
export class TimeWaited {
  readonly #clock: Clock;
  #ms = 0;
  #awakeSince: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#awakeSince = clock.now();
  }

  get ms(): number {
    return this.#ms + Math.min(Math.max(0, this.#clock.now() - this.#awakeSince), AWAKE_AT_MOST_MS);
  }

  async sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    this.#ms = this.ms + Math.max(0, ms);
    await this.#clock.sleep(ms, signal);
    this.#awakeSince = this.#clock.now();
  }
}
