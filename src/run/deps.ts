import type {
  Actor,
  AppRegistry,
  AppReport,
  Backend,
  CallOptions,
  Clock,
  Diagnosis,
  DiagnosisLine,
  Ledger,
  Logger,
  LogSource,
  OutcomeSource,
  OutputMarkers,
  ProgressSource,
  RunRef,
  RunStatus,
  WaitingSource,
} from '../core/index.js';
import type { Identity } from './identity.js';
import type { Watcher } from './watcher-view.js';

/** What is known about a failed attempt: the end of the log of the driver's last start, and YARN's report. */
export interface DiagnosisFacts {
  readonly status: RunStatus;
  readonly lines: readonly DiagnosisLine[];
  readonly app?: AppReport;
}

/** From that to a reason. */
export type Diagnose = (facts: DiagnosisFacts) => Diagnosis | Promise<Diagnosis>;

/** The waits of the engine, in milliseconds. */
export interface Waits {
  /** Longest wait for the answer to a POST. */
  readonly postTimeoutMs: number;
  /** Unbroken absence after which a request of unknown fate counts as never acted on. */
  readonly settleMs: number;
  /** How long a claim holds without being renewed. */
  readonly leaseMs: number;
  /** Unbroken absence of a started attempt everywhere, after which its outcome is `lost`. */
  readonly lostAfterMs: number;
  /** How long the `_SUCCESS` of an output may take to be seen after the end. */
  readonly markerGraceMs: number;
  /** Unbroken silence of every server, after which a wait gives up with `UnreachableError`. The job goes on. */
  readonly outageMs: number;
}

export const defaultWaits: Waits = {
  postTimeoutMs: 120_000,
  settleMs: 60_000,
  leaseMs: 60_000,
  lostAfterMs: 30_000,
  markerGraceMs: 10_000,
  outageMs: 900_000,
};

/** Everything the engine works with. Implementations are picked in `app/`. */
export interface EngineDeps {
  readonly backend: Backend;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logs: LogSource;
  readonly diagnose: Diagnose;
  /** What the backend's own server wrote about a run that left no log. @defaultValue it is not kept */
  readonly serverWords?: (ref: RunRef, options?: Pick<CallOptions, 'signal'>) => Promise<readonly string[]>;
  readonly logger: Logger;
  readonly identity: Identity;
  readonly waits: Waits;
  /** Who acts, as it is written down with attempts and cancels. */
  readonly actor?: () => Promise<Actor>;
  /** Where outputs are looked at. */
  readonly markers: OutputMarkers;
  /** Makes sure that what a job reads is there. @throws ConfigError, UnreachableError */
  readonly inputs?: (paths: readonly string[], options?: CallOptions) => Promise<void>;
  /** YARN, where it can be asked. */
  readonly registry?: AppRegistry;
  /** Asked in this order when backend and registry have no record. */
  readonly sources: readonly OutcomeSource[];
  /** What Spark does, where it can be counted. */
  readonly progress?: ProgressSource;
  /** Why a run waits, where YARN can be asked. */
  readonly waiting?: WaitingSource;
  /** Who watches the runs of the ledger: while somebody does, those who only wait ask nobody else. Absent for the watcher itself. */
  readonly watcher?: Watcher;
}
