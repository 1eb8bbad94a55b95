import type { RunEvent } from '../core/index.js';

/** Of the lines that came early so many are kept, and never more than twice as many. */
const LINES_KEPT = 5_000;

/**
 * What was heard before its listener was there. A driver may write a million lines in that second: the last ones are kept,
 * and the last state, which says where Spark's pages are.
 */
export class EarlyEvents {
  #events: RunEvent[] = [];
  #state: RunEvent | undefined;

  add(event: RunEvent): void {
    if (event.type === 'state') this.#state = event;
    else this.#events.push(event);
    if (this.#events.length >= 2 * LINES_KEPT) this.#events = this.#events.slice(-LINES_KEPT);
  }

  /** Gives them all, once: the state first. */
  drain(): readonly RunEvent[] {
    const all = [...(this.#state ? [this.#state] : []), ...this.#events];
    this.#events = [];
    this.#state = undefined;
    return all;
  }
}
