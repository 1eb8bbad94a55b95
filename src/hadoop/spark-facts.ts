import {
  type CallOptions,
  HttpStatusError,
  isLivywireError,
  type SparkExecutorFacts,
  type SparkFacts,
  type SparkJobFacts,
  type SparkQueryFacts,
  type SparkStageFacts,
  type SparkTaskFacts,
} from '../core/index.js';
import type { Http, Query } from '../http/index.js';
import * as z from 'zod/mini';
import { shortName } from './spark-api.js';
import { cutPlan, MOST_SLOW_TASKS, taskCounts } from './spark-fact-parts.js';
import * as wire from './spark-fact-wire.js';

export interface SparkFactsOptions extends CallOptions {
  readonly http: Http;
  /** What stands before `/api/v1`: `/proxy/application_…` at a ResourceManager, nothing at a History Server. */
  readonly base: string;
  /** For people: `Spark History Server`. */
  readonly source: string;
}

/** Of so many stages, those with the longest tasks, the tasks themselves are asked for: one request each. */
const STAGES_WITH_TASKS = 25;
const MOST_QUERIES = 1_000;
const AT_ONCE = 4;

/**
 * All that Spark's monitoring API (2.4 to 4) tells about an application, in about thirty requests. A list that cannot be had
 * is named in `missing`. `undefined`: there is no record of it.
 * @throws UnreachableError, HttpStatusError, AuthError, BadAnswerError when not even the application can be read
 */
export async function readSparkFacts(appId: string, options: SparkFactsOptions): Promise<SparkFacts | undefined> {
  const { http, base, source, signal, timeoutMs } = options;
  const call = {
    ...(signal && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    // Behind YARN's proxy the driver answers, which is the job's; after its end the proxy leads where the driver told it to.
    ...(base !== '' && { redirects: 'same-host' as const }),
  };
  const root = `${base}/api/v1/applications/${encodeURIComponent(appId)}`;
  const app = await orNone(async () => wire.Application.parse(await http.get(root, call)));
  if (app === undefined) return undefined;
  const missing: string[] = [];
  const last = app.attempts[0]; // newest first
  // A driver knows itself without its attempt's number.
  const inAttempt = base === '' && last?.attemptId !== undefined ? `/${encodeURIComponent(last.attemptId)}` : '';
  const list = async <T>(what: string, path: string, schema: z.ZodMiniType<T[]>, query: Query = {}): Promise<T[]> => {
    try {
      return schema.parse(await http.get(`${root}${inAttempt}${path}`, { ...call, query }));
    } catch (error) {
      signal?.throwIfAborted();
      missing.push(`${what}: ${because(error, source)}`);
      return [];
    }
  };
  const stages = await list('stages', '/stages', z.array(wire.Stage), {
    withSummaries: true,
    quantiles: '0.0,0.5,0.95,1.0',
  });
  const jobs = await list('jobs', '/jobs', z.array(wire.Job));
  const executors = await list('executors', '/allexecutors', z.array(wire.Executor));
  const queries = await list('SQL queries', '/sql', z.array(wire.Query), {
    details: false,
    planDescription: true,
    length: MOST_QUERIES,
  });
  const properties = await list("Spark's properties", '/environment', wire.Environment);
  const slowest = new Map<string, readonly SparkTaskFacts[]>();
  const wanted = stages
    .filter(({ numTasks, status }) => numTasks > 1 && status !== 'SKIPPED')
    .sort((a, b) => longest(b) - longest(a));
  for (let i = 0; i < Math.min(wanted.length, STAGES_WITH_TASKS); i += AT_ONCE) {
    await Promise.all(
      wanted.slice(i, Math.min(i + AT_ONCE, STAGES_WITH_TASKS)).map(async ({ stageId, attemptId }) => {
        const path = `/stages/${stageId}/${attemptId}/taskList`;
        const tasks = await list(`tasks of stage ${stageId}`, path, z.array(wire.Task), {
          sortBy: '-runtime',
          length: MOST_SLOW_TASKS * 4, // by the time that executors counted, which is not all of what a task took
        });
        const facts = tasks.map(taskFacts).sort((a, b) => b.tookMs - a.tookMs || a.id - b.id);
        if (facts.length > 0) slowest.set(`${stageId}.${attemptId}`, facts.slice(0, MOST_SLOW_TASKS));
      }),
    );
  }
  const known = new Set(stages.map(({ stageId }) => stageId)).size;
  const begun = stages.reduce((most, { stageId }) => Math.max(most, stageId + 1), 0);
  if (begun > known) missing.push(`${begun - known} of ${begun} stages: Spark keeps the newest ones only`);
  if (wanted.length > STAGES_WITH_TASKS)
    missing.push(`the slowest tasks of ${wanted.length - STAGES_WITH_TASKS} stages with shorter tasks: not asked for`);
  return {
    source,
    appId: app.id,
    name: app.name,
    ...(last?.appSparkVersion !== undefined && { sparkVersion: last.appSparkVersion }),
    ...(last?.attemptId !== undefined && { attemptId: last.attemptId }),
    ...(last?.startTime !== undefined && { startedMs: last.startTime }),
    ...(last?.completed && last.endTime !== undefined && { endedMs: last.endTime }),
    completed: last?.completed ?? false,
    jobs: jobs.map(jobFacts).sort(byId),
    stages: stages.map((stage) => stageFacts(stage, slowest)).sort((a, b) => byId(a, b) || a.attempt - b.attempt),
    executors: executors.map(executorFacts).sort((a, b) => (a.addedMs ?? 0) - (b.addedMs ?? 0)),
    queries: queries.map(queryFacts).sort(byId),
    properties,
    missing,
  };
}

const byId = (a: { readonly id: number }, b: { readonly id: number }): number => a.id - b.id;

async function orNone<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const isItsOwn = error instanceof HttpStatusError && /unknown app|no such app/i.test(error.serverMessage);
    if (isItsOwn && error.status === 404) return undefined;
    throw error;
  }
}

const because = (error: unknown, source: string): string =>
  isLivywireError(error) ? error.message : `${source} answered with something else`;

const longest = ({ taskMetricsDistributions: tasks }: wire.Stage): number =>
  (tasks?.duration ?? tasks?.executorRunTime)?.at(-1) ?? 0;

function jobFacts(job: wire.Job): SparkJobFacts {
  return {
    id: job.jobId,
    name: shortName(job.name),
    ...(job.description !== undefined && { description: job.description }),
    state:
      job.status === 'SUCCEEDED'
        ? 'succeeded'
        : job.status === 'FAILED'
          ? 'failed'
          : job.status === 'RUNNING'
            ? 'running'
            : 'unknown',
    ...(job.submissionTime !== undefined && { startedMs: job.submissionTime }),
    ...(job.completionTime !== undefined && { endedMs: job.completionTime }),
    stageIds: [...job.stageIds].sort((a, b) => a - b),
    tasks: taskCounts(job.numTasks, job.numCompletedTasks, job.numFailedTasks, job.numSkippedTasks),
  };
}

const stageStates: Readonly<Record<string, SparkStageFacts['state']>> = {
  ACTIVE: 'running',
  COMPLETE: 'done',
  FAILED: 'failed',
  PENDING: 'waiting',
  SKIPPED: 'skipped',
};

function stageFacts(stage: wire.Stage, slowest: ReadonlyMap<string, readonly SparkTaskFacts[]>): SparkStageFacts {
  const times = stage.taskMetricsDistributions?.duration ?? stage.taskMetricsDistributions?.executorRunTime;
  const [min, median, p95, max] = times ?? [];
  const tasks = slowest.get(`${stage.stageId}.${stage.attemptId}`);
  const startedMs = stage.firstTaskLaunchedTime ?? stage.submissionTime;
  return {
    id: stage.stageId,
    attempt: stage.attemptId,
    name: shortName(stage.name),
    ...(stage.description !== undefined && { description: stage.description }),
    state: stageStates[stage.status] ?? 'waiting',
    ...(startedMs !== undefined && { startedMs }),
    ...(stage.completionTime !== undefined && { endedMs: stage.completionTime }),
    tasks: taskCounts(stage.numTasks, stage.numCompleteTasks, stage.numFailedTasks, stage.numKilledTasks),
    ...(stage.failureReason !== undefined && { failure: stage.failureReason }),
    executorMs: stage.executorRunTime,
    gcMs: stage.jvmGcTime,
    inputBytes: stage.inputBytes,
    inputRecords: stage.inputRecords,
    outputBytes: stage.outputBytes,
    outputRecords: stage.outputRecords,
    shuffleReadBytes: stage.shuffleReadBytes,
    shuffleWriteBytes: stage.shuffleWriteBytes,
    memorySpilledBytes: stage.memoryBytesSpilled,
    diskSpilledBytes: stage.diskBytesSpilled,
    ...(min !== undefined &&
      median !== undefined &&
      p95 !== undefined &&
      max !== undefined &&
      max > 0 && { taskMs: { min, median, p95, max } }),
    ...(tasks && { slowest: tasks }),
  };
}

function taskFacts(task: wire.Task): SparkTaskFacts {
  const { taskMetrics: metrics } = task;
  return {
    id: task.taskId,
    index: task.index,
    attempt: task.attempt,
    executor: task.executorId,
    host: task.host,
    state: task.status,
    tookMs: task.duration,
    gcMs: metrics?.jvmGcTime ?? 0,
    inputBytes: metrics?.inputMetrics.bytesRead ?? 0,
    shuffleReadBytes:
      (metrics?.shuffleReadMetrics.remoteBytesRead ?? 0) + (metrics?.shuffleReadMetrics.localBytesRead ?? 0),
    diskSpilledBytes: metrics?.diskBytesSpilled ?? 0,
  };
}

function executorFacts(executor: wire.Executor): SparkExecutorFacts {
  return {
    id: executor.id,
    host: executor.hostPort.replace(/:\d+$/, ''),
    cores: executor.totalCores,
    ...(executor.addTime !== undefined && { addedMs: executor.addTime }),
    ...(executor.removeTime !== undefined && { removedMs: executor.removeTime }),
    ...(executor.removeReason !== undefined && { removedBecause: executor.removeReason }),
    tasksDone: executor.completedTasks,
    tasksFailed: executor.failedTasks,
    // The driver's is the application's own.
    taskMs: executor.completedTasks + executor.failedTasks === 0 ? 0 : executor.totalDuration,
    gcMs: executor.totalGCTime,
    inputBytes: executor.totalInputBytes,
    shuffleReadBytes: executor.totalShuffleRead,
    shuffleWriteBytes: executor.totalShuffleWrite,
  };
}

function queryFacts(query: wire.Query): SparkQueryFacts {
  return {
    id: query.id,
    description: query.description,
    state: query.status === 'COMPLETED' ? 'succeeded' : query.status === 'RUNNING' ? 'running' : 'failed',
    ...(query.submissionTime !== undefined && { startedMs: query.submissionTime }),
    ...(query.status !== 'RUNNING' && { tookMs: query.duration }),
    jobIds: [...query.successJobIds, ...query.failedJobIds, ...query.runningJobIds].sort((a, b) => a - b),
    ...(query.planDescription !== '' && { plan: cutPlan(query.planDescription) }),
  };
}
