import type { SparkTaskCounts } from '../core/index.js';
import type { TaskEnd } from './event-log-events.js';

export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Properties of a job, as an event log names them. */
export const DESCRIPTION = 'spark.job.description';
export const QUERY = 'spark.sql.execution.id';

/** As many of a stage's tasks are kept one by one. */
export const MOST_SLOW_TASKS = 5;

const LONGEST_PLAN = 20_000;

/** A plan of a generated query can have megabytes. */
export const cutPlan = (plan: string): string =>
  plan.length > LONGEST_PLAN ? `${plan.slice(0, LONGEST_PLAN)}\n… ${plan.length - LONGEST_PLAN} more characters` : plan;

export const taskCounts = (total: number, done: number, failed: number, other: number): SparkTaskCounts => ({
  total,
  done,
  failed,
  other,
});

export const tookMs = ({ 'Task Info': info }: TaskEnd): number =>
  Math.max(0, info['Finish Time'] - info['Launch Time']);

/** Of shuffles. */
export const readBytes = ({ 'Task Metrics': metrics }: TaskEnd): number =>
  (metrics?.['Shuffle Read Metrics']['Remote Bytes Read'] ?? 0) +
  (metrics?.['Shuffle Read Metrics']['Local Bytes Read'] ?? 0);
