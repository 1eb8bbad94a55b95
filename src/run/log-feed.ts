import {
  type CallOptions,
  type Clock,
  isLivywireError,
  type LogItem,
  type LogReader,
  type RunRef,
} from '../core/index.js';
import { DIRECT_MIN_MS, LIVY_OVER_YARN_MIN_MS, pace } from './pace.js';

/** The longest pause between two reads of a log: Livy keeps 200 lines, and a burst after a silence must not run them over. */
const LOG_MAX_MS = 10_000;

/**
 * A log as it grows, piece by piece: read, and read again after a pause, until it is told that the run has ended; then its
 * last lines. A log that cannot be read is said once and never ends the following.
 */
export class LogFeed {
  readonly #reader: LogReader;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #ended = new AbortController();
  #ref: RunRef;
  #said = '';

  constructor(reader: LogReader, ref: RunRef, options: { readonly clock: Clock; readonly signal: AbortSignal }) {
    this.#reader = reader;
    this.#ref = ref;
    this.#clock = options.clock;
    this.#signal = options.signal;
  }

  /** The ref knows more now. */
  know(ref: RunRef): void {
    this.#ref = ref;
  }
  /** The run is over: nothing is waited for any more. */
  end(ref: RunRef): void {
    this.#ref = ref;
    this.#ended.abort();
  }

  async *pieces(): AsyncGenerator<readonly LogItem[], void> {
    const woken = AbortSignal.any([this.#signal, this.#ended.signal]);
    const options = { signal: this.#signal };
    for (let lastLineAt = this.#clock.now(); ;) {
      const isLast = this.#ended.signal.aborted; // asked before the read, so that what was written until the end is in it
      for await (const piece of this.#borne((ref) => this.#reader.read(ref, options))) {
        lastLineAt = this.#clock.now();
        yield piece;
      }
      if (isLast) break;
      // By the length of the silence, not the run's age: a log that flows is read as it flows.
      const bounds = { minMs: this.#minPauseMs(), maxMs: LOG_MAX_MS };
      await this.#clock.sleep(pace(this.#clock.now() - lastLineAt, bounds), woken).catch((error: unknown) => {
        if (!this.#ended.signal.aborted || this.#signal.aborted) throw error;
      });
    }
    yield* this.#borne((ref) => this.#reader.finish(ref, options));
  }

  #minPauseMs(): number {
    const livys = this.#ref.appId === undefined ? DIRECT_MIN_MS : LIVY_OVER_YARN_MIN_MS;
    return this.#reader.minPauseMs ?? livys;
  }

  async *#borne(read: (ref: RunRef) => AsyncIterable<readonly LogItem[]>): AsyncGenerator<readonly LogItem[], void> {
    try {
      for await (const piece of read(this.#ref)) if (piece.length > 0) yield piece;
      this.#said = '';
    } catch (error) {
      this.#signal.throwIfAborted();
      // Refused credentials, too: the log may be on another server than the run.
      if (!isLivywireError(error)) throw error;
      if (error.message === this.#said) return;
      this.#said = error.message;
      yield [{ type: 'notice', text: `The log cannot be read just now: ${error.message}` }];
    }
  }
}

/** All that a log holds now, piece by piece. */
export async function* wholeLog(
  reader: LogReader,
  ref: RunRef,
  options: CallOptions,
): AsyncGenerator<readonly LogItem[], void> {
  yield* reader.read(ref, options);
  yield* reader.finish(ref, options);
}
