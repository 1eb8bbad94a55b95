import type { AttemptRecord, RunRef } from '../core/index.js';
import { isTied, type YarnWord } from './ask-yarn.js';
import type { EngineDeps } from './deps.js';
import { isLeftInDoubt, isUnsettled, LeftBehind } from './left-behind.js';
import type { OwnCancel, Reading } from './reading.js';
import { Spell } from './spell.js';

/** A round of questions in which nobody had a record of the attempt. */
export interface Round {
  readonly ref: RunRef;
  /** As the ledger has it, where it does. */
  readonly attempt: AttemptRecord | undefined;
  /** Of those who did not answer. */
  readonly silences: readonly string[];
  readonly yarn: YarnWord | undefined;
}

/** What it means that nobody has a record: it depends on who was silent, how far the submit came, and for how long it is so. */
export class NoRecord {
  readonly #deps: EngineDeps;
  readonly #cancel: OwnCancel | undefined;
  readonly #leftBehind: LeftBehind;
  readonly #gone: Spell;

  constructor(deps: EngineDeps, cancel: OwnCancel | undefined) {
    this.#deps = deps;
    this.#cancel = cancel;
    this.#leftBehind = new LeftBehind(deps);
    this.#gone = new Spell(deps.clock);
  }

  /** Somebody has one. */
  end(): void {
    this.#gone.end();
    this.#leftBehind.end();
  }

  judge({ ref, attempt, silences, yarn }: Round): Reading {
    const { backend, registry, waits } = this.#deps;
    const { appId } = ref;
    const askedAt = this.#cancel?.askedAt ?? attempt?.cancelAskedAt;
    const takenAt = this.#cancel?.takenAt ?? attempt?.cancelTakenAt;
    const yarnCannotSay = !registry || !isTied(ref) || yarn?.kind === 'unclear';
    const isDeleted = takenAt !== undefined && yarnCannotSay;
    // What is in nobody's hands goes as any run of which nobody has a record if it was cancelled, for nothing more is sent then,
    // or if the ref knows it from a server: it was started, whatever the ledger could be told.
    const isSettled = askedAt !== undefined || ref.id !== undefined || appId !== undefined;
    if (isUnsettled(attempt) && !isDeleted && !(isSettled && isLeftInDoubt(attempt, this.#deps))) {
      this.#gone.end();
      const reading = this.#leftBehind.judge(attempt, { silences, yarn });
      const { cancelAskedAt } = attempt;
      return reading.kind === 'unsent' && cancelAskedAt !== undefined ? deleted(cancelAskedAt) : reading;
    }
    if (silences.length > 0) {
      this.#gone.end();
      return { kind: 'silent', reason: silences.join('; ') };
    }
    // DELETE answers once the process is gone, and the batch with it: nobody but who sent it, or the ledger, can still say so.
    if (isDeleted) return deleted(takenAt);
    this.#gone.goOn();
    // While no application has been seen, the spark-submit of a Livy that died may still be on its way to YARN.
    const longMs = appId === undefined ? Math.max(waits.lostAfterMs, waits.settleMs) : waits.lostAfterMs;
    if (this.#gone.isLonger(longMs)) {
      // Asked for is enough: the answer to a DELETE may be lost, and that nothing runs is proven.
      if (askedAt !== undefined && appId === undefined && yarn?.kind === 'absent') return deleted(askedAt);
      return { kind: 'lost' };
    }
    return { kind: 'silent', reason: `${backend.kind} has no record of ${nameOf(ref)}` };
  }
}

/** What it is called in words: one that was found at YARN has no name at the backend. */
export const nameOf = ({ name, key }: RunRef): string => (name === '' ? key : name);

const deleted = (at: string): Reading => ({
  kind: 'ended',
  status: { raw: 'deleted', state: 'cancelled', source: 'ledger', links: {}, message: `stopped by livywire at ${at}` },
});
