import type { Clock, Ledger, WatchedRun, WatcherBeat } from '../core/index.js';

/**
 * A watcher says every minute that it is there, and its function is called every five: three minutes without a word are three
 * rounds missed, more than the minute or so between two calls of it.
 */
const STALE_MS = 180_000;
/** The processes that waited on its word begin to ask within these two minutes, not all at once; those who wait in one share its requests. */
const SPREAD_MS = 120_000;
/** So long one reading of the beat serves all who wait in this process. */
const KEPT_MS = 10_000;
/** Where nobody watches, somebody may begin to. */
const LOOK_AGAIN_MS = 60_000;
/** A beat from later than now is from a clock that is set otherwise. */
const AHEAD_MS = 60_000;

/** What is known of a run that somebody else watches. `run`: as it was last seen; absent where the watcher says nothing of it. */
interface Watched {
  readonly run?: WatchedRun;
  /** How long ago that was said, in milliseconds, by our clock. */
  readonly saidMs: number;
}

/** Who watches the runs of a ledger. */
export interface Watcher {
  /** `undefined` where nobody watches, or was heard of for too long: then the servers are to be asked. Never rejects. */
  sees(name: string): Promise<Watched | undefined>;
}

/**
 * The watcher of a ledger, as one process knows it: its last beat, read once for all who wait here. Whether it is there is judged by the clock of
 * this machine: at first by the time in its beat, then by when a new one was seen here, so that two clocks which disagree cost
 * a few reads and blind nobody for longer than the limit.
 */
export class WatcherView implements Watcher {
  readonly #ledger: Pick<Ledger, 'lastBeat'>;
  readonly #clock: Clock;
  readonly #limitMs: number;
  #beat: WatcherBeat | undefined;
  /** When `#beat` was first seen here; of the first one, when it says that it was said. */
  #saidAt = -Infinity;
  #readAt = -Infinity;
  #reading: Promise<void> | undefined;

  constructor(ledger: Pick<Ledger, 'lastBeat'>, clock: Clock, random: () => number = Math.random) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#limitMs = STALE_MS + random() * SPREAD_MS;
  }

  async sees(name: string): Promise<Watched | undefined> {
    this.#mindTheClock();
    const keptMs = this.#clock.now() - this.#saidAt <= this.#limitMs ? KEPT_MS : LOOK_AGAIN_MS;
    if (this.#clock.now() - this.#readAt >= keptMs) await (this.#reading ??= this.#read());
    const saidMs = this.#clock.now() - this.#saidAt;
    if (!this.#beat || saidMs > this.#limitMs) return undefined;
    const { at, runs = {} } = this.#beat;
    const run = Object.hasOwn(runs, name) ? runs[name] : undefined;
    // It watches, and cannot see this one: another cluster, a server that does not answer it.
    const isSeen = run !== undefined && Date.parse(at) - Date.parse(run.at) <= STALE_MS;
    return { saidMs, ...(isSeen && { run }) };
  }

  /** It was set back: what was timed by it would hold for as long again. */
  #mindTheClock(): void {
    const now = this.#clock.now();
    if (now >= this.#readAt) return;
    this.#readAt = -Infinity;
    this.#saidAt = Math.min(this.#saidAt, now);
  }

  async #read(): Promise<void> {
    try {
      const beat = await this.#ledger.lastBeat?.();
      const now = this.#clock.now();
      if (beat && beat.at !== this.#beat?.at) {
        const at = Date.parse(beat.at);
        if (this.#beat) this.#saidAt = now;
        else this.#saidAt = at <= now + AHEAD_MS ? Math.min(at, now) : -Infinity;
        this.#beat = beat;
      }
    } catch {
      // The ledger is out of reach: what was heard last counts until it is too old.
    } finally {
      this.#readAt = this.#clock.now();
      this.#reading = undefined;
    }
  }
}
