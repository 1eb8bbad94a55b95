import { BadAnswerError, type Clock, HttpStatusError } from '../core/index.js';
import { isLivyNotFound, type Statement } from '../livy/index.js';
import { deadError } from './dead.js';
import { StatementUnknownError } from './errors.js';
import { parseStatement } from './lossless.js';
import type { StatementReading } from './options.js';
import { Pace } from './pace.js';
import { hasEnded, resultOf, type StatementResult } from './result.js';
import { isReady, readSeat, type Seat } from './seat.js';

/** How long an aborted caller waits for Livy to take the cancel, in milliseconds. */
const CANCEL_WITHIN_MS = 10_000;

/**
 * A statement that was sent. Walk it for its progress; `result()` waits for its end. It goes on whether or not
 * anybody looks, until it ends or is cancelled.
 */
export class StatementRun implements AsyncIterable<StatementReading> {
  readonly #seat: Seat;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  #ended: Statement | undefined;
  constructor(
    seat: Seat,
    /** Its id in the session. */
    readonly id: number,
    clock: Clock,
    signal: AbortSignal | undefined,
  ) {
    this.#seat = seat;
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * Each reading that is news, the last one when it has ended; how, `result()` says.
   * @throws `signal.reason` after the statement was cancelled by the signal it was started with; SessionDeadError
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<StatementReading, void> {
    const pace = new Pace(this.#clock, 'statement');
    for (let last = ''; !this.#ended;) {
      const statement = await this.#orCancel(() => this.#read());
      const { state, progress = 0 } = statement;
      if (hasEnded(statement)) this.#ended = statement;
      const news = `${state} ${progress}`;
      if (news !== last) yield { statement: this.id, state, progress };
      last = news;
      if (!this.#ended) await this.#orCancel(() => pace.pause(this.#signal));
    }
  }

  /** Whether its end was seen. */
  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** How it ended. @throws StatementFailedError, StatementCancelledError, SessionDeadError, `signal.reason` */
  async result(): Promise<StatementResult> {
    while (!this.#ended) for await (const _ of this);
    return resultOf(this.#ended);
  }

  /**
   * Asks for its end; resolves once Livy took it. Spark's tasks are stopped at once. Code that waits for no Spark cannot be
   * stopped: Livy calls it cancelled after 30 s, and the session stays busy until it ends by itself.
   */
  async cancel(): Promise<void> {
    if (this.#ended) return;
    const { livy, key } = this.#seat;
    await livy.statements(key).cancel(this.id, { timeoutMs: CANCEL_WITHIN_MS });
  }

  async #read(): Promise<Statement> {
    const { livy, key, name } = this.#seat;
    try {
      const signal = this.#signal;
      return await livy.statements(key).get(this.id, { parse: parseStatement, ...(signal && { signal }) });
    } catch (error) {
      this.#signal?.throwIfAborted();
      if (error instanceof SyntaxError) {
        throw new BadAnswerError(`Livy's answer about statement ${this.id} is no JSON`, '', { cause: error });
      }
      if (!(error instanceof HttpStatusError)) throw error;
      const view = await readSeat(this.#seat);
      if (!view || !isReady(view)) throw await deadError(this.#seat, view);
      if (!isLivyNotFound(error)) throw error;
      throw new StatementUnknownError(
        `Session ${name} has forgotten statement ${this.id}: it keeps the last 100 (livy.rsc.retained-statements)`,
        { cause: error },
      );
    }
  }

  /** The caller has gone: so goes the statement. */
  async #orCancel<T>(step: () => Promise<T>): Promise<T> {
    try {
      this.#signal?.throwIfAborted();
      return await step();
    } catch (error) {
      if (this.#signal?.aborted) await this.cancel().catch(() => undefined);
      throw error;
    }
  }
}
