import type { Clock } from '../core/index.js';

/** Pauses after a node did not answer, in milliseconds: one may just be restarting, or be out of reach for good. */
const PAUSES = [1_000, 10_000, 30_000, 60_000, 300_000];

/** When a node that did not answer is asked again, and when that is worth a word. */
export class NodeTries {
  readonly #clock: Clock;
  #failures = 0;
  #notBefore = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isDue(): boolean {
    return this.#clock.now() >= this.#notBefore;
  }
  /** A single failure says little. */
  get isReachable(): boolean {
    return this.#failures < 2;
  }
  /** @returns whether it is news */
  succeeded(): boolean {
    const isNews = !this.isReachable;
    this.#failures = 0;
    return isNews;
  }
  /** @returns whether it is news */
  failed(): boolean {
    const was = this.isReachable;
    this.#notBefore = this.#clock.now() + (PAUSES[Math.min(this.#failures, PAUSES.length - 1)] ?? 0);
    this.#failures++;
    return was && !this.isReachable;
  }
  /** Nothing of it will ever be read. */
  lost(): void {
    this.#failures = PAUSES.length;
  }
}
