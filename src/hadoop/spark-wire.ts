/**
 * What Spark's monitoring API (2.2 to 4) answers, as far as everybody here needs it; who needs more extends it. What is
 * missing in an answer is 0, empty or left out.
 */
import * as z from 'zod/mini';

export const count = z.catch(z.number().check(z.nonnegative()), 0);
export const text = z.catch(z.string(), '');
export const maybe = z.catch(z.optional(z.string()), undefined);
export const ids = z.catch(z.array(z.number()), []);
/** `2026-11-23T04:07:41.291GMT`. */
export const time = z.pipe(
  maybe,
  z.transform((iso: string | undefined) => {
    const ms = Date.parse((iso ?? '').replace(/GMT$/, 'Z'));
    return Number.isNaN(ms) ? undefined : ms;
  }),
);

export const Attempt = z.object({ attemptId: maybe, completed: z.catch(z.boolean(), false) });
/** `attempts`: newest first. A driver knows itself without `attemptId`, and so does the History Server of client mode. */
export const applicationOf = <T extends z.ZodMiniType>(attempt: T) =>
  z.object({ id: z.string(), name: text, attempts: z.catch(z.array(attempt), []) });

/** One action of the driver (`collect`, `count`, a write) and the stages it takes. */
export const Job = z.object({
  jobId: z.number(),
  /** `RUNNING`, `SUCCEEDED`, `FAILED`, `UNKNOWN`. */
  status: text,
  submissionTime: time,
  stageIds: ids,
  numTasks: count,
  numCompletedTasks: count,
  numSkippedTasks: count,
  numFailedTasks: count,
});

/** One try of a stage. */
export const Stage = z.object({
  stageId: z.number(),
  attemptId: count,
  /** `ACTIVE`, `COMPLETE`, `FAILED`, `PENDING`, `SKIPPED`. */
  status: text,
  name: text,
  numTasks: count,
  numCompleteTasks: count,
  numFailedTasks: count,
  firstTaskLaunchedTime: time,
  submissionTime: time,
  completionTime: time,
  inputBytes: count,
  outputBytes: count,
  shuffleReadBytes: count,
  shuffleWriteBytes: count,
  diskBytesSpilled: count,
});

export const Executor = z.object({
  id: z.string(),
  /** 0 of a driver that leaves the work to others. */
  totalCores: count,
  totalInputBytes: count,
  totalShuffleRead: count,
  totalShuffleWrite: count,
});

export const Query = z.object({ id: z.number(), status: text, description: text });
