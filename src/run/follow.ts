import type { CallOptions, LogOpening, LogReader, RunEvent, RunRef } from '../core/index.js';
import { checkOptions } from './check-options.js';
import type { EngineDeps } from './deps.js';
import { LogFeed } from './log-feed.js';
import type { EventOptions } from './options.js';
import { type Sight, watch } from './watch.js';

/**
 * The driver's lines, states and silences as they come; the last event is the outcome. Ends as `watch` ends.
 * A log that cannot be read is said once and never ends the following.
 */
export async function* follow(
  deps: EngineDeps,
  ref: RunRef,
  options: EventOptions = {},
): AsyncGenerator<RunEvent, void> {
  checkOptions(options);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  // Behind a Livy alone nobody but its log tells of progress: that is read for whoever wants no line, and not where a watcher is believed.
  const isForProgress = options.log === false && deps.progress !== undefined && deps.registry === undefined;
  let isSpared = isForProgress;
  const opened = options.log === false && !isForProgress ? noLines : deps.logs.open(ref, openingOf(options));
  const reader = isForProgress ? unless(() => isSpared, opened) : opened;
  const log = new LogFeed(reader, ref, { clock: deps.clock, signal });
  const sights = watch(deps, ref, { ...options, signal });
  const pieces = log.pieces();
  const states = new States();
  let nextSight = new Coming('sight', sights.next());
  let nextPiece = new Coming('piece', pieces.next());
  try {
    for (;;) {
      const came = await Promise.race([nextSight.ready, nextPiece.ready]);
      if (came === 'piece') {
        yield* (await nextPiece.result).value ?? [];
        nextPiece = new Coming('piece', pieces.next());
        continue;
      }
      const { value: sight } = await nextSight.result;
      if (!sight) return;
      if (sight.kind === 'outcome') {
        log.end(sight.ref);
        yield* (await nextPiece.result).value ?? [];
        for await (const piece of pieces) yield* piece;
        yield { type: 'outcome', outcome: sight.outcome };
        return;
      }
      if (sight.kind === 'status') {
        log.know(sight.ref);
        isSpared = isForProgress && sight.status.source === 'ledger';
      }
      yield* states.eventsOf(sight);
      nextSight = new Coming('sight', sights.next());
    }
  } finally {
    stop.abort();
    await Promise.allSettled([sights.return(), pieces.return()]);
  }
}

const noLines: LogReader = { async *read() {}, async *finish() {} };

const unless = (isSpared: () => boolean, reader: LogReader): LogReader => ({
  ...(reader.minPauseMs !== undefined && { minPauseMs: reader.minPauseMs }),
  async *read(...asked) {
    if (!isSpared()) yield* reader.read(...asked);
  },
  async *finish(...asked) {
    if (!isSpared()) yield* reader.finish(...asked);
  },
});

/**
 * Something that is awaited beside something else. `ready` does not carry the result: what waits long beside many short ones
 * would keep all of theirs in memory, a million lines for one slow answer about the state.
 */
class Coming<N extends string, T> {
  readonly result: Promise<T>;
  readonly ready: Promise<N>;
  constructor(name: N, result: Promise<T>) {
    this.result = result;
    this.ready = result.then(() => name);
    // Its failure is met where it is awaited; until then it must not count as unhandled.
    this.ready.catch(() => undefined);
  }
}

/** Tells a state when it changes, or a link to Spark's pages or its place in a queue does, and not again. */
class States {
  #last = '';
  *eventsOf(sight: Exclude<Sight, { kind: 'outcome' }>): Generator<RunEvent, void> {
    if (sight.kind === 'silent') {
      yield { type: 'notice', text: sight.reason };
      return;
    }
    const { status } = sight;
    const news = `${status.source} ${status.raw} ${status.appId ?? ''} ${status.links.sparkUi ?? ''} ${status.waiting?.summary ?? ''}`;
    if (news !== this.#last) yield { type: 'state', status };
    this.#last = news;
  }
}

export const openingOf = ({ tail, stream, executors, bytes }: LogOpening): LogOpening => ({
  ...(tail !== undefined && { tail }),
  ...(stream !== undefined && { stream }),
  ...(executors !== undefined && { executors }),
  ...(bytes !== undefined && { bytes }),
});

/** The log as it stands now, without waiting for more. */
export async function* logsNow(
  deps: EngineDeps,
  ref: RunRef,
  { signal, ...wanted }: LogOpening & { readonly signal?: AbortSignal },
): AsyncGenerator<RunEvent, void> {
  checkOptions(wanted);
  const reader = deps.logs.open(ref, openingOf(wanted));
  const options: CallOptions = signal ? { signal } : {};
  for await (const piece of reader.read(ref, options)) yield* piece;
  for await (const piece of reader.finish(ref, options)) yield* piece;
}
