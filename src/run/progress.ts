import {
  type CallOptions,
  isLivywireError,
  type ProgressReader,
  type RunEvent,
  type RunOutcome,
  type RunProgress,
  type RunRef,
  type RunStatus,
  type RunWaiting,
} from '../core/index.js';
import type { EngineDeps } from './deps.js';
import type { EventOptions } from './options.js';
import { DIRECT_MIN_MS, LIVY_OVER_YARN_MIN_MS, pace, TERMINAL_MAX_MS } from './pace.js';
import { Remaining } from './remaining.js';

/** A driver is asked four small questions each time. */
const PROGRESS_MIN_MS = 2 * DIRECT_MIN_MS;

/**
 * The events of a follower, and between them Spark's progress and why the run waits. Both are asked at the pace of
 * guarantee 5, beside the following and never in its way: who does not answer is passed over.
 * @param follow - makes the events that these go between
 */
export async function* withProgress(
  deps: EngineDeps,
  ref: RunRef,
  options: EventOptions,
  follow: (options: EventOptions) => AsyncGenerator<RunEvent, void>,
): AsyncGenerator<RunEvent, void> {
  if (!deps.progress && !deps.waiting) {
    yield* follow(options);
    return;
  }
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const events = follow({ ...options, signal });
  const box = new Mailbox<Item>();
  const side = new Side(deps, ref, options);
  const onward = (): void =>
    void events.next().then(
      (result) => box.put({ result }),
      (error: unknown) => box.put({ error }),
    );
  // The next look is made when the last one's events were taken: for one who reads slowly they do not pile up.
  void side.run(signal, (event) => new Promise((taken) => box.put({ side: event, taken })));
  onward();
  try {
    for (;;) {
      const item = await box.take();
      if ('error' in item) throw item.error;
      if ('side' in item) {
        item.taken();
        yield item.side;
        continue;
      }
      if (item.result.done) return;
      const event = item.result.value;
      side.hear(event);
      if (event.type === 'outcome') yield* side.last(event.outcome, options);
      else yield event;
      onward();
    }
  } finally {
    stop.abort();
    await events.return().catch(() => undefined);
  }
}

type Item =
  | { readonly result: IteratorResult<RunEvent, void> }
  | { readonly error: unknown }
  | { readonly side: RunEvent; readonly taken: () => void };

/** What several put in and one takes out, in order. A race for each line would leave its traces on the promise that waits longest. */
class Mailbox<T> {
  readonly #items: T[] = [];
  #wake: (() => void) | undefined;
  put(item: T): void {
    this.#items.push(item);
    this.#wake?.();
  }
  async take(): Promise<T> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) return item;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

class Side {
  readonly #deps: EngineDeps;
  readonly #reader: ProgressReader | undefined;
  readonly #maxMs: number;
  readonly #remaining = new Remaining();
  #ref: RunRef;
  #status: RunStatus | undefined;
  #progress: RunProgress | undefined;
  #saidProgress = '';
  #saidWaiting = '';
  #nextWaitingAt = 0;
  #isOver = false;
  #saidFailure = false;

  constructor(deps: EngineDeps, ref: RunRef, { maxDelayMs = TERMINAL_MAX_MS }: EventOptions) {
    this.#deps = deps;
    this.#ref = ref;
    this.#reader = deps.progress?.open(ref);
    this.#maxMs = maxDelayMs;
  }

  hear(event: RunEvent): void {
    this.#reader?.hear(event);
    if (event.type !== 'state') return;
    const { id, appId } = event.status;
    this.#status = event.status;
    this.#ref = { ...this.#ref, ...(id !== undefined && { id }), ...(appId !== undefined && { appId }) };
  }

  /** Its watcher is believed, and nobody else asked: not for this, either. */
  get #isSpared(): boolean {
    return this.#status?.source === 'ledger';
  }

  /** Until `signal` aborts or the run is over. */
  async run(signal: AbortSignal, tell: (event: RunEvent) => Promise<void>): Promise<void> {
    const { clock, logger } = this.#deps;
    try {
      for (;;) {
        const minMs = Math.min(PROGRESS_MIN_MS, this.#maxMs);
        await clock.sleep(pace(this.#ageMs, { minMs, maxMs: Math.max(minMs, this.#maxMs) }), signal);
        if (this.#isSpared) continue;
        for (const event of await this.#look({ signal })) if (!this.#isOver) await tell(event);
      }
    } catch (error) {
      // Nothing of it is worth the run's own end.
      if (!signal.aborted) logger.warn('progress is not shown any more', { error: (error as Error).message });
    }
  }

  /** The last counts, and the outcome with them. */
  async *last(outcome: RunOutcome, { signal }: CallOptions): AsyncGenerator<RunEvent, void> {
    this.#isOver = true;
    const reader = this.#isSpared ? undefined : this.#reader;
    const progress = await reader?.read(outcome.ref, signal && { signal }).catch(() => {
      signal?.throwIfAborted();
      return undefined; // how it ended is known, and worth more
    });
    if (!progress) {
      yield { type: 'outcome', outcome };
      return;
    }
    const { ended: _told, ...counts } = progress;
    yield* this.#news(progress);
    // A log is drained after the outcome was made: it may know more than what went into it.
    const known = outcome.progress;
    const isBetter = !known?.complete && (known?.tasks.done ?? -1) < counts.tasks.done;
    yield { type: 'outcome', outcome: isBetter ? { ...outcome, progress: { ...counts, active: [] } } : outcome };
  }

  get #ageMs(): number {
    return this.#deps.clock.now() - Date.parse(this.#ref.createdAt);
  }

  async #look(options: CallOptions): Promise<readonly RunEvent[]> {
    const waiting = await this.#explain(options);
    if (this.#status?.state === 'waiting') return waiting;
    const progress = await this.#reader?.read(this.#ref, options);
    return [...waiting, ...(progress ? this.#news(progress) : [])];
  }

  #news(read: RunProgress): RunEvent[] {
    const progress = this.#remaining.judge(read, this.#deps.clock.now());
    this.#progress = progress;
    const said = JSON.stringify(progress);
    if (said === this.#saidProgress) return [];
    this.#saidProgress = said;
    return [{ type: 'progress', progress }];
  }

  async #explain(options: CallOptions): Promise<RunEvent[]> {
    const { clock, waiting: source, logger } = this.#deps;
    if (!source || !this.#mayWait || clock.now() < this.#nextWaitingAt) return [];
    this.#nextWaitingAt = clock.now() + pace(this.#ageMs, { minMs: LIVY_OVER_YARN_MIN_MS, maxMs: TERMINAL_MAX_MS });
    let waiting: RunWaiting | undefined;
    try {
      waiting = await source.explain(this.#ref, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      if (!this.#saidFailure) logger.info('why it waits could not be asked', { error: error.message });
      this.#saidFailure = true;
    }
    if (!waiting || waiting.summary === this.#saidWaiting) return [];
    this.#saidWaiting = waiting.summary;
    return [{ type: 'waiting', waiting }];
  }

  /** In its queue, or with a driver that nobody works for. */
  get #mayWait(): boolean {
    const { state } = this.#status ?? {};
    if (state === 'waiting') return true;
    const { executors = 0, tasks } = this.#progress ?? {};
    return state === 'running' && executors === 0 && (tasks?.running ?? 0) === 0;
  }
}

/** A reading, and why the run waits, where it does and somebody knows. */
export async function explained(
  { waiting: source, logger }: EngineDeps,
  ref: RunRef,
  status: RunStatus,
  signal?: AbortSignal,
): Promise<RunStatus> {
  if (!source || (status.state !== 'waiting' && status.state !== 'running')) return status;
  try {
    const waiting = await source.explain(ref, signal && { signal });
    return waiting ? { ...status, waiting } : status;
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    logger.info('why it waits could not be asked', { error: error.message });
    return status;
  }
}
