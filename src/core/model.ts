import type { RunProgress, RunWaiting } from './progress.js';

/** The Livy states as of 0.6–0.9. A server may answer one we have never seen. */
export type LivyState =
  | 'not_started'
  | 'starting'
  | 'recovering'
  | 'idle'
  | 'running'
  | 'busy'
  | 'shutting_down'
  | 'error'
  | 'dead'
  | 'killed'
  | 'success';

/**
 * What to run: the fields of Livy's `POST /batches`, in Livy's names.
 * `name` is the caller's own label; Livy gets livywire's name, which is the proof of identity.
 */
export interface JobSpec {
  /** The application: an absolute path or a URI that the cluster can read (`s3://…`, `hdfs://…`, `file:///…`). */
  readonly file: string;
  /** Main class, for Java and Scala. */
  readonly className?: string;
  readonly args?: readonly string[];
  readonly jars?: readonly string[];
  readonly pyFiles?: readonly string[];
  readonly files?: readonly string[];
  readonly archives?: readonly string[];
  /** With a unit: `4g`, `512m`. */
  readonly driverMemory?: string;
  readonly driverCores?: number;
  /** With a unit: `4g`, `512m`. */
  readonly executorMemory?: string;
  readonly executorCores?: number;
  readonly numExecutors?: number;
  readonly queue?: string;
  /** A label for people: kept in the ledger and shown by `ls`. */
  readonly name?: string;
  readonly proxyUser?: string;
  /** Spark settings. Keys start with `spark.`. */
  readonly conf?: Readonly<Record<string, string | number | boolean>>;
}

export type BackendKind = 'livy' | 'emr-step' | 'emr-serverless';

/** Plain JSON that finds one attempt of a run again, from any process. */
export interface RunRef {
  readonly v: 1;
  readonly key: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly backend: BackendKind;
  /** The server's address as the submitter knew it. Credentials never go to an endpoint that only a ref named. */
  readonly endpoint: string;
  /** The name of the attempt at the backend and its YARN tag: `livywire-<hash>-a<n>`. */
  readonly name: string;
  /** The backend's own id once known: Livy's batch id, an EMR step id. */
  readonly id?: string;
  /** YARN's application id once known. */
  readonly appId?: string;
  /** Where its `_SUCCESS` has to be written for it to have succeeded. */
  readonly output?: string;
  /** When the attempt was claimed, ISO 8601, by the submitter's clock. */
  readonly createdAt: string;
}

/** Our reading of a raw state. `unknown` is a state we have never seen: shown, waited on, never an end. */
export type RunState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'unknown';

export interface RunLinks {
  readonly driverLog?: string;
  readonly sparkUi?: string;
  readonly history?: string;
}

/** Who answered. */
export type Witness = 'livy' | 'yarn' | 'history-server' | 'emr' | 'emr-serverless' | 's3' | 'file' | 'ledger' | 'test';

/** One reading of a run. */
export interface RunStatus {
  /** The state as the server said it. */
  readonly raw: string;
  readonly state: RunState;
  readonly source: Witness;
  /** The backend's id. */
  readonly id?: string;
  readonly name?: string;
  readonly appId?: string;
  readonly links: RunLinks;
  /** The server's own words about it: YARN's diagnostics, a step's failure message. */
  readonly message?: string;
  /** Why whoever answered cannot say how it ended. `state` is `unknown` then, and asking them again tells no more. */
  readonly unclear?: string;
  /** How often YARN started its master, and with it the driver, where that was more than once: then it has run before. */
  readonly starts?: number;
  /** Why it waits, where it does: what YARN tells only in what `run.status()` gives, the place in EMR's queue of steps always. */
  readonly waiting?: RunWaiting;
  /** The last log lines, where the reading came with some. */
  readonly tail?: readonly string[];
}

/** One question and its answer, kept so that an outcome can be argued with. */
export interface Evidence {
  readonly source: Witness;
  /** What was asked: `GET /batches/7`. */
  readonly asked: string;
  /** What was answered, in short: `404`, `RUNNING/UNDEFINED`, `unreachable: …`. */
  readonly answer: string;
  /** ISO 8601, our clock. */
  readonly at: string;
}

export interface DiagnosisLine {
  /** Where it stands: `stderr`, `yarn`. */
  readonly source: string;
  /** Line number in that source, from 1, where known. */
  readonly line?: number;
  readonly text: string;
}

/** Why a run failed. */
export interface Diagnosis {
  /** Stable: `PYTHON_EXCEPTION`, `DRIVER_OOM`, … `UNKNOWN`. */
  readonly code: string;
  /** One line with the job's own words in it. */
  readonly title: string;
  /** Whether the same job may succeed when it is simply run again. */
  readonly transient: boolean;
  readonly lines: readonly DiagnosisLine[];
  /** What to do next, most useful first. */
  readonly next: readonly string[];
}

/** What the application used, as YARN counted it. */
export interface Usage {
  readonly memoryMbSeconds?: number;
  readonly vcoreSeconds?: number;
  /** From YARN's acceptance to the start of the application master, in milliseconds. */
  readonly queueMs?: number;
  /** From YARN's acceptance to the end, in milliseconds. */
  readonly runMs?: number;
}

/** What a run wrote. */
export interface OutputSummary {
  readonly path: string;
  /** Without the marker and other files that Spark does not read as data. */
  readonly objects: number;
  readonly bytes: number;
  /** `false` where there are too many to count: it is at least that. */
  readonly complete: boolean;
}

interface OutcomeBase {
  readonly v: 1;
  readonly ref: RunRef;
  /** What was asked and answered on the way to this outcome, oldest first. */
  readonly evidence: readonly Evidence[];
  readonly links: RunLinks;
  /** When we knew, ISO 8601, our clock. */
  readonly knownAt: string;
  readonly usage?: Usage;
  /** Of a success whose output was given, where it could be counted. */
  readonly output?: OutputSummary;
  /** Stages and tasks as they were last counted; `complete` says whether that was after the end. */
  readonly progress?: RunProgress;
  /** Things worth knowing that did not change the outcome: a driver that ran twice, a server that was down. */
  readonly notes?: readonly string[];
}

/** How a run ended. An answer, not an exception. */
export type RunOutcome =
  | (OutcomeBase & { readonly kind: 'succeeded' })
  | (OutcomeBase & { readonly kind: 'failed'; readonly diagnosis: Diagnosis })
  | (OutcomeBase & {
      readonly kind: 'cancelled';
      readonly by: 'livywire' | 'someone';
      readonly message?: string;
    })
  | (OutcomeBase & { readonly kind: 'lost' });

export type OutcomeKind = RunOutcome['kind'];

export type LogStream = 'stdout' | 'stderr' | 'yarn';

/** One line of a log. */
export interface LogLine {
  readonly type: 'line';
  readonly stream: LogStream;
  /** Without its line ending. Control characters are still in it. */
  readonly text: string;
  /** Where it was written: a container's id, or `livy` for what Livy keeps of spark-submit's output. */
  readonly source: string;
  /** Which start of the driver wrote it, from 1: YARN may start a driver again. Absent where that is not known. */
  readonly driver?: number;
  /** Only a part of a line that is longer than 1 MiB: the next one of this stream goes on with it. */
  readonly continues?: true;
  /** As they stand in the log, line feed included; only where they were asked for and can be had. */
  readonly bytes?: Uint8Array;
}

/** What `run.events()` yields. The last one is always `outcome`. */
export type RunEvent =
  | LogLine
  /** Lines that a server threw away. `lines` is absent where nobody can count them. */
  | { readonly type: 'gap'; readonly stream: LogStream; readonly lines?: number; readonly reason: string }
  | { readonly type: 'state'; readonly status: RunStatus }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  /** Why it waits: as soon as that is known, and again when something about it changes. */
  | { readonly type: 'waiting'; readonly waiting: RunWaiting }
  /** Something about the following itself: a server that is out of reach, a source that was changed. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'outcome'; readonly outcome: RunOutcome };

/** Whether a reading says that the run is over. */
export const isFinal = (status: Pick<RunStatus, 'state'>): boolean =>
  status.state === 'succeeded' || status.state === 'failed' || status.state === 'cancelled';
