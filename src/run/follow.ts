import type { CallOptions, LogOpening, RunEvent, RunRef } from '../core/index.js';
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
  const log = new LogFeed(deps.logs.open(ref, openingOf(options)), ref, { clock: deps.clock, signal });
  const sights = watch(deps, ref, { ...options, signal });
  const pieces = log.pieces();
  const states = new States();
  const nextOf = {
    sight: () => handled(sights.next().then((sight) => ({ sight }))),
    piece: () => handled(pieces.next().then((piece) => ({ piece }))),
  };
  let nextSight = nextOf.sight();
  let nextPiece = nextOf.piece();
  try {
    for (;;) {
      const came = await Promise.race([nextSight, nextPiece]);
      if ('piece' in came) {
        yield* came.piece.value ?? [];
        nextPiece = nextOf.piece();
        continue;
      }
      if (came.sight.done) return;
      const sight = came.sight.value;
      if (sight.kind === 'outcome') {
        log.end(sight.ref);
        yield* (await nextPiece).piece.value ?? [];
        for await (const piece of pieces) yield* piece;
        yield { type: 'outcome', outcome: sight.outcome };
        return;
      }
      if (sight.kind === 'status') log.know(sight.ref);
      yield* states.eventsOf(sight);
      nextSight = nextOf.sight();
    }
  } finally {
    stop.abort();
    await Promise.allSettled([sights.return(), pieces.return()]);
  }
}

/** Its failure is met where it is awaited; until then it must not count as unhandled. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Tells a state when it changes, and not again. */
class States {
  #last = '';
  *eventsOf(sight: Exclude<Sight, { kind: 'outcome' }>): Generator<RunEvent, void> {
    if (sight.kind === 'silent') {
      yield { type: 'notice', text: sight.reason };
      return;
    }
    const { status } = sight;
    const news = `${status.source} ${status.raw} ${status.appId ?? ''}`;
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
