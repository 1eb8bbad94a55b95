import type { SparkFacts, SparkStageFacts } from '../core/index.js';
import { bytes, counted, duration, short } from './words.js';

/** What the charts of a page are drawn from: numbers, and texts that are shown as text. Times are milliseconds since the start. */
export interface ChartData {
  readonly timeline: readonly TimelineRow[];
  readonly skew: readonly SkewRow[];
  readonly traffic: readonly TrafficRow[];
  readonly executors: readonly ExecutorStep[];
}

export interface TimelineRow {
  /** Unique: `job 3`, `stage 7`, `stage 7, try 2`. */
  readonly row: string;
  /** The same with what it does, for wide screens. */
  readonly name: string;
  readonly text: string;
  readonly kind: 'job' | 'stage';
  readonly state: 'done' | 'failed' | 'running';
  readonly from: number;
  readonly to: number;
}

export interface SkewRow {
  readonly row: string;
  readonly name: string;
  readonly text: string;
  readonly min: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** The kinds of bytes, in the order of the legend. */
export const KINDS = ['input', 'shuffle read', 'spill to disk', 'shuffle write', 'output'] as const;

export interface TrafficRow {
  readonly row: string;
  readonly name: string;
  readonly text: string;
  readonly kind: (typeof KINDS)[number];
  readonly bytes: number;
}

export interface ExecutorStep {
  readonly at: number;
  readonly alive: number;
}

/** More rows than these make no picture; the table has them all. */
export const MOST_ROWS = { timeline: 160, skew: 24, traffic: 24 } as const;

export const stageName = ({ id, attempt }: SparkStageFacts): string =>
  attempt === 0 ? `stage ${id}` : `stage ${id}, try ${attempt + 1}`;

/** When the picture begins and ends, milliseconds since the epoch. */
export function span({ startedMs, endedMs, jobs, stages, executors }: SparkFacts): { from: number; to: number } {
  const seen = [...jobs, ...stages].flatMap((one) => [one.startedMs ?? [], one.endedMs ?? []].flat());
  const alive = executors.flatMap(({ addedMs, removedMs }) => [addedMs ?? [], removedMs ?? []].flat());
  const from = startedMs ?? Math.min(...seen, ...alive);
  const to = endedMs ?? Math.max(...seen, ...alive);
  return Number.isFinite(from) && Number.isFinite(to) ? { from, to: Math.max(from, to) } : { from: 0, to: 0 };
}

/** Longest last task over the usual one: how much a stage waited for its slowest. */
export const skewOf = ({ taskMs }: SparkStageFacts): number =>
  taskMs === undefined ? 0 : taskMs.max / Math.max(1, taskMs.median);

/** Stages with something to compare, those that waited longest for their slowest task first. */
export const skewed = ({ stages }: SparkFacts): SparkStageFacts[] =>
  stages.filter(({ taskMs, tasks }) => taskMs !== undefined && tasks.total > 1).sort((a, b) => waited(b) - waited(a));

const waited = ({ taskMs }: SparkStageFacts): number => (taskMs === undefined ? 0 : taskMs.max - taskMs.median);

export function chartData(spark: SparkFacts): ChartData {
  return {
    timeline: timeline(spark),
    skew: skewed(spark)
      .slice(0, MOST_ROWS.skew)
      .flatMap((stage) => {
        const { taskMs } = stage;
        if (taskMs === undefined) return [];
        const text = `${named(stage)}: median ${duration(taskMs.median)}, slowest ${duration(taskMs.max)}`;
        return [{ row: stageName(stage), name: named(stage, NAME), text, ...taskMs }];
      }),
    traffic: traffic(spark),
    executors: executorSteps(spark),
  };
}

const NAME = 34;
const named = (stage: SparkStageFacts, most = 90): string =>
  short(`${stageName(stage)} ${stage.description ?? stage.name}`, most);

/** Each job with its stages below it. A stage that several jobs share stands below the first. */
function timeline(spark: SparkFacts): TimelineRow[] {
  const { from, to } = span(spark);
  const seen = new Set<SparkStageFacts>();
  const of = (
    row: string,
    name: string,
    text: string,
    kind: 'job' | 'stage',
    state: TimelineRow['state'],
    start: number,
    end = to,
  ) => ({
    row,
    name: short(name, NAME),
    text: `${text}, ${duration(end - start)}${state === 'done' ? '' : `, ${state}`}`,
    kind,
    state,
    from: start - from,
    to: end - from,
  });
  const stateOf = (state: string): TimelineRow['state'] =>
    state === 'failed' ? 'failed' : state === 'running' || state === 'waiting' ? 'running' : 'done';
  const stageRow = (stage: SparkStageFacts): TimelineRow[] => {
    if (seen.has(stage) || stage.startedMs === undefined || stage.state === 'skipped') return [];
    seen.add(stage);
    const text = `${named(stage)}, ${counted(stage.tasks.total, 'task')}`;
    return [of(stageName(stage), named(stage), text, 'stage', stateOf(stage.state), stage.startedMs, stage.endedMs)];
  };
  const rows = spark.jobs.flatMap((job) => {
    const stages = spark.stages.filter(({ id }) => job.stageIds.includes(id)).flatMap(stageRow);
    const text = short(`job ${job.id} ${job.description ?? job.name}`, 90);
    return job.startedMs === undefined
      ? stages
      : [of(`job ${job.id}`, text, text, 'job', stateOf(job.state), job.startedMs, job.endedMs), ...stages];
  });
  const all = [...rows, ...spark.stages.flatMap(stageRow)];
  if (all.length <= MOST_ROWS.timeline) return all;
  const longest = new Set([...all].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, MOST_ROWS.timeline));
  return all.filter((row) => longest.has(row));
}

const trafficOf = (stage: SparkStageFacts): Readonly<Record<(typeof KINDS)[number], number>> => ({
  input: stage.inputBytes,
  'shuffle read': stage.shuffleReadBytes,
  'spill to disk': stage.diskSpilledBytes,
  'shuffle write': stage.shuffleWriteBytes,
  output: stage.outputBytes,
});

/** Stages that moved less than this share of the busiest one's bytes would be no more than a line in the picture. */
const VISIBLE = 1 / 400;

const moved = (stage: SparkStageFacts): number => Object.values(trafficOf(stage)).reduce((sum, one) => sum + one, 0);

function traffic({ stages }: SparkFacts): TrafficRow[] {
  const most = Math.max(0, ...stages.map(moved));
  return stages
    .filter((stage) => moved(stage) > most * VISIBLE)
    .sort((a, b) => moved(b) - moved(a))
    .slice(0, MOST_ROWS.traffic)
    .flatMap((stage) =>
      KINDS.map((kind) => {
        const count = trafficOf(stage)[kind];
        return {
          row: stageName(stage),
          name: named(stage, NAME),
          text: `${named(stage)}: ${kind} ${bytes(count)}`,
          kind,
          bytes: count,
        };
      }).filter(({ bytes: count }) => count > 0),
    );
}

/** How many executors were there, at each change. The driver is none. */
function executorSteps(spark: SparkFacts): ExecutorStep[] {
  const { from, to } = span(spark);
  const changes = spark.executors
    .filter(({ id }) => id !== 'driver')
    .flatMap(({ addedMs, removedMs }) => [
      ...(addedMs === undefined ? [] : [{ at: addedMs - from, by: 1 }]),
      ...(removedMs === undefined ? [] : [{ at: removedMs - from, by: -1 }]),
    ])
    .sort((a, b) => a.at - b.at);
  if (changes.length === 0) return [];
  let alive = 0;
  const steps = changes.map(({ at, by }) => ({ at, alive: (alive += by) }));
  return [{ at: 0, alive: 0 }, ...steps, { at: Math.max(to - from, steps.at(-1)?.at ?? 0), alive }];
}
