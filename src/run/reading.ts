import type { AppReport, AttemptRecord, Diagnosis, RunOutcome, RunStatus } from '../core/index.js';

/** What one round of questions came to. */
export type Reading =
  /** `aside`: who did not answer, though somebody else could. */
  | { readonly kind: 'going'; readonly status: RunStatus; readonly aside?: string }
  /** It is over, and whoever had to be asked was asked. `diagnosis`: why it failed, where that is known without its log. */
  | { readonly kind: 'ended'; readonly status: RunStatus; readonly app?: AppReport; readonly diagnosis?: Diagnosis }
  /** The ledger holds the outcome: another process saw the end. */
  | { readonly kind: 'recorded'; readonly outcome: RunOutcome; readonly attempt: AttemptRecord }
  /** All who could know were asked, and none has a record, for longer than a passing gap. */
  | { readonly kind: 'lost' }
  /** It was not brought to its start, and whether it will be, or was, is not known yet. `isHeld`: a submit is at it. */
  | { readonly kind: 'unsettled'; readonly reason: string; readonly isHeld: boolean }
  /** Nothing was started under its name, and nobody is at it: what is said after "Run k". */
  | { readonly kind: 'unsent'; readonly reason: string }
  /**
   * Somebody who might know did not answer, or could not tell. `held`: what the backend says, where that alone is not believed yet.
   * `isUnchecked`: it says that the run ended not well, and YARN is out of reach.
   */
  | { readonly kind: 'silent'; readonly reason: string; readonly held?: RunStatus; readonly isUnchecked?: true };

/** A cancel of this very process: known here even where the ledger does not hold the run, or could not be written. ISO 8601. */
export interface OwnCancel {
  readonly askedAt: string;
  /** When a server took it. */
  takenAt?: string;
}
