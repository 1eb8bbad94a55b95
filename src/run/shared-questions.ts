import type { CallOptions, Clock } from '../core/index.js';

/** Up to so many are asked one by one. */
const SINGLES = 3;
/** After a round the servers are left alone for so many times as long as it took, and no longer than this. */
const REST = 2;
const LONGEST_REST_MS = 5_000;

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly options: CallOptions | undefined;
  readonly resolve: (answer: Answer | PromiseLike<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/** Those of one round who have no answer yet, by what an answer names them. */
export class Round<Question, Answer> {
  readonly #open = new Map<string, Set<Waiting<Question, Answer>>>();
  readonly #over = new AbortController();

  /** @internal */
  add(key: string, one: Waiting<Question, Answer>): void {
    const same = this.#open.get(key);
    if (same) same.add(one);
    else this.#open.set(key, new Set([one]));
  }

  /** @internal Answered, or gone. */
  remove(key: string, one: Waiting<Question, Answer>): void {
    const same = this.#open.get(key);
    if (same?.delete(one) && same.size === 0) this.#open.delete(key);
    if (this.isEmpty) this.#over.abort();
  }

  /** @internal */
  get left(): readonly Waiting<Question, Answer>[] {
    return [...this.#open.values()].flatMap((same) => [...same]);
  }

  /** Aborts when nobody waits for an answer any more. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }
  get questions(): readonly Question[] {
    return this.left.map(({ question }) => question);
  }
  answer(key: string, answer: Answer, fits: (question: Question) => boolean = () => true): void {
    for (const one of this.#open.get(key) ?? []) if (fits(one.question)) one.resolve(answer);
  }
}

export interface SharedQuestionsOptions<Question, Answer> {
  readonly clock: Clock;
  readonly keyOf: (question: Question) => string;
  readonly single: (question: Question, options: CallOptions | undefined) => Promise<Answer>;
  /**
   * Answers those of a round that it can; the others are asked for one by one. Resolves with how many requests it takes whatever
   * is asked for: fewer than these are cheaper one by one.
   */
  readonly together: (round: Round<Question, Answer>) => Promise<number>;
}

/**
 * Questions that fall due at one time, answered together: a thousand runs cost a few requests at a time, however many wait.
 * There is one round at a time, and a rest after each, so that of a server which is slow, or has much to tell, no more is
 * asked than it has time for: whoever comes meanwhile is in the next round.
 */
export class SharedQuestions<Question, Answer> {
  readonly #options: SharedQuestionsOptions<Question, Answer>;
  #waiting = new Round<Question, Answer>();
  #count = 0;
  #isGathering = false;
  #isAtIt = false;
  #rest: AbortController | undefined;
  #restedAt = -Infinity;
  /** Requests of a round, as the last one was. */
  #cost = 0;

  constructor(options: SharedQuestionsOptions<Question, Answer>) {
    this.#options = options;
  }

  ask(question: Question, options?: CallOptions): Promise<Answer> {
    const { signal } = options ?? {};
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const round = this.#waiting;
      const key = this.#options.keyOf(question);
      const over = () => {
        signal?.removeEventListener('abort', abort);
        round.remove(key, one);
        if (round === this.#waiting) this.#count -= 1;
        if (this.#count === 0) this.#rest?.abort(); // nobody waits for its end
      };
      const one: Waiting<Question, Answer> = {
        question,
        options,
        resolve: (answer) => (over(), resolve(answer)),
        reject: (error) => (over(), reject(error)),
      };
      const abort = () => one.reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      round.add(key, one);
      this.#count += 1;
      if (this.#isGathering) return;
      this.#isGathering = true;
      // What falls due on one tick of the clock arrives within this turn of the event loop.
      setImmediate(() => {
        this.#isGathering = false;
        void this.#begin();
      });
    });
  }

  /** Never rejects. */
  async #begin(): Promise<void> {
    if (this.#count <= Math.max(SINGLES, this.#cost)) {
      if (this.#count > SINGLES) this.#cost -= 1; // as it may have become cheaper since
      return this.#oneByOne(this.#take());
    }
    if (this.#isAtIt) return;
    this.#isAtIt = true;
    await this.#untilRested();
    const round = this.#take();
    const { together } = this.#options;
    const began = this.#now();
    try {
      this.#cost = round.isEmpty ? this.#cost : await together(round);
      this.#oneByOne(round);
    } catch (error) {
      for (const one of round.left) one.reject(error);
    }
    const now = this.#now();
    this.#restedAt = now + Math.min(LONGEST_REST_MS, REST * Math.max(0, now - began));
    this.#isAtIt = false;
    if (this.#count > 0) void this.#begin();
  }

  #now(): number {
    const { clock } = this.#options;
    return clock.elapsed?.() ?? clock.now();
  }

  #take(): Round<Question, Answer> {
    const round = this.#waiting;
    this.#waiting = new Round();
    this.#count = 0;
    return round;
  }

  #oneByOne(round: Round<Question, Answer>): void {
    const ask = async ({ question, options }: Waiting<Question, Answer>) => this.#options.single(question, options);
    for (const one of round.left) ask(one).then(one.resolve, one.reject);
  }

  async #untilRested(): Promise<void> {
    const { clock } = this.#options;
    // A clock that was set back makes no rest longer.
    const ms = Math.min(LONGEST_REST_MS, this.#restedAt - this.#now());
    if (ms <= 0) return;
    const rest = (this.#rest = new AbortController());
    await clock.sleep(ms, rest.signal).catch(() => undefined);
    this.#rest = undefined;
  }
}
