import type { OutcomeKind, OutputSummary, RunLinks, RunRef, RunState, Usage } from '../core/index.js';

/** What a state machine does with an answer. */
export type Next =
  /** Wait, then call `submit`: its fate is open, or it has ended and `submit` concludes. */
  | 'submit'
  /** Wait, then call `status`. */
  | 'status'
  /** Wait where there are seconds, then call `cancel`. */
  | 'cancel'
  /** Start a fresh execution with this answer: the history of this one is nearly full. */
  | 'hand-over'
  /** It succeeded. */
  | 'done';

/** One reading, cut to what a payload has room for. */
export interface ShortStatus {
  readonly raw: string;
  readonly state: RunState;
  readonly id?: string;
  readonly appId?: string;
  readonly message?: string;
  readonly links: RunLinks;
}

/** Why a run failed, cut to what a payload has room for. */
export interface ShortDiagnosis {
  readonly code: string;
  readonly title: string;
  readonly transient: boolean;
  /** Lines of the log that prove it. */
  readonly lines: readonly string[];
  /** What to do, most useful first. */
  readonly next: readonly string[];
}

/** How a run ended, cut to what a payload has room for. */
export interface ShortOutcome {
  readonly kind: OutcomeKind;
  readonly diagnosis?: ShortDiagnosis;
  /** Of a cancelled one: who stopped it. */
  readonly by?: 'livywire' | 'someone';
  readonly message?: string;
  readonly links: RunLinks;
  readonly usage?: Usage;
  readonly output?: OutputSummary;
  /** When it was known, ISO 8601. */
  readonly knownAt: string;
}

/**
 * What `submit`, `status` and `cancel` answer: plain JSON of less than 8 KB, whatever the job says, that a Choice state can
 * read. It goes back in as `run` with the next call.
 */
export interface RunAnswer {
  readonly v: 1;
  readonly next: Next;
  /** Whole seconds to wait before that, at least 1. Absent: none. */
  readonly waitSeconds?: number;
  readonly ref?: RunRef;
  readonly status?: ShortStatus;
  readonly outcome?: ShortOutcome;
  /** Events of the execution's history that are used up, as the handlers count them: nine for each turn. */
  readonly events: number;
  /** Why it is pending, or why it is to be cancelled. */
  readonly reason?: string;
  /** It was to be stopped because it is older than `timeoutSeconds`. */
  readonly timedOut?: true;
  /** A handler fails or sees nothing, and nobody has seen since how the run is. */
  readonly trouble?: Trouble;
}

/** Since when a handler fails, or sees nothing, and why. */
export interface Trouble {
  readonly of: 'status' | 'cancel';
  /** ISO 8601. */
  readonly since: string;
  /** The attempt that was wanted then: a redrive begins to count anew. */
  readonly attempt: number;
  readonly reason: string;
  /** It has ended, and how is not certain: its output cannot be read, say. */
  readonly isOver?: true;
}

/** What `diagnose` answers: at most 64 KB. */
export interface DiagnoseAnswer {
  readonly v: 1;
  readonly ref: RunRef;
  readonly status: ShortStatus;
  readonly outcome?: ShortOutcome;
  /** Absent where there is nothing to explain. Up to 40 lines. */
  readonly diagnosis?: ShortDiagnosis;
}
