import { randomUUID } from 'node:crypto';
import type { AttemptRecord, RunRef } from '../core/index.js';
import { amend } from './amend.js';
import type { EngineDeps } from './deps.js';
import type { Patience } from './patience.js';

type Signature = NonNullable<AttemptRecord['cancels']>[number];
type Mark = NonNullable<AttemptRecord['cancelMarks']>[number];

/**
 * What one cancel writes into the ledger of itself: that the end was asked for, and by whom. It can be taken back, and
 * then what others wrote meanwhile stays: they may have been heard. All of it has to be done within the patience of who asks.
 */
export class CancelMark {
  readonly #deps: EngineDeps;
  readonly #ref: RunRef;
  readonly #patience: Patience;
  readonly #signal: AbortSignal | undefined;
  /** Of this cancel alone: two of one moment are two. */
  readonly #id = randomUUID().slice(0, 8);
  #signature: Signature | undefined;

  constructor(deps: EngineDeps, ref: RunRef, patience: Patience, signal: AbortSignal | undefined) {
    this.#deps = deps;
    this.#ref = ref;
    this.#patience = patience;
    this.#signal = signal;
  }

  /** Finds out whether the ledger holds it, and as whom we act. */
  async prepare(): Promise<void> {
    const held = await this.#patience.with(amend(this.#deps, this.#ref, {}), this.#signal);
    this.#signature = held && (await this.#patience.with(this.#sign(), this.#signal));
  }

  /** @param askedAt - ISO 8601; absent where the end is written with its own */
  async set(askedAt?: string): Promise<void> {
    const signed = ({ cancels = [] }: AttemptRecord) =>
      this.#signature && { cancels: [...this.#others(cancels), this.#signature] };
    const mark = amend(this.#deps, this.#ref, (attempt) => ({
      ...(askedAt !== undefined && {
        cancelAskedAt: askedAt,
        cancelMarks: [...this.#otherMarks(attempt), { id: this.#id, at: askedAt }],
      }),
      ...signed(attempt),
    }));
    await this.#patience.with(mark, this.#signal);
  }

  /** Nobody took it: what ends the run later is not our doing. The caller's signal does not keep it from that. */
  async withdraw(): Promise<void> {
    const unmarked = amend(this.#deps, this.#ref, (attempt) => {
      const others = this.#others(attempt.cancels ?? []);
      const marks = this.#otherMarks(attempt);
      return {
        cancels: others.length > 0 ? others : undefined,
        cancelMarks: marks.length > 0 ? marks : undefined,
        cancelAskedAt: marks.at(-1)?.at,
      };
    });
    await this.#patience.with(unmarked);
  }

  async #sign(): Promise<Signature | undefined> {
    const { actor, clock } = this.#deps;
    const by = await actor?.();
    return by && { at: new Date(clock.now()).toISOString(), by };
  }

  #others(cancels: readonly Signature[]): Signature[] {
    const ours = JSON.stringify(this.#signature);
    return cancels.filter((one) => JSON.stringify(one) !== ours);
  }

  /** A question that an older livywire wrote down stands by itself. */
  #otherMarks({ cancelMarks: marks = [], cancelAskedAt: last }: AttemptRecord): Mark[] {
    const isNamed = last === undefined || marks.some(({ at }) => at === last);
    return [...marks, ...(isNamed ? [] : [{ id: '', at: last }])].filter(({ id }) => id !== this.#id);
  }
}
