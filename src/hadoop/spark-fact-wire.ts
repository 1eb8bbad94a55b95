/** The answers of Spark's monitoring API, as far as a report needs them. What is missing in one is 0 or left out. */
import * as z from 'zod';

const count = z.number().nonnegative().catch(0);
const text = z.string().catch('');
const maybe = z.string().optional().catch(undefined);
const ids = z.array(z.number()).catch([]);
/** `2026-11-23T04:07:41.291GMT`. */
const time = maybe.transform((iso) => {
  const ms = Date.parse((iso ?? '').replace(/GMT$/, 'Z'));
  return Number.isNaN(ms) ? undefined : ms;
});

export const Application = z.object({
  id: z.string(),
  name: text,
  attempts: z
    .array(
      z.object({
        attemptId: maybe,
        completed: z.boolean().catch(false),
        startTime: time,
        endTime: time,
        appSparkVersion: maybe,
      }),
    )
    .catch([]),
});

export const Job = z.object({
  jobId: z.number(),
  name: text,
  description: maybe,
  status: text,
  submissionTime: time,
  completionTime: time,
  stageIds: ids,
  numTasks: count,
  numCompletedTasks: count,
  numSkippedTasks: count,
  numFailedTasks: count,
});
export type Job = z.infer<typeof Job>;

const quantiles = z.array(z.number()).length(4).optional().catch(undefined);

export const Stage = z.object({
  stageId: z.number(),
  attemptId: count,
  name: text,
  description: maybe,
  status: text,
  numTasks: count,
  numCompleteTasks: count,
  numFailedTasks: count,
  numKilledTasks: count,
  submissionTime: time,
  firstTaskLaunchedTime: time,
  completionTime: time,
  failureReason: maybe,
  executorRunTime: count,
  jvmGcTime: count,
  inputBytes: count,
  inputRecords: count,
  outputBytes: count,
  outputRecords: count,
  shuffleReadBytes: count,
  shuffleWriteBytes: count,
  memoryBytesSpilled: count,
  diskBytesSpilled: count,
  /** Where the server knows `withSummaries` (3.1). `duration` came later than the rest. */
  taskMetricsDistributions: z.object({ duration: quantiles, executorRunTime: quantiles }).optional().catch(undefined),
});
export type Stage = z.infer<typeof Stage>;

const none = { bytesRead: 0 };
export const Task = z.object({
  taskId: z.number(),
  index: count,
  attempt: count,
  executorId: text,
  host: text,
  status: text,
  duration: count,
  taskMetrics: z
    .object({
      jvmGcTime: count,
      diskBytesSpilled: count,
      inputMetrics: z.object({ bytesRead: count }).catch(none),
      shuffleReadMetrics: z
        .object({ remoteBytesRead: count, localBytesRead: count })
        .catch({ remoteBytesRead: 0, localBytesRead: 0 }),
    })
    .optional()
    .catch(undefined),
});
export type Task = z.infer<typeof Task>;

export const Executor = z.object({
  id: z.string(),
  hostPort: text,
  totalCores: count,
  addTime: time,
  removeTime: time,
  removeReason: maybe,
  completedTasks: count,
  failedTasks: count,
  totalDuration: count,
  totalGCTime: count,
  totalInputBytes: count,
  totalShuffleRead: count,
  totalShuffleWrite: count,
});
export type Executor = z.infer<typeof Executor>;

export const Query = z.object({
  id: z.number(),
  status: text,
  description: text,
  planDescription: text,
  submissionTime: time,
  duration: count,
  runningJobIds: ids,
  successJobIds: ids,
  failedJobIds: ids,
});
export type Query = z.infer<typeof Query>;

/** Only Spark's own properties: those of the JVM and the class path are long, and say little. */
export const Environment = z
  .object({ sparkProperties: z.array(z.tuple([z.string(), z.string()])) })
  .transform(({ sparkProperties }) => sparkProperties);
