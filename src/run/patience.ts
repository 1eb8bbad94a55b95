import type { Clock } from '../core/index.js';
import { within } from './within.js';

/** How long all of some notes together may keep us, in milliseconds. What takes longer goes on without us. */
export class Patience {
  readonly #clock: Clock;
  #leftMs: number;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#leftMs = ms;
  }

  /** `undefined` for what is late. */
  async with<T>(work: Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    const start = this.#clock.now();
    try {
      return await within(this.#clock, this.#leftMs, work, signal);
    } finally {
      this.#leftMs = Math.max(0, this.#leftMs - Math.max(0, this.#clock.now() - start));
    }
  }
}
