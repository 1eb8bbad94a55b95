import type { RunStatus } from '../core/index.js';

/**
 * How long a job may wait before it runs, counted from its submit. Only a server's word that it waits can end the
 * waiting: a job of which nobody tells anything may be running.
 */
export class QueueLimit {
  readonly #limitMs: number;
  #fromMs: number;
  #waits = false;
  #hasRun = false;

  /** @param bornAt when its attempt was made, our clock: for where nothing better is known */
  constructor(limitMs: number, bornAt: number) {
    this.#limitMs = limitMs;
    this.#fromMs = bornAt;
  }

  /** When its request was sent: what was refused for want of a free session before that was no waiting in a queue. */
  submittedAt(iso: string | undefined): void {
    const at = Date.parse(iso ?? '');
    if (!Number.isNaN(at)) this.#fromMs = at;
  }

  saw({ state }: RunStatus): void {
    this.#waits = state === 'waiting';
    this.#hasRun ||= state === 'running';
  }
  sawNothing(): void {
    this.#waits = false;
  }

  /** Milliseconds until it is over; `Infinity` where it does not count (any more). */
  left(nowMs: number): number {
    if (this.#hasRun || !this.#waits) return Infinity;
    return this.#fromMs + this.#limitMs - nowMs;
  }
}
