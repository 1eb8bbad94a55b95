/** The answers of Spark's monitoring API, as far as a report needs them. What is missing in one is 0 or left out. */
import * as z from 'zod/mini';
import * as wire from './spark-wire.js';

const { count, ids, maybe, text, time } = wire;

export const Application = wire.applicationOf(
  z.extend(wire.Attempt, { startTime: time, endTime: time, appSparkVersion: maybe }),
);

export const Job = z.extend(wire.Job, { name: text, description: maybe, completionTime: time });
export type Job = z.infer<typeof Job>;

const quantiles = z.catch(z.optional(z.array(z.number()).check(z.length(4))), undefined);

export const Stage = z.extend(wire.Stage, {
  description: maybe,
  numKilledTasks: count,
  failureReason: maybe,
  executorRunTime: count,
  jvmGcTime: count,
  inputRecords: count,
  outputRecords: count,
  memoryBytesSpilled: count,
  /** Where the server knows `withSummaries` (3.1). `duration` came later than the rest. */
  taskMetricsDistributions: z.catch(
    z.optional(z.object({ duration: quantiles, executorRunTime: quantiles })),
    undefined,
  ),
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
  taskMetrics: z.catch(
    z.optional(
      z.object({
        jvmGcTime: count,
        diskBytesSpilled: count,
        inputMetrics: z.catch(z.object({ bytesRead: count }), none),
        shuffleReadMetrics: z.catch(z.object({ remoteBytesRead: count, localBytesRead: count }), {
          remoteBytesRead: 0,
          localBytesRead: 0,
        }),
      }),
    ),
    undefined,
  ),
});
export type Task = z.infer<typeof Task>;

export const Executor = z.extend(wire.Executor, {
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

export const Query = z.extend(wire.Query, {
  planDescription: text,
  submissionTime: time,
  duration: count,
  runningJobIds: ids,
  successJobIds: ids,
  failedJobIds: ids,
});
export type Query = z.infer<typeof Query>;

/** Only Spark's own properties: those of the JVM and the class path are long, and say little. */
export const Environment = z.pipe(
  z.object({ sparkProperties: z.array(z.tuple([z.string(), z.string()])) }),
  z.transform(({ sparkProperties }: { readonly sparkProperties: [string, string][] }) => sparkProperties),
);
