/**
 * What one application did, as Spark itself counted it: read from its monitoring API or from its event log, which tell the
 * same. Times are milliseconds since the epoch by the driver's clock, sizes are bytes, all lists oldest first.
 */
export interface SparkFacts {
  /** Who told it: `Spark History Server`, `the driver, through YARN`, `event log application_…_1`. */
  readonly source: string;
  /** `application_…`, `local-…`; empty where it is not told. */
  readonly appId: string;
  readonly name: string;
  /** `3.5.8`, where it is told. */
  readonly sparkVersion?: string;
  /** YARN's attempt that this is about, where the driver was started under YARN: `1`. */
  readonly attemptId?: string;
  readonly startedMs?: number;
  readonly endedMs?: number;
  /** Whether the driver has stopped. Says nothing about how. */
  readonly completed: boolean;
  readonly jobs: readonly SparkJobFacts[];
  readonly stages: readonly SparkStageFacts[];
  readonly executors: readonly SparkExecutorFacts[];
  readonly queries: readonly SparkQueryFacts[];
  /** Spark's properties, by name. Values may hold secrets: mask them before they are shown. */
  readonly properties: readonly (readonly [name: string, value: string])[];
  /** What could not be had, and why. */
  readonly missing: readonly string[];
}

export interface SparkTaskCounts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** Of a job: left out, because their results were there already. Of a stage: killed. */
  readonly other: number;
}

/** One action of the driver: `collect`, a write. */
export interface SparkJobFacts {
  readonly id: number;
  /** `collect at etl.py:12`, without the folders of the file. */
  readonly name: string;
  /** What the program called it (`setJobDescription`), or the text of its SQL. */
  readonly description?: string;
  readonly state: 'succeeded' | 'failed' | 'running' | 'unknown';
  readonly startedMs?: number;
  readonly endedMs?: number;
  readonly stageIds: readonly number[];
  readonly tasks: SparkTaskCounts;
}

/** One try of a stage. */
export interface SparkStageFacts {
  readonly id: number;
  /** From 0: above 0, an earlier try failed. */
  readonly attempt: number;
  readonly name: string;
  readonly description?: string;
  readonly state: 'done' | 'failed' | 'running' | 'waiting' | 'skipped';
  /** When its first task began. */
  readonly startedMs?: number;
  readonly endedMs?: number;
  readonly tasks: SparkTaskCounts;
  /** Why it failed, in Spark's words: several lines. */
  readonly failure?: string;
  /** Time that executors worked on it, all tasks added up. */
  readonly executorMs: number;
  readonly gcMs: number;
  readonly inputBytes: number;
  readonly inputRecords: number;
  readonly outputBytes: number;
  readonly outputRecords: number;
  readonly shuffleReadBytes: number;
  readonly shuffleWriteBytes: number;
  /** What was spilled, as it was in memory. */
  readonly memorySpilledBytes: number;
  readonly diskSpilledBytes: number;
  /** How long its tasks took, the ones that succeeded; absent where none did, or nobody told. */
  readonly taskMs?: { readonly min: number; readonly median: number; readonly p95: number; readonly max: number };
  /** At most five, slowest first; absent where nobody was asked. */
  readonly slowest?: readonly SparkTaskFacts[];
}

export interface SparkTaskFacts {
  readonly id: number;
  /** Which partition of the stage. */
  readonly index: number;
  readonly attempt: number;
  readonly executor: string;
  readonly host: string;
  /** `SUCCESS`, `FAILED`, `KILLED`, `RUNNING`, as Spark says it. */
  readonly state: string;
  readonly tookMs: number;
  readonly gcMs: number;
  readonly inputBytes: number;
  readonly shuffleReadBytes: number;
  readonly diskSpilledBytes: number;
}

/** An executor, or the driver under the id `driver`. */
export interface SparkExecutorFacts {
  readonly id: string;
  readonly host: string;
  readonly cores: number;
  readonly addedMs?: number;
  /** Absent while it is there, and where it was there to the end. */
  readonly removedMs?: number;
  readonly removedBecause?: string;
  readonly tasksDone: number;
  readonly tasksFailed: number;
  /** Time that its tasks took, added up. */
  readonly taskMs: number;
  readonly gcMs: number;
  readonly inputBytes: number;
  readonly shuffleReadBytes: number;
  readonly shuffleWriteBytes: number;
}

/** One SQL query, or one action on a data frame. */
export interface SparkQueryFacts {
  readonly id: number;
  readonly description: string;
  readonly state: 'succeeded' | 'failed' | 'running';
  readonly startedMs?: number;
  readonly tookMs?: number;
  readonly jobIds: readonly number[];
  /** The physical plan, as text. */
  readonly plan?: string;
}
