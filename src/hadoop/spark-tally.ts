import type { RunProgress } from '../core/index.js';
import { type SparkJob, type SparkStage, tasksDone } from './spark-api.js';

type Sum = { done: number; failed: number; running: number; skipped: number; total: number };
export interface Counts {
  readonly stages: Readonly<Sum>;
  readonly tasks: Readonly<Sum>;
}

const none = (): Sum => ({ done: 0, failed: 0, running: 0, skipped: 0, total: 0 });

function add(to: Sum, more: Readonly<Sum>): void {
  for (const key of Object.keys(to) as (keyof Sum)[]) to[key] += more[key];
}

/**
 * The sum over a driver's jobs. Spark forgets its oldest jobs (it keeps 1,000); what they came to is kept here, so that a
 * long run's counts never go back. Holds one entry for each job that Spark still holds.
 */
export class JobTally {
  #known = new Map<number, SparkJob>();
  readonly #forgotten = { stages: none(), tasks: none() };
  #newest = -1;

  /** Whether these are the jobs of another driver than those before: a second attempt counts from job 0 again. */
  isOther(jobs: readonly SparkJob[]): boolean {
    const newest = newestOf(jobs);
    if (newest < this.#newest) return true;
    return jobs.some(({ jobId, submissionTime }) => {
      const known = this.#known.get(jobId);
      return known !== undefined && known.submissionTime !== submissionTime;
    });
  }

  take(jobs: readonly SparkJob[]): void {
    const now = new Map(jobs.map((job) => [job.jobId, job]));
    for (const [id, job] of this.#known) {
      if (now.has(id)) continue;
      const { stages, tasks } = countsOf(job, new Set(), []);
      add(this.#forgotten.stages, stages);
      add(this.#forgotten.tasks, tasks);
    }
    this.#known = now;
    this.#newest = Math.max(this.#newest, newestOf(jobs));
  }

  /** @param active - the stages at work now: where a job's last one is, those of its others that are not done are skipped */
  counts(active: readonly SparkStage[]): Counts {
    const sum = { stages: { ...this.#forgotten.stages }, tasks: { ...this.#forgotten.tasks } };
    const ids = new Set(active.map(({ stageId }) => stageId));
    for (const job of this.#known.values()) {
      const { stages, tasks } = countsOf(job, ids, active);
      add(sum.stages, stages);
      add(sum.tasks, tasks);
    }
    return sum;
  }

  /** Whether every job since the first is among those that were taken. */
  get isWhole(): boolean {
    return this.#known.size === this.#newest + 1;
  }
}

const newestOf = (jobs: readonly SparkJob[]): number => jobs.reduce((newest, { jobId }) => Math.max(newest, jobId), -1);

function countsOf(job: SparkJob, activeIds: ReadonlySet<number>, active: readonly SparkStage[]): Counts {
  const { numCompletedStages, numFailedStages, numSkippedStages, numActiveStages, stageIds } = job;
  const { numCompletedIndices, numCompletedTasks, numFailedTasks, numSkippedTasks, numActiveTasks, numTasks } = job;
  const tasksOver = numCompletedIndices ?? numCompletedTasks;
  const stages = {
    done: numCompletedStages,
    failed: numFailedStages,
    running: numActiveStages,
    skipped: numSkippedStages,
    total: stageIds.length - numSkippedStages,
  };
  const tasks = {
    done: tasksOver,
    failed: numFailedTasks,
    running: numActiveTasks,
    skipped: numSkippedTasks,
    total: Math.max(tasksOver, numTasks - numSkippedTasks),
  };
  if (job.status !== 'RUNNING') {
    // The stages that a failed job never came to will not be done by anybody.
    const missed = job.status === 'SUCCEEDED' ? 0 : Math.min(1, numFailedStages);
    return { stages: { ...stages, total: numCompletedStages + missed }, tasks };
  }
  // The last stage needs all the others: what is not done by then never will be. Spark itself says so only at the job's end.
  const isLast = stageIds.length > 0 && activeIds.has(Math.max(...stageIds));
  if (!isLast) return { stages, tasks };
  const own = active.filter(({ stageId }) => stageIds.includes(stageId));
  const left = own.reduce((sum, stage) => sum + stage.numTasks - tasksDone(stage), 0);
  const stagesTotal = Math.min(stages.total, numCompletedStages + numActiveStages);
  const tasksTotal = Math.min(tasks.total, tasksOver + left);
  return {
    stages: { ...stages, skipped: stageIds.length - stagesTotal, total: stagesTotal },
    tasks: { ...tasks, skipped: numTasks - tasksTotal, total: tasksTotal },
  };
}

/** Counts in the words of `RunProgress`: what is 0 and says nothing is left out. */
export function progressCounts({ stages, tasks }: Counts): Pick<RunProgress, 'stages' | 'tasks'> {
  const part = ({ skipped, ...rest }: Sum) => ({ ...rest, ...(skipped > 0 && { skipped }) });
  return { stages: part(stages), tasks: part(tasks) };
}
