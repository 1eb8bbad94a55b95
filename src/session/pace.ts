import type { Clock } from '../core/index.js';

/** Somebody sits before it: the driver itself answers for its statements, so it is asked sooner than Livy about a batch. */
const STATEMENT = { minMs: 150, maxMs: 5_000 } as const;
/** A session needs the better part of a minute to be there. */
const SESSION = { minMs: 1_000, maxMs: 5_000 } as const;
const SHARE = 0.05;

const paces = { statement: STATEMENT, session: SESSION };

/** Pauses before the next reading: 5 % of the time since it began, within bounds. */
export class Pace {
  readonly #clock: Clock;
  readonly #bounds: { readonly minMs: number; readonly maxMs: number };
  readonly #since: number;
  constructor(clock: Clock, of: keyof typeof paces) {
    this.#clock = clock;
    this.#bounds = paces[of];
    this.#since = clock.now();
  }
  /** Milliseconds since it began. */
  get ageMs(): number {
    return this.#clock.now() - this.#since;
  }
  /** @throws signal.reason */
  pause(signal: AbortSignal | undefined): Promise<void> {
    const { minMs, maxMs } = this.#bounds;
    return this.#clock.sleep(Math.min(maxMs, Math.max(minMs, this.ageMs * SHARE)), signal);
  }
}
