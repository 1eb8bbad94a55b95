/** The answers of Spark's monitoring API, as far as a report needs them. What is missing in one is 0 or left out. */
import * as z from 'zod';
import * as wire from './spark-wire.js';

const { count, ids, maybe, text, time } = wire;

export const Application = wire.applicationOf(
  wire.Attempt.extend({ startTime: time, endTime: time, appSparkVersion: maybe }),
);

export const Job = wire.Job.extend({ name: text, description: maybe, completionTime: time });
export type Job = z.infer<typeof Job>;

const quantiles = z.array(z.number()).length(4).optional().catch(undefined);

export const Stage = wire.Stage.extend({
  description: maybe,
  numKilledTasks: count,
  failureReason: maybe,
  executorRunTime: count,
  jvmGcTime: count,
  inputRecords: count,
  outputRecords: count,
  memoryBytesSpilled: count,
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

export const Executor = wire.Executor.extend({
  hostPort: text,
  addTime: time,
  removeTime: time,
  removeReason: maybe,
  completedTasks: count,
  failedTasks: count,
  totalDuration: count,
  totalGCTime: count,
});
export type Executor = z.infer<typeof Executor>;

export const Query = wire.Query.extend({
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
