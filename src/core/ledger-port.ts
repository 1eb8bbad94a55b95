import type { BackendKind, JobSpec, OutcomeKind, RunOutcome, RunState, RunStatus } from './model.js';
import type { OutputMarker } from './ports.js';

/** Who is at work on an attempt. Takes over only where the owner is dead or the lease ran out. */
export interface Claim {
  /** Random per process and submit. */
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /** The process's start, as the operating system counts it: tells a reused pid from the owner. */
  readonly pidStart?: string;
  /** ISO 8601, the owner's clock. */
  readonly leaseUntil: string;
}

/** Who asked for something, from where and with what: for people who look later. Nothing is decided by it. */
export interface Actor {
  /** The ARN that AWS says we are, else the user of the operating system. */
  readonly who: string;
  /** `sts`: AWS said so · `claimed`: nobody checked it. */
  readonly proof: 'sts' | 'claimed';
  readonly host: string;
  /** The version of livywire. */
  readonly livywire: string;
  /** The commit of the folder it was called in; `dirty` when files of it had changes that are not in it. */
  readonly git?: { readonly commit: string; readonly dirty: boolean };
  /** The run of a CI system or of Airflow that it was part of. */
  readonly ci?: { readonly system: string; readonly url?: string; readonly run?: string };
}

/** Somebody outside who is to be told how an attempt ended, once it has. */
export interface Listener {
  /** `task`: a state of Step Functions that waits for its token · `event-bus`: the bus that the functions name. */
  readonly kind: 'task' | 'event-bus';
  /** When it was asked for, ISO 8601. */
  readonly at: string;
  /** Of a task: whoever has it can complete it. Never shown, and gone once it was used. */
  readonly token?: string;
  /** Of a task: when a run that still goes on has taken too long, ISO 8601. */
  readonly until?: string;
  /** Of a task: how much of its execution's history was used up. */
  readonly events?: number;
  /**
   * What it was told: how the run ended; `late`: that it takes too long; `gone`: nothing, for nobody waits any more; `untold`: nothing,
   * for it could not be told for so long that nobody can wait any more.
   * Absent while it is owed a word.
   */
  readonly told?: OutcomeKind | 'late' | 'gone' | 'untold';
  readonly toldAt?: string;
}

/** One attempt in the ledger. */
export interface AttemptRecord {
  readonly attempt: number;
  readonly name: string;
  /**
   * `claimed`: nothing was sent · `posting`: a request may be under way · `refused`: nothing runs ·
   * `started`: the backend has it · `ended`: `outcome` is there.
   */
  readonly phase: 'claimed' | 'posting' | 'refused' | 'started' | 'ended';
  readonly createdAt: string;
  readonly backend: BackendKind;
  readonly endpoint: string;
  readonly claim?: Claim;
  /** Who made the attempt. */
  readonly by?: Actor;
  /** SHA-256 of the code that runs, hex, where it is known: of the staged file. */
  readonly codeSha256?: string;
  /** Each POST that was about to be sent: our clock, and the resource manager's where it answered. */
  readonly posts: readonly { readonly at: string; readonly serverMs?: number }[];
  readonly id?: string;
  readonly appId?: string;
  /** The output that has to be written, and what stood there right before the first POST. */
  readonly output?: { readonly path: string; readonly before?: OutputMarker };
  /** Why it was refused, or why its fate is unknown. */
  readonly note?: string;
  /** When we were about to ask for the end, ISO 8601: tells our cancel from somebody else's. */
  readonly cancelAskedAt?: string;
  /** The cancels whose question stands, oldest first: one that fails takes its own back, and `cancelAskedAt` is the last that is left. */
  readonly cancelMarks?: readonly { readonly id: string; readonly at: string }[];
  /** When a server took it: with no record left anywhere, this is what says how it ended. */
  readonly cancelTakenAt?: string;
  /** Who asked for the end, oldest first. */
  readonly cancels?: readonly { readonly at: string; readonly by: Actor }[];
  readonly outcome?: RunOutcome;
  /**
   * The reading that `outcome` was made from, while only how it ended is written down: why it failed and what Spark
   * counted are still to come. Whoever reads the end next completes it, should the one that began it be gone.
   */
  readonly unfinished?: RunStatus;
  /**
   * The backend says that it ended not well, and YARN, without which that is not believed, was out of reach: when that was last seen
   * (ISO 8601), for how many milliseconds by then, in how many looks. Gone once YARN answers.
   */
  readonly yarnOutage?: { readonly at: string; readonly ms: number; readonly rounds: number };
  /** Who outside is told of the end. Until all are, the run counts as open, and whoever follows the ledger tells them. */
  readonly listeners?: readonly Listener[];
}

/** Everything that happened under one key. */
export interface RunRecord {
  readonly v: 1;
  readonly key: string;
  /** SHA-256 over the caller's own fields. */
  readonly specHash: string;
  /** Redacted. */
  readonly spec: JobSpec;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Oldest first; at most the last one has not ended. */
  readonly attempts: readonly AttemptRecord[];
}

/** A run as a list shows it. */
export interface RunSummary {
  readonly key: string;
  /** ISO 8601, the submitter's clock. */
  readonly createdAt: string;
  /** When something last happened to it: its end, else the last write. ISO 8601, the clock of who wrote it. */
  readonly lastAt: string;
  /** The number of its newest attempt, and how far that is. */
  readonly attempt: number;
  readonly state: Exclude<AttemptRecord['phase'], 'ended'> | RunOutcome['kind'];
  readonly id?: string;
  readonly appId?: string;
  /** Its label, else its file; a staged one by its last name. */
  readonly label: string;
  /** Who started the newest attempt, where that was written down. */
  readonly who?: string;
}

/** A record and the version that an update must name. */
export interface LedgerEntry {
  readonly record: RunRecord;
  readonly version: string;
}

/** Where runs are kept: a folder, S3, memory. */
export interface Ledger {
  /** Part of every name, so that the same key in two ledgers is two runs. */
  namespace(): Promise<string>;
  get(key: string): Promise<LedgerEntry | undefined>;
  /** @throws LedgerConflictError when the key is there already */
  create(record: RunRecord): Promise<LedgerEntry>;
  /**
   * @throws LedgerConflictError when `version` is not the latest. Read again after it: a store that repeats its own
   * request, or a fast successor, can make a write that was done look like one that came too late.
   */
  update(record: RunRecord, version: string): Promise<LedgerEntry>;
  /** What last something happened to comes first; `since`: only where that was since then, however old the run is. */
  list(options?: { readonly since?: Date; readonly limit?: number }): AsyncIterable<RunRecord>;
  /** As `list`, where a ledger can tell it without reading every record. */
  summaries?(options?: { readonly since?: Date; readonly limit?: number }): AsyncIterable<RunSummary>;
  /**
   * The runs that have not ended, whose end is not explained, or of which somebody is still to be told, where a ledger can tell them without reading the others;
   * what a killed writer left undone beside the records is put in order on the way.
   */
  open?(): AsyncIterable<RunRecord>;
  /** Says that the runs of this ledger are watched. */
  beat?(beat: WatcherBeat): Promise<void>;
  /** When somebody last said so; `undefined` where nobody ever did. */
  lastBeat?(): Promise<WatcherBeat | undefined>;
}

/** One who follows every run of a ledger, and was there at that time. */
export interface WatcherBeat {
  readonly v: 1;
  /** ISO 8601, the watcher's clock. */
  readonly at: string;
  /** How many runs were in flight. */
  readonly open: number;
  /** Its ARN, where it is a function. */
  readonly by?: string;
  /** What it last saw of each run that it follows, under the name of the attempt: who is not here is not followed. */
  readonly runs?: Readonly<Record<string, WatchedRun>>;
}

/** A run as its watcher last saw it. */
export interface WatchedRun {
  /** When a server last said so, ISO 8601, the watcher's clock. */
  readonly at: string;
  readonly raw: string;
  readonly state: RunState;
  readonly id?: string;
  readonly appId?: string;
}
