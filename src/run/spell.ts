import type { Clock } from '../core/index.js';

const ROUNDS = 3;

/**
 * An unbroken spell of one and the same answer, counted from round to round. No step counts for more than half of the
 * time that is waited for, and no spell of fewer than three rounds is long: a clock that is set forward, or a machine
 * that was suspended, must not make a gap of one read look long.
 */
export class Spell {
  readonly #clock: Clock;
  #answer: string | undefined;
  #at: number | undefined;
  #steps: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One more round with that answer; another one than last time begins a spell of its own. */
  goOn(answer = ''): void {
    if (this.#answer !== answer) this.end();
    this.#answer = answer;
    const now = this.#clock.elapsed?.() ?? this.#clock.now();
    if (this.#at !== undefined) this.#steps.push(Math.max(0, now - this.#at));
    this.#at = now;
  }

  end(): void {
    this.#at = undefined;
    this.#steps = [];
  }

  /** Whether it has gone on for `ms`. */
  isLonger(ms: number): boolean {
    if (this.#steps.length < ROUNDS - 1) return false;
    return this.#steps.reduce((sum, step) => sum + Math.min(step, ms / 2), 0) >= ms;
  }
}
