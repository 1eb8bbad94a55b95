import type { LivywireError } from './errors.js';
import type {
  BackendKind,
  JobSpec,
  OutputSummary,
  RunEvent,
  RunRef,
  RunStatus,
  RunState,
  Usage,
  Witness,
} from './model.js';

/** Accepted by every call that goes out. */
export interface CallOptions {
  /** Ends the call, not the job. The promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Time, so that tests need none. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some instant, by a clock that nobody sets. @defaultValue `now` */
  elapsed?(): number;
  /** Resolves after `ms`, or rejects with `signal.reason`. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Where livywire says what it does. Silent unless one is given. Never handed a secret. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** One attempt, ready to be started under its own name. */
export interface AttemptPlan {
  readonly spec: JobSpec;
  /** `livywire-<hash>-a<n>`: the name at the backend. */
  readonly name: string;
  /** YARN tags, lower case: the name first, then the spec's hash. */
  readonly tags: readonly string[];
}

/** What one request to start something came to. */
export type StartAnswer =
  | { readonly kind: 'started'; readonly status: RunStatus }
  /** The backend already holds that name. */
  | { readonly kind: 'duplicate' }
  /** Back-pressure: nothing was started, ask again later. */
  | { readonly kind: 'busy'; readonly message: string; readonly retryAfterMs?: number }
  /** Nothing was started, and the same request never will be. `leftover`: the backend may have registered the name all the same. */
  | { readonly kind: 'refused'; readonly error: LivywireError; readonly leftover: boolean }
  /** The request certainly did not arrive. */
  | { readonly kind: 'unsent'; readonly error: LivywireError }
  /** The request may have been acted on. */
  | { readonly kind: 'unknown'; readonly error: LivywireError };

/** Starts and stops attempts. Livy batches, EMR steps and EMR Serverless each implement it. */
export interface Backend {
  readonly kind: BackendKind;
  readonly endpoint: string;
  /** Why nothing can be started there any more. What was started before can still be asked about. @defaultValue it can */
  readonly closed?: string | undefined;
  /** Checks the spec before anything is sent. @throws ConfigError naming the field */
  check(spec: JobSpec): void;
  /** The request that `start` would send, as plain JSON. */
  request(plan: AttemptPlan): Readonly<Record<string, unknown>>;
  /** One request. Never repeated by itself; rejects only when `signal` aborts. */
  start(plan: AttemptPlan, options?: CallOptions): Promise<StartAnswer>;
  /** The attempt that holds this name now; `undefined` when the backend answered that there is none. */
  find(name: string, options?: CallOptions): Promise<RunStatus | undefined>;
  /** One reading; `undefined` when the backend has no record, or its id now belongs to something else. */
  status(ref: RunRef, options?: CallOptions): Promise<RunStatus | undefined>;
  /** Every attempt the backend remembers, page by page. */
  list(options?: CallOptions): AsyncIterable<RunStatus>;
  /**
   * Asks for the end. Resolves once the backend took it, or has no record. Whether it is over is read afterwards.
   * `ended`: the backend itself knows how it ended, and nothing was asked: asking may throw that knowledge away.
   */
  stop(ref: RunRef, options?: CallOptions): Promise<'asked' | 'no-record' | 'ended'>;
  /** Removes what a refused start of ours left behind under this name. */
  discard(name: string, options?: CallOptions): Promise<void>;
  /** When the attempt ended, by the backend's own clock, milliseconds since the epoch; `undefined` where it does not say. */
  endedAt?(ref: RunRef, options?: CallOptions): Promise<number | undefined>;
}

/** An application as its resource manager reports it. */
export interface AppReport {
  readonly appId: string;
  /** `RUNNING`, … as YARN says it. */
  readonly raw: string;
  /** `UNDEFINED`, `SUCCEEDED`, … as YARN says it. */
  readonly finalStatus: string;
  readonly state: RunState;
  /** It is over, and why this answer cannot say how. `state` is `unknown` then, and asking again tells no more. */
  readonly unclear?: string;
  readonly name: string;
  readonly user: string;
  readonly queue: string;
  readonly tags: readonly string[];
  readonly diagnostics: string;
  /** Server time, milliseconds since the epoch. */
  readonly startedMs: number;
  readonly finishedMs?: number;
  readonly trackingUrl?: string;
  readonly amContainerLogs?: string;
  /** How often its master, and with it the driver, was started so far: above 1, the driver may have run more than once. */
  readonly attempts?: number;
  readonly usage: Usage;
}

/** `absent` is proof of absence; everything less is `unknown` with its reason. */
export type AppSearch =
  | { readonly kind: 'found'; readonly apps: readonly AppReport[] }
  | { readonly kind: 'absent' }
  /** `mayHaveForgotten`: it was, or may have been, started anew since, so that an application may have been there and be gone. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly mayHaveForgotten?: boolean };

/** When a job was sent, as far as it is known: what tells whether an empty list proves anything. */
export interface TagSearchOptions extends CallOptions {
  /** Server time of the first request, or earlier. Without it there is no `absent`. */
  readonly sinceMs?: number;
  /** How long ago that was by our own clock, in milliseconds, where server time is not known: a hint, with an hour to spare. */
  readonly sentAgoMs?: number;
}

/** How an application is read. */
export interface AppReadOptions extends CallOptions {
  /** A tag that it carries: reads of many that are due at one time can be one by their tags. @defaultValue it is read by itself */
  readonly tag?: string;
}

/** The resource manager behind a backend: YARN. */
export interface AppRegistry {
  /** `undefined` when it has no record of that id. */
  byId(appId: string, options?: AppReadOptions): Promise<AppReport | undefined>;
  /** Those it shows of all that carry one of these tags, in one request. One that is missing may be there all the same. */
  byTags?(tags: readonly string[], options?: CallOptions): Promise<readonly AppReport[]>;
  /**
   * Applications that carry the tag. Absence counts only if the resource manager started before `sinceMs`
   * (server time), still remembers applications older than that, and lets us see them. @throws UnreachableError
   */
  byTag(tag: string, options?: TagSearchOptions): Promise<AppSearch>;
  /** The server's own clock, milliseconds since the epoch. */
  serverTime(options?: CallOptions): Promise<number>;
  /** Asks for the end of an application. `no-record` when there is none by that id. */
  kill(appId: string, options?: CallOptions): Promise<'asked' | 'no-record'>;
}

/** Knows how a run ended after its backend forgot it. `undefined` is "no record here", never "it failed". */
export interface OutcomeSource {
  readonly source: RunStatus['source'];
  status(ref: RunRef, options?: CallOptions): Promise<RunStatus | undefined>;
  /** Whether it can tell of runs that were started at this endpoint, though another one is connected to. */
  settles?(endpoint: string): boolean;
}

export type LogItem = Extract<RunEvent, { type: 'line' | 'gap' | 'notice' }>;

/** How much of a log is wanted. */
export interface LogOpening {
  /** Start with the last so many lines of each stream. @defaultValue everything the servers still have */
  readonly tail?: number;
  /** Only this one of the driver's two streams. @defaultValue both */
  readonly stream?: 'stdout' | 'stderr';
  /** The executors' logs in place of the driver's; nothing where the backend has no YARN. @defaultValue `false` */
  readonly executors?: boolean;
  /** Give each line's bytes too, where the source has them. @defaultValue `false` */
  readonly bytes?: boolean;
}

/** Where a driver's log comes from. Opened once per follower; it remembers what it has given. */
export interface LogSource {
  open(ref: RunRef, options?: LogOpening): LogReader;
}
/** Gives a log piece by piece, each of bounded size, so that memory stays flat however long the log is. */
export interface LogReader {
  /** Shortest pause between two reads, in milliseconds: who is asked now wants it so. @defaultValue the engine's for Livy */
  readonly minPauseMs?: number;
  /** What is new since the last call; ends where nothing more is there now. `ref` may know more than at the opening. */
  read(ref: RunRef, options?: CallOptions): AsyncIterable<readonly LogItem[]>;
  /** What only the end of the run makes readable; call once, after it. */
  finish(ref: RunRef, options?: CallOptions): AsyncIterable<readonly LogItem[]>;
}

/** Where the driver writes, when that is not the backend's own log: its container. */
export interface DriverLogSource extends LogSource {
  open(ref: RunRef, options?: LogOpening): DriverLogReader;
}
export interface DriverLogReader extends LogReader {
  /** Whether this is the driver's log, readable and to its last line, so that the backend's own has nothing to add. */
  readonly suffices: boolean;
}

/** What stood under an output path: no marker, or one that can be told from the next. */
export type OutputMarker =
  | { readonly kind: 'absent'; readonly serverMs?: number }
  /** `version`: its time and size, its ETag. `serverMs`: when this was seen, by the store's own clock, where it tells. */
  | { readonly kind: 'present'; readonly version: string; readonly serverMs?: number };

/** Looks at the `_SUCCESS` that Spark writes last under an output path: files here, S3 for what runs in AWS. */
export interface OutputMarkers {
  /** Who answers for a path. */
  source(path: string): Witness;
  /** The path as the ledger keeps it. @throws ConfigError that says what can be checked, for one that cannot */
  accept(path: string): string;
  /** Where its marker stands, for words. */
  markerOf(path: string): string;
  /** @throws ConfigError, UnreachableError when it cannot be told whether there is one */
  read(path: string, options?: CallOptions): Promise<OutputMarker>;
  /** What stands there and was written since `sinceMs` (the store's own clock), where it can be counted. @throws as `read` */
  written?(path: string, options?: CallOptions & { readonly sinceMs?: number }): Promise<OutputSummary | undefined>;
}
