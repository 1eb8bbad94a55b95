import type { SparkStageFacts, SparkTaskFacts } from '../core/index.js';
import type { EventOf, StageInfo, TaskEnd } from './event-log-events.js';
import { shortName } from './spark-api.js';
import { DESCRIPTION, MOST_SLOW_TASKS, readBytes, taskCounts, tookMs, type Writable } from './spark-fact-parts.js';

interface StageTally {
  readonly facts: Writable<Omit<SparkStageFacts, 'tasks' | 'slowest' | 'taskMs'>>;
  total: number;
  done: number;
  failed: number;
  killed: number;
  wasSubmitted: boolean;
  firstLaunchMs: number | undefined;
  readonly took: number[];
  slowest: SparkTaskFacts[];
}

/** Stages along an event log, counted as Spark's own AppStatusListener does. */
export class Stages {
  readonly #stages = new Map<string, StageTally>();

  planned(job: EventOf<'SparkListenerJobStart'>): void {
    for (const info of job['Stage Infos']) this.#of(info);
  }

  submitted({ 'Stage Info': info, Properties: properties }: EventOf<'SparkListenerStageSubmitted'>): void {
    const stage = this.#of(info);
    const description = properties[DESCRIPTION];
    if (description !== undefined) stage.facts.description = description;
    stage.wasSubmitted = true;
    stage.facts.state = 'running';
    if (info['Submission Time'] !== undefined) stage.facts.startedMs = info['Submission Time'];
  }

  completed({ 'Stage Info': info }: EventOf<'SparkListenerStageCompleted'>): void {
    const stage = this.#of(info);
    stage.wasSubmitted = true;
    const failure = info['Failure Reason'];
    stage.facts.state = failure === undefined ? 'done' : 'failed';
    if (failure !== undefined) stage.facts.failure = failure;
    if (info['Completion Time'] !== undefined) stage.facts.endedMs = info['Completion Time'];
  }

  taskStarted(task: EventOf<'SparkListenerTaskStart'>): void {
    const stage = this.#stages.get(`${task['Stage ID']}.${task['Stage Attempt ID']}`);
    if (stage) stage.firstLaunchMs ??= task['Task Info']['Launch Time'];
  }

  taskEnded(task: TaskEnd): void {
    const stage = this.#stages.get(`${task['Stage ID']}.${task['Stage Attempt ID']}`);
    if (!stage) return;
    const { Failed: failed, Killed: killed } = task['Task Info'];
    const succeeded = task['Task End Reason'].Reason === 'Success';
    if (succeeded) stage.done++;
    else if (killed) stage.killed++;
    else if (failed || task['Task End Reason'].Reason !== '') stage.failed++;
    if (succeeded) stage.took.push(tookMs(task));
    const { facts } = stage;
    const metrics = task['Task Metrics'];
    if (metrics) {
      facts.executorMs += metrics['Executor Run Time'];
      facts.gcMs += metrics['JVM GC Time'];
      facts.inputBytes += metrics['Input Metrics']['Bytes Read'];
      facts.inputRecords += metrics['Input Metrics']['Records Read'];
      facts.outputBytes += metrics['Output Metrics']['Bytes Written'];
      facts.outputRecords += metrics['Output Metrics']['Records Written'];
      facts.shuffleReadBytes += readBytes(task);
      facts.shuffleWriteBytes += metrics['Shuffle Write Metrics']['Shuffle Bytes Written'];
      facts.memorySpilledBytes += metrics['Memory Bytes Spilled'];
      facts.diskSpilledBytes += metrics['Disk Bytes Spilled'];
    }
    const slowestKept = stage.slowest.at(-1)?.tookMs ?? 0;
    if (stage.slowest.length < MOST_SLOW_TASKS || tookMs(task) > slowestKept) {
      stage.slowest.push(taskFacts(task, succeeded ? 'SUCCESS' : killed ? 'KILLED' : 'FAILED'));
      stage.slowest.sort((a, b) => b.tookMs - a.tookMs || a.id - b.id);
      stage.slowest.length = Math.min(stage.slowest.length, MOST_SLOW_TASKS);
    }
  }

  facts(): SparkStageFacts[] {
    return [...this.#stages.values()]
      .map((stage): SparkStageFacts => {
        const { facts, took, slowest } = stage;
        return {
          ...facts,
          state: stage.wasSubmitted ? facts.state : 'skipped',
          ...(stage.firstLaunchMs !== undefined && { startedMs: stage.firstLaunchMs }),
          tasks: taskCounts(stage.total, stage.done, stage.failed, stage.killed),
          ...(took.length > 0 && { taskMs: quantiles(took) }),
          ...(slowest.length > 0 && stage.total > 1 && { slowest }),
        };
      })
      .sort((a, b) => a.id - b.id || a.attempt - b.attempt);
  }

  #of(info: StageInfo): StageTally {
    const key = `${info['Stage ID']}.${info['Stage Attempt ID']}`;
    const known = this.#stages.get(key);
    if (known) return known;
    const made: StageTally = {
      facts: {
        id: info['Stage ID'],
        attempt: info['Stage Attempt ID'],
        name: shortName(info['Stage Name']),
        state: 'waiting',
        executorMs: 0,
        gcMs: 0,
        inputBytes: 0,
        inputRecords: 0,
        outputBytes: 0,
        outputRecords: 0,
        shuffleReadBytes: 0,
        shuffleWriteBytes: 0,
        memorySpilledBytes: 0,
        diskSpilledBytes: 0,
      },
      total: info['Number of Tasks'],
      done: 0,
      failed: 0,
      killed: 0,
      wasSubmitted: false,
      firstLaunchMs: undefined,
      took: [],
      slowest: [],
    };
    this.#stages.set(key, made);
    return made;
  }
}

/** As Spark's store does it: the value at the cut-off index, nothing between two. */
function quantiles(took: readonly number[]): NonNullable<SparkStageFacts['taskMs']> {
  const sorted = Float64Array.from(took).sort();
  const at = (share: number): number => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? 0;
  return { min: at(0), median: at(0.5), p95: at(0.95), max: at(1) };
}

function taskFacts(task: TaskEnd, state: string): SparkTaskFacts {
  const { 'Task Info': info, 'Task Metrics': metrics } = task;
  return {
    id: info['Task ID'],
    index: info.Index,
    attempt: info.Attempt,
    executor: info['Executor ID'],
    host: info.Host,
    state,
    tookMs: tookMs(task),
    gcMs: metrics?.['JVM GC Time'] ?? 0,
    inputBytes: metrics?.['Input Metrics']['Bytes Read'] ?? 0,
    shuffleReadBytes: readBytes(task),
    diskSpilledBytes: metrics?.['Disk Bytes Spilled'] ?? 0,
  };
}
