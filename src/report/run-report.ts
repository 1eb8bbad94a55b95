import type {
  AppReport,
  AttemptRecord,
  JobSpec,
  LogStream,
  RunOutcome,
  RunRef,
  RunStatus,
  SparkFacts,
} from '../core/index.js';

/**
 * Everything that a report says of a run, as plain JSON: what `livywire report --json` prints and the page is drawn from.
 * Texts are as safe to show as {@link cleanReport} makes them: secrets masked, control characters gone, cut where they are long.
 */
export interface RunReport {
  readonly v: 1;
  readonly kind: 'report';
  /** When it was made, ISO 8601, our clock. */
  readonly madeAt: string;
  /** livywire's version. */
  readonly madeBy: string;
  /** Absent for a report of an event log that names no run. */
  readonly ref?: RunRef;
  /** How the run was asked for: its key, or the id that stood on the command line. */
  readonly title: string;
  /** As the ledger has it. Absent for what livywire did not start. */
  readonly spec?: JobSpec;
  /** All attempts under the key, oldest first; empty where the ledger has none. */
  readonly attempts: readonly ReportAttempt[];
  /** How it ended, once that is known. */
  readonly outcome?: RunOutcome;
  /** The last reading, where a server could be asked. */
  readonly status?: RunStatus;
  /** YARN's word about the application, where YARN could be asked. */
  readonly app?: Omit<AppReport, 'tags'>;
  /** Jobs, stages, executors, queries. */
  readonly spark?: SparkFacts;
  readonly log?: ReportLog;
  /** What is not in this report, and why: `the log: Livy did not answer …`. */
  readonly missing: readonly string[];
}

/** One attempt, as the ledger has it. */
export type ReportAttempt = Pick<
  AttemptRecord,
  'attempt' | 'name' | 'phase' | 'createdAt' | 'id' | 'appId' | 'note'
> & {
  /** How many requests to start it were begun. */
  readonly posts: number;
  readonly outcome?: RunOutcome['kind'];
};

/** The driver's log, or its end. stdout and stderr have no order between them: each keeps its own. */
export interface ReportLog {
  /** Asked for so many last lines of each stream. */
  readonly tail: number;
  readonly items: readonly ReportLogItem[];
  /** Whether lines before these may exist. */
  readonly isCut: boolean;
}

export type ReportLogItem =
  | { readonly type: 'line'; readonly stream: LogStream; readonly text: string }
  /** Lines that a server threw away; `lines` is absent where nobody can count them. */
  | { readonly type: 'gap'; readonly stream: LogStream; readonly lines?: number; readonly reason: string };
