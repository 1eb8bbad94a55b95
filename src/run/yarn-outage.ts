import type { AttemptRecord, Clock, RunRef } from '../core/index.js';
import { amend } from './amend.js';
import type { EngineDeps } from './deps.js';
import type { Reading } from './reading.js';
import { LEDGER_WITHIN_MS, within } from './within.js';

/** Written down again so often; each mark is one round. */
const EACH_MS = 60_000;
const ROUNDS = 3;
/** A state machine looks every half an hour: between marks that are further apart nobody knows what was. */
const APART_MS = 2_100_000;

type Outage = NonNullable<AttemptRecord['yarnOutage']>;

/** Who has read. */
interface Reader {
  readonly ref: RunRef;
  readonly noted: AttemptRecord | undefined;
  readonly hasYarnAnswered: boolean;
  knows(attempt: AttemptRecord): void;
}

/** One more mark. As in a `Spell`, no step counts for more than half of the time that is waited for. */
function goneOn(before: Outage | undefined, now: number, outageMs: number): Outage {
  const at = new Date(now).toISOString();
  const stepMs = before ? now - Date.parse(before.at) : Infinity;
  if (!before || !(stepMs <= APART_MS)) return { at, ms: 0, rounds: 1 };
  return { at, ms: before.ms + Math.min(Math.max(0, stepMs), outageMs / 2), rounds: before.rounds + 1 };
}

/** Whether YARN was out of reach for as long as an outage may take, with all who have looked so far. */
export const isLongOutage = (outage: Outage | undefined, clock: Clock, outageMs: number): boolean =>
  outage !== undefined &&
  outage.rounds >= ROUNDS &&
  outage.ms >= outageMs &&
  clock.now() - Date.parse(outage.at) <= APART_MS;

/**
 * Keeps in the ledger for how long an end could not be checked, for YARN is out of reach: a function looks for minutes, a sensor for
 * seconds, and neither would ever see a quarter of an hour of it. What YARN answers ends it.
 */
export class YarnOutage {
  readonly #deps: EngineDeps;
  #nextMs = -Infinity;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  async heed(reading: Reading, observer: Reader, signal: AbortSignal | undefined): Promise<void> {
    const { clock, waits } = this.#deps;
    const isAway = reading.kind === 'silent' && reading.isUnchecked === true;
    if (isAway && clock.now() >= this.#nextMs) {
      this.#nextMs = clock.now() + EACH_MS;
      return this.#note(observer, ({ yarnOutage }) => goneOn(yarnOutage, clock.now(), waits.outageMs), signal);
    }
    const isOver = reading.kind === 'going' || (reading.kind === 'silent' && observer.hasYarnAnswered);
    if (!isOver || observer.noted?.yarnOutage === undefined) return;
    this.#nextMs = -Infinity;
    return this.#note(observer, () => undefined, signal);
  }

  async #note(
    observer: Reader,
    outageOf: (attempt: AttemptRecord) => Outage | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const noted = amend(this.#deps, observer.ref, (attempt) => ({ yarnOutage: outageOf(attempt) }));
    const attempt = await within(this.#deps.clock, LEDGER_WITHIN_MS, noted, signal);
    if (attempt) observer.knows(attempt);
  }
}
