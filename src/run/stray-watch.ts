import type { AttemptRecord, RunRef } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { attemptIn } from './records.js';
import { stopStrays } from './strays.js';

/** As long as the spark-submit of a Livy that died goes on trying to reach YARN. */
const LATE_BY_AT_MOST_MS = 900_000;
const LOOK_EVERY_MS = 60_000;

/**
 * While a run goes on for which more than one request was sent: one that was given up as lost can still come through, and
 * its application is not left to run beside the other one until the end.
 */
export class StrayWatch {
  readonly #deps: EngineDeps;
  readonly #said = new Set<string>();
  /** Our clock. */
  #untilMs = -Infinity;
  #nextMs = -Infinity;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  knows({ posts = [] }: Partial<AttemptRecord> = {}): void {
    if (posts.length <= 1) return;
    const now = this.#deps.clock.now();
    const sentAt = Date.parse(posts.at(-1)?.at ?? '');
    this.#untilMs = Math.min(now, Number.isNaN(sentAt) ? now : sentAt) + LATE_BY_AT_MOST_MS;
  }

  /** Once a minute; resolves with what is new to say. Of two that watch, only one that holds the ledger's application acts. */
  async look(ref: RunRef, signal: AbortSignal | undefined): Promise<string[]> {
    const { clock, ledger } = this.#deps;
    const now = clock.now();
    if (ref.appId === undefined || now > this.#untilMs || now < this.#nextMs) return [];
    this.#nextMs = now + LOOK_EVERY_MS;
    const entry = await ledger.get(ref.key).catch(() => undefined);
    const attempt = entry && attemptIn(entry.record.attempts, ref);
    if (attempt?.appId !== ref.appId) return [];
    const lines = await stopStrays(this.#deps, ref, { isLikely: false, onlyLive: true, signal });
    const news = lines.filter((line) => !this.#said.has(line));
    for (const line of news) this.#said.add(line);
    return news;
  }
}
