import type { Diagnosis, DiagnosisLine, RunStatus } from '../core/index.js';

/** What a rule may look at. */
export interface Facts {
  readonly status: RunStatus;
  /** The end of the driver's log, oldest first; streams keep their own order. */
  readonly lines: readonly DiagnosisLine[];
}

/** Says why a run failed, or `undefined` where it cannot tell. Pure. */
export type Rule = (facts: Facts) => Diagnosis | undefined;
