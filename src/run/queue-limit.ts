import { type AttemptRecord, isLivywireError, type RunStatus } from '../core/index.js';
import type { EngineDeps } from './deps.js';

/**
 * How long a job may wait before it runs, counted from its submit. Only a server's word that it waits can end the
 * waiting: a job of which nobody tells anything may be running.
 */
export class QueueLimit {
  readonly #limitMs: number;
  /** How old the attempt was when the watch began. */
  #ageMs: number | undefined;
  #waits = false;
  #hasRun = false;
  #livyForgot = false;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Whether it has yet to be told how old the attempt is, of one that did not run yet; until then it counts from the beginning of the watch. */
  get needsAge(): boolean {
    return this.#limitMs !== Infinity && !this.#hasRun && this.#ageMs === undefined;
  }

  /** @param waitedMs for how long the watch had gone on when the attempt was `ageMs` old */
  isAged(ageMs: number | undefined, waitedMs: number): void {
    if (ageMs !== undefined) this.#ageMs = ageMs - waitedMs;
  }

  saw({ state, raw, source, starts = 1 }: RunStatus): void {
    // A Livy that was started anew says this of what waits and of what runs, and `starting` after it.
    if (source === 'livy') this.#livyForgot ||= raw === 'recovering';
    this.#waits = state === 'waiting' && !(source === 'livy' && this.#livyForgot);
    this.#hasRun ||= state === 'running' || starts > 1;
  }
  sawNothing(): void {
    this.#waits = false;
  }

  /** Milliseconds until it is over; `Infinity` where it does not count (any more). */
  left(waitedMs: number): number {
    if (this.#hasRun || !this.#waits) return Infinity;
    return this.#limitMs - (this.#ageMs ?? 0) - waitedMs;
  }
}

/**
 * How long ago its request was sent, in milliseconds, else how long ago its attempt was made: what was refused for want
 * of a free session before that was no waiting in a queue. By YARN's clock where the ledger has the request's time by it:
 * then the submitter's clock and ours are not compared. `undefined` while YARN does not answer.
 */
export async function ageOf(
  { registry, clock }: Pick<EngineDeps, 'registry' | 'clock'>,
  attempt: AttemptRecord | undefined,
  bornAt: number,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const { at, serverMs } = attempt?.posts.at(-1) ?? {};
  if (registry && serverMs !== undefined) {
    try {
      return Math.max(0, (await registry.serverTime(signal && { signal })) - serverMs);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      return undefined;
    }
  }
  const sentAt = Date.parse(at ?? '');
  return Math.max(0, clock.now() - (Number.isNaN(sentAt) ? bornAt : sentAt));
}
