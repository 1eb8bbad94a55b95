import {
  type CallOptions,
  type EndedStage,
  HttpStatusError,
  isLivywireError,
  type RunProgress,
} from '../core/index.js';
import {
  shortName,
  type SparkApi,
  type SparkExecutor,
  type SparkJob,
  type SparkStage,
  tasksDone,
} from './spark-api.js';
import { JobTally, progressCounts } from './spark-tally.js';

/** Stages that are asked about after their end, with one reading: the others are in the counts only. */
const ENDED_EACH_TIME = 8;
/** With more executors than this the list is long, and asked for more rarely. */
const MANY_EXECUTORS = 200;
const RARELY = 10;

/**
 * One driver, read again and again through its monitoring API. A reading costs four small requests, and one more for each
 * stage that has ended since the last one (8 at most); the memory is that of the jobs that Spark itself still remembers.
 */
export class SparkMonitor {
  readonly #api: SparkApi;
  readonly #app: string;
  #tally = new JobTally();
  #stages = new StageEnds();
  #executors: readonly SparkExecutor[] | undefined;
  #reads = 0;
  #sqlFrom: number | undefined = 0;

  /** @param app - the application's id in the API's paths */
  constructor(api: SparkApi, app: string) {
    this.#api = api;
    this.#app = app;
  }

  /** @throws UnreachableError, HttpStatusError, BadAnswerError, AuthError */
  async read(options: CallOptions = {}): Promise<RunProgress> {
    const [jobs, active] = await Promise.all([
      this.#api.jobs(this.#app, options),
      this.#api.activeStages(this.#app, options),
    ]);
    if (this.#tally.isOther(jobs)) this.#startOver();
    this.#tally.take(jobs);
    const due = this.#stages.due(jobs, active);
    const [executors, queries] = await Promise.all([this.#readExecutors(options), this.#readQueries(options)]);
    const told: EndedStage[] = [];
    for (const id of due) {
      told.push(...this.#stages.end(await this.#api.stage(this.#app, id, options).catch(noneIfForgotten)));
    }
    this.#reads++;
    return {
      ...progressCounts(this.#tally.counts(active)),
      ...(executors && { executors: executors.filter((one) => one.isActive && isWorker(one)).length }),
      active: active.map(stageProgress).sort((a, b) => a.id - b.id),
      ...(told.length > 0 && { ended: told }),
      bytes: { ...executorBytes(executors ?? []), ...this.#stages.bytes(active) },
      ...(queries.length > 0 && { queries }),
      source: 'driver',
    };
  }

  #startOver(): void {
    this.#tally = new JobTally();
    this.#stages = new StageEnds();
    this.#executors = undefined;
    if (this.#sqlFrom !== undefined) this.#sqlFrom = 0;
  }

  async #readExecutors(options: CallOptions): Promise<readonly SparkExecutor[] | undefined> {
    const isDue = (this.#executors?.length ?? 0) < MANY_EXECUTORS || this.#reads % RARELY === 0;
    if (isDue) this.#executors = await this.#api.executors(this.#app, options).catch(undefinedIfRefused);
    return this.#executors;
  }

  async #readQueries(options: CallOptions): Promise<{ id: number; description: string }[]> {
    if (this.#sqlFrom === undefined) return [];
    try {
      const from = this.#sqlFrom;
      const page = await this.#api.sql(this.#app, from, options);
      const running = page.findIndex(({ status }) => status === 'RUNNING');
      // Where Spark has forgotten its oldest ones, what was the middle of the list may lie behind its end.
      this.#sqlFrom = page.length === 0 ? 0 : from + (running < 0 ? page.length - 1 : running);
      return page
        .filter(({ status }) => status === 'RUNNING')
        .map(({ id, description }) => ({ id, description: shortName(description) }));
    } catch (error) {
      if (!(error instanceof HttpStatusError)) throw error;
      this.#sqlFrom = undefined; // Spark 2, or a driver without SQL
      return [];
    }
  }
}

/** Which stages are over, and have not been told of. */
class StageEnds {
  #active = new Map<string, number>();
  readonly #over = new Set<string>();
  /** Asked about when its end was not written down yet. */
  readonly #again = new Set<number>();
  readonly #counted = { output: 0, spilled: 0 };
  #isAllCounted = true;

  /** The stages to ask about: they were at work and are not any more, or came and went between two readings. */
  due(jobs: readonly SparkJob[], active: readonly SparkStage[]): number[] {
    const now = new Map(active.map((stage) => [keyOf(stage), stage.stageId]));
    const gone = new Set(this.#again);
    this.#again.clear();
    for (const [key, id] of this.#active) if (!now.has(key) && !this.#over.has(key)) gone.add(id);
    this.#active = now;
    for (const job of jobs) {
      if (job.status === 'RUNNING') continue;
      const seen = job.stageIds.filter((id) => gone.has(id) || this.#isOver(id)).length;
      // All that were left out is the rest: nothing to ask.
      if (seen >= job.numCompletedStages + Math.min(1, job.numFailedStages)) continue;
      for (const id of job.stageIds) if (!this.#isOver(id)) gone.add(id);
    }
    const due = [...gone].sort((a, b) => a - b);
    const left = due.splice(ENDED_EACH_TIME);
    for (const id of left) this.#over.add(`${id}.0`);
    if (left.length > 0) this.#isAllCounted = false;
    this.#forget(jobs);
    return due;
  }

  end(tries: readonly SparkStage[]): EndedStage[] {
    const told: EndedStage[] = [];
    for (const stage of tries) {
      const key = keyOf(stage);
      if (this.#over.has(key) || this.#active.has(key) || stage.status === 'PENDING') continue;
      if (stage.status === 'ACTIVE') {
        this.#again.add(stage.stageId); // the two answers are not of one moment
        continue;
      }
      this.#over.add(key);
      this.#counted.output += stage.outputBytes;
      this.#counted.spilled += stage.diskBytesSpilled;
      const ended = endedStage(stage);
      if (ended) told.push(ended);
    }
    return told;
  }

  /** What only stages count; nothing where some of them were not asked about. */
  bytes(active: readonly SparkStage[]): { output?: number; spilled?: number } {
    if (!this.#isAllCounted) return {};
    const sum = { ...this.#counted };
    for (const { outputBytes, diskBytesSpilled } of active) {
      sum.output += outputBytes;
      sum.spilled += diskBytesSpilled;
    }
    return sum;
  }

  #isOver(id: number): boolean {
    return this.#over.has(`${id}.0`);
  }

  /** Stages of jobs that Spark itself has forgotten. */
  #forget(jobs: readonly SparkJob[]): void {
    let oldest = Infinity;
    for (const { stageIds } of jobs) for (const id of stageIds) oldest = Math.min(oldest, id);
    for (const key of this.#over) if (Number.parseInt(key, 10) < oldest) this.#over.delete(key);
  }
}

const keyOf = ({ stageId, attemptId }: SparkStage): string => `${stageId}.${attemptId}`;

/** `undefined` for one that was skipped. */
export function endedStage(stage: SparkStage): EndedStage | undefined {
  const { status, stageId: id, attemptId: attempt, firstTaskLaunchedTime, submissionTime, completionTime } = stage;
  if (status !== 'COMPLETE' && status !== 'FAILED') return undefined;
  const startedMs = firstTaskLaunchedTime ?? submissionTime;
  const tookMs = completionTime === undefined || startedMs === undefined ? undefined : completionTime - startedMs;
  return {
    id,
    attempt,
    name: shortName(stage.name),
    state: status === 'COMPLETE' ? 'done' : 'failed',
    tasks: tasksDone(stage),
    failed: stage.numFailedTasks,
    ...(tookMs !== undefined && { tookMs: Math.max(0, tookMs) }),
  };
}

/** In local mode the driver itself is one. */
export const isWorker = ({ id, totalCores }: SparkExecutor): boolean => id !== 'driver' || totalCores > 0;

const stageProgress = (stage: SparkStage): RunProgress['active'][number] => ({
  id: stage.stageId,
  attempt: stage.attemptId,
  name: shortName(stage.name),
  done: tasksDone(stage),
  total: stage.numTasks,
  failed: stage.numFailedTasks,
  running: stage.numActiveTasks,
});

export function executorBytes(executors: readonly SparkExecutor[]): NonNullable<RunProgress['bytes']> {
  const sum = (of: (executor: SparkExecutor) => number) => executors.reduce((all, one) => all + of(one), 0);
  return {
    input: sum((one) => one.totalInputBytes),
    shuffleRead: sum((one) => one.totalShuffleRead),
    shuffleWrite: sum((one) => one.totalShuffleWrite),
  };
}

/** Spark drops what is old. */
function noneIfForgotten(error: unknown): [] {
  if (error instanceof HttpStatusError) return [];
  throw error;
}

/** The counts are worth more than the executors. */
function undefinedIfRefused(error: unknown): undefined {
  if (isLivywireError(error)) return undefined;
  throw error;
}
