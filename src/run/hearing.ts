import { AuthError, type Clock, type Evidence, isLivywireError, type Witness } from '../core/index.js';

export type Answer<T> = { readonly answer: T } | { readonly problem: string };

/** A question to one witness. */
export interface Question<T> {
  readonly source: Witness;
  /** What is asked, for the evidence. */
  readonly asked: string;
  readonly ask: () => Promise<T>;
  readonly inShort: (answer: T) => string;
  /** Refused credentials end the hearing instead of being one more silence. @defaultValue `false` */
  readonly authIsFatal?: boolean;
}

const EVIDENCE_KEPT = 50;

/** Asks servers and keeps what each of them said. */
export class Hearing {
  readonly #clock: Clock;
  readonly #evidence: Evidence[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get evidence(): readonly Evidence[] {
    return [...this.#evidence];
  }

  /** A service's failure is an answer of a kind; the caller's abort is not. */
  async ask<T>(
    { source, asked, ask, inShort, authIsFatal = false }: Question<T>,
    signal?: AbortSignal,
  ): Promise<Answer<T>> {
    try {
      const answer = await ask();
      this.#note(source, asked, inShort(answer));
      return { answer };
    } catch (error) {
      signal?.throwIfAborted();
      if (!isLivywireError(error) || (authIsFatal && error instanceof AuthError)) throw error;
      this.#note(source, asked, error.message);
      return { problem: error.message };
    }
  }

  /** The same answer to the same question, again and again, is kept once: its last time. */
  #note(source: Witness, asked: string, answer: string): void {
    const again = this.#evidence.findIndex((e) => e.source === source && e.asked === asked && e.answer === answer);
    if (again >= 0) this.#evidence.splice(again, 1);
    this.#evidence.push({ source, asked, answer, at: new Date(this.#clock.now()).toISOString() });
    if (this.#evidence.length > EVIDENCE_KEPT) this.#evidence.shift();
  }
}
