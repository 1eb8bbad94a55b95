/** A stage that is at work. */
export interface StageProgress {
  readonly id: number;
  /** Which try of the stage this is, from 0: above 0, an earlier one failed. Absent where the source does not tell. */
  readonly attempt?: number;
  /** What it does, as Spark calls it: `collect at etl.py:12`. Folders of the file are left out. */
  readonly name: string;
  /** Tasks. */
  readonly done: number;
  readonly total: number;
  readonly failed?: number;
  readonly running?: number;
  /**
   * How long this stage, not the run, should still take, in milliseconds. Absent unless its tasks have come in at one pace for
   * long enough (docs/progress.md says when): no figure rather than a wrong one.
   */
  readonly remainingMs?: number;
}

/** A stage that is over. */
export interface EndedStage {
  readonly id: number;
  readonly attempt?: number;
  readonly name: string;
  readonly state: 'done' | 'failed';
  /** Tasks that were done, and tries of tasks that failed. */
  readonly tasks: number;
  readonly failed: number;
  /** From its first task's start, in milliseconds, by the driver's clock. */
  readonly tookMs?: number;
}

/**
 * Stages and tasks, from Spark's monitoring API or the log. The totals are of what Spark has planned so far: they grow with
 * each job that the driver starts, and shrink where a job leaves out what an earlier one had computed.
 */
export interface RunProgress {
  readonly stages: {
    readonly done: number;
    readonly failed: number;
    readonly running: number;
    /** Left out, because an earlier job's shuffle files were still there. */
    readonly skipped?: number;
    readonly total?: number;
  };
  readonly tasks: {
    readonly done: number;
    /** Tries of tasks that failed; most are made up for by another try. */
    readonly failed: number;
    readonly running: number;
    readonly skipped?: number;
    readonly total?: number;
  };
  /** Executors at work now; in an outcome, all that there were. The driver is not one. */
  readonly executors?: number;
  /** The stages running now, oldest first. */
  readonly active: readonly StageProgress[];
  /** Stages that have ended since the last `progress` event. Each is told once; where many end at once, only some of them are. */
  readonly ended?: readonly EndedStage[];
  /** Bytes, of the whole run so far. Each is absent where nobody counted it. */
  readonly bytes?: {
    readonly input?: number;
    readonly output?: number;
    readonly shuffleRead?: number;
    readonly shuffleWrite?: number;
    /** Written to disk because it did not fit into memory. */
    readonly spilled?: number;
  };
  /** SQL queries at work now, with the description that the job or Spark gave them. */
  readonly queries?: readonly { readonly id: number; readonly description: string }[];
  /** Who counted: Spark's driver (its monitoring API), the History Server after the end, or the log's own lines. */
  readonly source?: 'driver' | 'history-server' | 'log';
  /** Counted after the end, from everything that Spark wrote: nothing is missing. */
  readonly complete?: boolean;
}

/** Why an application does not start, or gets no executors. */
export type WaitCause =
  /** The queue gives no more of its room to application masters. */
  | 'AM_LIMIT'
  /** This user has what the queue gives one user. */
  | 'USER_LIMIT'
  /** The queue uses all that it may. */
  | 'QUEUE_FULL'
  /** No room is left in the cluster. */
  | 'CLUSTER_FULL'
  /** The queue is stopped, or takes no more applications. */
  | 'QUEUE_STOPPED'
  /** No node is there to run it. */
  | 'NO_NODES'
  /** What it asks for is larger than any node that the cluster has now: it waits until a larger one joins, which may be never. */
  | 'TOO_LARGE'
  /** Others of the queue are before it. */
  | 'BEHIND_OTHERS';

/** Why a run waits, by YARN's scheduler. */
export interface RunWaiting {
  /** As YARN says it: `ACCEPTED`; `RUNNING` for a driver that waits for its executors. */
  readonly raw: string;
  /** In one line: `ACCEPTED 12m · queue default 100 % used · 3 ahead · AM limit reached · largest: etl_sales 61 %`. */
  readonly summary: string;
  /** Most telling first; empty where nothing but patience shows. */
  readonly causes: readonly WaitCause[];
  /** Since YARN accepted it, in milliseconds, by YARN's clock where it told. */
  readonly waitedMs?: number;
  readonly queue?: {
    readonly name: string;
    /** Of what the queue may use at most. */
    readonly usedPercent?: number;
    /** Applications of the queue that wait, too, and came before this one. */
    readonly ahead?: number;
    /** The application that holds most of the queue, and how much of what is used. */
    readonly largest?: { readonly appId: string; readonly name: string; readonly percent: number };
  };
  /** Why waiting is of no use as things are, and what to do. */
  readonly never?: string;
  /** YARN's own words. */
  readonly diagnostics?: string;
}
