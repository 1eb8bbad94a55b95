import type { EndedStage, RunProgress } from '../core/index.js';
import { shortName } from './spark-api.js';

interface Stage {
  readonly id: number;
  readonly attempt: number;
  name: string;
  total: number;
  done: number;
  failed: number;
  /** TIDs: the log may have holes, and a task's end must not be counted against another's start. */
  readonly running: Set<string>;
  isOver: boolean;
}

// Spark 2 to 4; whatever layout stands before the class's name.
const SUBMITTING = /DAGScheduler: Submitting (\d+) missing tasks from (?:ResultStage|ShuffleMapStage) (\d+) \((.*)/;
const STARTING = /TaskSetManager: Starting task \S+ in stage (\d+)\.(\d+) \(TID (\d+)\)/;
const FINISHED = /TaskSetManager: Finished task \S+ in stage (\d+)\.(\d+) \(TID (\d+)\) in .*\((\d+)\/(\d+)\)\s*$/;
const LOST = /TaskSetManager: Lost task \S+ in stage (\d+)\.(\d+) \(TID (\d+)\)/;
const STAGE_OVER =
  /DAGScheduler: (?:ResultStage|ShuffleMapStage) (\d+) \((.*)\) (finished|failed) in (\d+(?:\.\d+)?) (ms|s|min|h)\b/;
const ADDED_TASKS = /Adding task set (\d+)\.(\d+) with (\d+) tasks/;
const REGISTERED = /Registered executor .* with ID (\d+)\b/;
const LOST_EXECUTOR = /(?:Lost executor|Executor lost:|Asked to remove non-existent executor) (\d+)\b/;
/** Every driver's first line: what was counted before is another attempt's. */
const NEW_DRIVER = /SparkContext: Running Spark version /;

const UNITS_MS = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 } as const;
const isUnit = (unit: string | undefined): unit is keyof typeof UNITS_MS => unit !== undefined && unit in UNITS_MS;

/** Ended stages that nobody asked for, as many as are kept. */
const ENDED_KEPT = 50;
/** No line that counts is longer; a job may print what it likes. */
const LONGEST_LINE = 4_000;

/**
 * Counts stages and tasks from the lines that the driver logs about them (at INFO): for when nobody else can be asked.
 * Lines may be missing: how many tasks are done stands in each line that one more is. Keeps the stages at work, and sums.
 */
export class LogCount {
  #stages = new Map<string, Stage>();
  #names = new Map<number, { readonly name: string; readonly total: number }>();
  #executors = new Set<string>();
  #sum = { done: 0, failed: 0, tasks: 0, tasksFailed: 0, total: 0 };
  #ended: EndedStage[] = [];

  hear(text: string): void {
    if (text.length > LONGEST_LINE) return;
    // One look for the many lines that are none of this.
    if (text.includes('TaskSetManager: ')) this.#task(text);
    else if (text.includes('DAGScheduler: ')) this.#stageLine(text);
    else if (text.includes('Adding task set ')) this.#tasksAdded(text);
    else if (text.includes('xecutor')) this.#executor(text);
    else if (NEW_DRIVER.test(text)) this.#startOver();
  }

  /** The counts so far; `undefined` before the first stage. Each ended stage is in one answer only. */
  read(): RunProgress | undefined {
    const active = [...this.#stages.values()].filter(({ isOver }) => !isOver);
    const { done, failed, tasks, tasksFailed, total } = this.#sum;
    if (active.length === 0 && done + failed === 0) return undefined;
    const ended = this.#ended;
    this.#ended = [];
    const sum = (of: (stage: Stage) => number) => active.reduce((all, stage) => all + of(stage), 0);
    return {
      stages: { done, failed, running: active.length, total: done + active.length },
      tasks: {
        done: tasks + sum((stage) => stage.done),
        failed: tasksFailed + sum((stage) => stage.failed),
        running: sum((stage) => stage.running.size),
        total: total + sum((stage) => stage.total),
      },
      ...(this.#executors.size > 0 && { executors: this.#executors.size }),
      active: active.map(({ id, attempt, name, done: tasksDone, total: all, failed: lost, running }) => ({
        id,
        attempt,
        name,
        done: tasksDone,
        total: all,
        failed: lost,
        running: running.size,
      })),
      ...(ended.length > 0 && { ended }),
      source: 'log',
    };
  }

  #startOver(): void {
    this.#stages = new Map();
    this.#names = new Map();
    this.#executors = new Set();
    this.#sum = { done: 0, failed: 0, tasks: 0, tasksFailed: 0, total: 0 };
  }

  #stageLine(text: string): void {
    const begun = SUBMITTING.exec(text);
    if (begun) {
      const [, tasks, id, about = ''] = begun;
      this.#names.set(Number(id), { name: nameOf(about), total: Number(tasks) });
      return;
    }
    const over = STAGE_OVER.exec(text);
    if (!over) return;
    const [, id, name = '', how, time, unit] = over;
    const stage = this.#latest(Number(id)) ?? this.#stage(Number(id), 0);
    stage.name = shortName(name);
    if (how === 'finished') stage.done = Math.max(stage.done, stage.total);
    const tookMs = isUnit(unit) ? { tookMs: Math.round(Number(time) * UNITS_MS[unit]) } : {};
    this.#end(stage, how === 'finished' ? 'done' : 'failed', tookMs);
  }

  #tasksAdded(text: string): void {
    const added = ADDED_TASKS.exec(text);
    if (!added) return;
    const [, id, attempt, tasks] = added;
    this.#stage(Number(id), Number(attempt)).total = Number(tasks);
  }

  #task(text: string): void {
    const finished = FINISHED.exec(text);
    if (finished) {
      const [, id, attempt, tid = '', done, total] = finished;
      const stage = this.#stage(Number(id), Number(attempt));
      stage.running.delete(tid);
      stage.total = Number(total);
      stage.done = Math.max(stage.done, Number(done));
      return;
    }
    const started = STARTING.exec(text);
    if (started) {
      const [, id, attempt, tid = ''] = started;
      this.#stage(Number(id), Number(attempt)).running.add(tid);
      return;
    }
    const lost = LOST.exec(text);
    if (!lost) return;
    const [, id, attempt, tid = ''] = lost;
    const stage = this.#stage(Number(id), Number(attempt));
    stage.running.delete(tid);
    stage.failed++;
  }

  #executor(text: string): void {
    const came = REGISTERED.exec(text)?.[1];
    if (came !== undefined) this.#executors.add(came);
    const left = LOST_EXECUTOR.exec(text)?.[1];
    if (left !== undefined) this.#executors.delete(left);
  }

  /** The latest try of a stage. */
  #latest(id: number): Stage | undefined {
    return [...this.#stages.values()].filter((stage) => stage.id === id).at(-1);
  }

  #stage(id: number, attempt: number): Stage {
    const key = `${id}.${attempt}`;
    const known = this.#stages.get(key);
    if (known) return known;
    // A new try: the one before is over, whatever the log had to say about it.
    const before = this.#latest(id);
    if (before && !before.isOver) this.#end(before, 'failed', {});
    const { name = `stage ${id}`, total = 0 } = this.#names.get(id) ?? {};
    this.#names.delete(id);
    const stage = { id, attempt, name, total, done: 0, failed: 0, running: new Set<string>(), isOver: false };
    this.#stages.set(key, stage);
    return stage;
  }

  #end(stage: Stage, state: EndedStage['state'], took: { readonly tookMs?: number }): void {
    if (stage.isOver) return;
    stage.isOver = true;
    this.#sum[state]++;
    this.#sum.tasks += stage.done;
    this.#sum.tasksFailed += stage.failed;
    this.#sum.total += state === 'done' ? stage.done : stage.total;
    const { id, attempt, name, done: tasks, failed } = stage;
    this.#ended.push({ id, attempt, name, state, tasks, failed, ...took });
    if (this.#ended.length > ENDED_KEPT) this.#ended.shift();
    // Late lines of a stage that is over must not begin it anew; of the many before, none will come.
    for (const [key, old] of this.#stages) if (old.isOver && old.id < id - ENDED_KEPT) this.#stages.delete(key);
    stage.running.clear();
  }
}

/** `MapPartitionsRDD[4] at collect at /mnt/etl.py:12) (first 15 tasks are for …` is about `collect at etl.py:12`. */
const nameOf = (about: string): string => {
  const rdd = about.replace(/\) \(first \d+ tasks are for partitions.*$/, '').replace(/\)\s*$/, '');
  return shortName(rdd.replace(/^\S+ at /, ''));
};
