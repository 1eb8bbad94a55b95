import {
  type CallOptions,
  isLivywireError,
  type LogItem,
  type LogReader,
  type RunEvent,
  type RunRef,
} from '../core/index.js';
import { checkOptions } from './check-options.js';
import type { EngineDeps } from './deps.js';
import type { EventOptions } from './options.js';
import { DIRECT_MIN_MS, LIVY_OVER_YARN_MIN_MS, pace } from './pace.js';
import { watch } from './watch.js';

/** The longest pause between two reads of a log: Livy keeps 200 lines, and a burst after a silence must not run them over. */
const LOG_MAX_MS = 10_000;

/**
 * The driver's lines, states and silences as they come; the last event is the outcome. Ends as `watch` ends.
 * A log that cannot be read is said once and never ends the following.
 */
export async function* follow(
  deps: EngineDeps,
  ref: RunRef,
  options: EventOptions = {},
): AsyncGenerator<RunEvent, void> {
  const { clock, logs } = deps;
  checkOptions(options);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const log = new Tail(logs.open(ref, options.tail === undefined ? {} : { tail: options.tail }));
  const sights = watch(deps, ref, { ...options, signal });
  let known = ref;
  let lastRaw = '';
  let lastLineAt = clock.now();
  let nextSight = sights.next();
  // Both are handled where they are awaited; this keeps an early end of the loop from being called unhandled.
  nextSight.catch(() => undefined);
  const napOf = (ms: number) => clock.sleep(ms, signal).then(() => undefined);
  let nap: Promise<undefined> = Promise.resolve(undefined);
  try {
    for (;;) {
      const first = await Promise.race([nextSight, nap]);
      if (first === undefined) {
        for (const item of await log.read(known, { signal })) {
          lastLineAt = clock.now();
          yield item;
        }
        // By the length of the silence, not the run's age: a log that flows is read as it flows.
        const minMs = known.appId === undefined ? DIRECT_MIN_MS : LIVY_OVER_YARN_MIN_MS;
        nap = napOf(pace(clock.now() - lastLineAt, { minMs, maxMs: LOG_MAX_MS }));
        nap.catch(() => undefined);
        continue;
      }
      if (first.done) return;
      const sight = first.value;
      if (sight.kind === 'silent') yield { type: 'notice', text: sight.reason };
      if (sight.kind === 'status') {
        known = sight.ref;
        const news = `${sight.status.source} ${sight.status.raw} ${sight.status.appId ?? ''}`;
        if (news !== lastRaw) yield { type: 'state', status: sight.status };
        lastRaw = news;
      }
      if (sight.kind === 'outcome') {
        yield* await log.read(sight.ref, { signal });
        yield* await log.finish(sight.ref, { signal });
        yield { type: 'outcome', outcome: sight.outcome };
        return;
      }
      nextSight = sights.next();
      nextSight.catch(() => undefined);
    }
  } finally {
    stop.abort();
    await sights.return().catch(() => undefined);
  }
}

/** The log as it stands now, without waiting for more. */
export async function* logsNow(
  deps: EngineDeps,
  ref: RunRef,
  { tail, signal }: { readonly tail?: number; readonly signal?: AbortSignal },
): AsyncGenerator<RunEvent, void> {
  checkOptions(tail === undefined ? {} : { tail });
  const reader = deps.logs.open(ref, tail === undefined ? {} : { tail });
  const options: CallOptions = signal ? { signal } : {};
  yield* await reader.read(ref, options);
  yield* await reader.finish(ref, options);
}

/** A reader whose failures are told once and then borne. */
class Tail {
  readonly #reader: LogReader;
  #said = '';
  constructor(reader: LogReader) {
    this.#reader = reader;
  }
  read(ref: RunRef, options: CallOptions): Promise<readonly LogItem[]> {
    return this.#borne(() => this.#reader.read(ref, options), options.signal);
  }
  finish(ref: RunRef, options: CallOptions): Promise<readonly LogItem[]> {
    return this.#borne(() => this.#reader.finish(ref, options), options.signal);
  }
  async #borne(read: () => Promise<readonly LogItem[]>, signal?: AbortSignal): Promise<readonly LogItem[]> {
    try {
      const items = await read();
      this.#said = '';
      return items;
    } catch (error) {
      signal?.throwIfAborted();
      // Refused credentials, too: the log may be on another server than the run.
      if (!isLivywireError(error)) throw error;
      if (error.message === this.#said) return [];
      this.#said = error.message;
      return [{ type: 'notice', text: `The log cannot be read just now: ${error.message}` }];
    }
  }
}
