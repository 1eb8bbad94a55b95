/** Counting along an event log, as Spark's own AppStatusListener does. */
import type { SparkExecutorFacts, SparkJobFacts, SparkQueryFacts, SparkStageFacts } from '../core/index.js';
import type { EventOf, TaskEnd } from './event-log-events.js';
import { shortName } from './spark-api.js';
import { cutPlan, DESCRIPTION, QUERY, readBytes, taskCounts, tookMs, type Writable } from './spark-fact-parts.js';

type JobTally = Writable<Omit<SparkJobFacts, 'tasks'>>;

export class Jobs {
  readonly #jobs = new Map<number, JobTally>();

  started(job: EventOf<'SparkListenerJobStart'>): void {
    const infos = [...job['Stage Infos']].sort((a, b) => a['Stage ID'] - b['Stage ID']);
    const description = job.Properties[DESCRIPTION];
    this.#jobs.set(job['Job ID'], {
      id: job['Job ID'],
      name: shortName(infos.at(-1)?.['Stage Name'] ?? ''),
      ...(description !== undefined && { description }),
      state: 'running',
      ...(job['Submission Time'] !== undefined && { startedMs: job['Submission Time'] }),
      stageIds: infos.map((info) => info['Stage ID']),
    });
  }

  ended({ 'Job ID': id, 'Completion Time': endedMs, 'Job Result': result }: EventOf<'SparkListenerJobEnd'>): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    job.state = result.Result === 'JobSucceeded' ? 'succeeded' : 'failed';
    if (endedMs !== undefined) job.endedMs = endedMs;
  }

  /** @param stages of which the tasks are counted. A stage that several jobs share was worked on by the first */
  facts(stages: readonly SparkStageFacts[]): SparkJobFacts[] {
    return [...this.#jobs.values()].map((job) => {
      const own = stages.filter(({ id }) => job.stageIds.includes(id));
      const add = (count: (stage: SparkStageFacts) => number): number =>
        own.reduce((sum, stage) => sum + count(stage), 0);
      return {
        ...job,
        tasks: taskCounts(
          add(({ tasks, attempt }) => (attempt === 0 ? tasks.total : 0)),
          add(({ tasks }) => tasks.done),
          add(({ tasks }) => tasks.failed),
          add(({ tasks, state }) => (state === 'skipped' ? tasks.total : 0)),
        ),
      };
    });
  }
}

export class Executors {
  readonly #executors = new Map<string, Writable<SparkExecutorFacts>>();

  /** The driver is no executor, and is seen only by this. */
  seen({
    'Block Manager ID': { 'Executor ID': id, Host: host },
    Timestamp: ms,
  }: EventOf<'SparkListenerBlockManagerAdded'>): void {
    this.#of(id, host, ms);
  }

  added({ 'Executor ID': id, 'Executor Info': info, Timestamp: ms }: EventOf<'SparkListenerExecutorAdded'>): void {
    this.#of(id, info.Host, ms).cores = info['Total Cores'];
  }

  removed({
    'Executor ID': id,
    'Removed Reason': because,
    Timestamp: ms,
  }: EventOf<'SparkListenerExecutorRemoved'>): void {
    const executor = this.#executors.get(id);
    if (!executor) return;
    if (ms !== undefined) executor.removedMs = ms;
    if (because !== undefined) executor.removedBecause = because;
  }

  taskEnded(task: TaskEnd): void {
    const executor = this.#executors.get(task['Task Info']['Executor ID']);
    if (!executor) return;
    if (task['Task End Reason'].Reason === 'Success') executor.tasksDone++;
    else if (!task['Task Info'].Killed) executor.tasksFailed++;
    executor.taskMs += tookMs(task);
    const metrics = task['Task Metrics'];
    executor.gcMs += metrics?.['JVM GC Time'] ?? 0;
    executor.inputBytes += metrics?.['Input Metrics']['Bytes Read'] ?? 0;
    executor.shuffleReadBytes += readBytes(task);
    executor.shuffleWriteBytes += metrics?.['Shuffle Write Metrics']['Shuffle Bytes Written'] ?? 0;
  }

  facts(): SparkExecutorFacts[] {
    return [...this.#executors.values()].sort((a, b) => (a.addedMs ?? 0) - (b.addedMs ?? 0));
  }

  #of(id: string, host: string, addedMs: number | undefined): Writable<SparkExecutorFacts> {
    const known = this.#executors.get(id);
    if (known) return known;
    const made = {
      id,
      host,
      cores: 0,
      ...(addedMs !== undefined && { addedMs }),
      tasksDone: 0,
      tasksFailed: 0,
      taskMs: 0,
      gcMs: 0,
      inputBytes: 0,
      shuffleReadBytes: 0,
      shuffleWriteBytes: 0,
    };
    this.#executors.set(id, made);
    return made;
  }
}

export class Queries {
  readonly #queries = new Map<number, Writable<SparkQueryFacts> & { jobIds: number[] }>();

  started(query: EventOf<'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart'>): void {
    this.#queries.set(query.executionId, {
      id: query.executionId,
      description: query.description,
      state: 'running',
      ...(query.time !== undefined && { startedMs: query.time }),
      jobIds: [],
      ...(query.physicalPlanDescription !== '' && { plan: cutPlan(query.physicalPlanDescription) }),
    });
  }

  job({ 'Job ID': id, Properties: properties }: EventOf<'SparkListenerJobStart'>): void {
    this.#queries.get(Number(properties[QUERY] ?? NaN))?.jobIds.push(id);
  }

  /** Before Spark 3.4 a query's end does not say that it failed. */
  failed(jobId: number): void {
    for (const query of this.#queries.values()) if (query.jobIds.includes(jobId)) query.state = 'failed';
  }

  ended({
    executionId,
    time,
    errorMessage = '',
  }: EventOf<'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd'>): void {
    const query = this.#queries.get(executionId);
    if (!query) return;
    if (query.state === 'running') query.state = errorMessage === '' ? 'succeeded' : 'failed';
    if (time !== undefined && query.startedMs !== undefined) query.tookMs = Math.max(0, time - query.startedMs);
  }

  facts(): SparkQueryFacts[] {
    return [...this.#queries.values()];
  }
}
