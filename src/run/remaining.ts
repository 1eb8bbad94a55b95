import type { RunProgress, StageProgress } from '../core/index.js';

/** Enough of a stage to know its pace: this many tasks, and this share of them. */
const ENOUGH_TASKS = 10;
const ENOUGH_SHARE = 0.2;
/** Readings in which tasks had come in, so that the pace is measured, not one lucky interval. */
const ENOUGH_STEPS = 4;
/** How far the pace of the stage's first half may be from that of its second. */
const MOST_DRIFT = 1.5;
/** Failed tries among the tasks from which on a pace says nothing. */
const MOST_FAILED = 0.1;
/** Steps that are kept; of more, every other one goes. */
const STEPS_KEPT = 64;

interface Step {
  readonly atMs: number;
  readonly done: number;
}

interface Course {
  steps: Step[];
  readAtMs: number;
  /** Between the last two readings: what comes in is seen so much later at most. */
  betweenMs: number;
}

/**
 * How long a stage should still take, where that can honestly be said. All of this must hold: it is the only stage at work
 * (another one takes and gives back cores), a fifth of its tasks and at least ten are done, they came in at one pace, the last
 * one not long ago, few failed, and more are left than are running: how long the last ones take, nobody knows but they.
 */
export class Remaining {
  readonly #courses = new Map<string, Course>();

  /** The same, with `remainingMs` where there is one. @param now - our clock, in milliseconds */
  judge(progress: RunProgress, now: number): RunProgress {
    const keys = new Set(progress.active.map(keyOf));
    for (const key of this.#courses.keys()) if (!keys.has(key)) this.#courses.delete(key);
    for (const stage of progress.active) this.#note(stage, now);
    const [only, ...more] = progress.active;
    if (!only || more.length > 0) return progress;
    const remainingMs = this.#estimate(only, now);
    return remainingMs === undefined ? progress : { ...progress, active: [{ ...only, remainingMs }] };
  }

  #note(stage: StageProgress, now: number): void {
    const key = keyOf(stage);
    const course = this.#courses.get(key);
    if (!course) {
      this.#courses.set(key, { steps: [{ atMs: now, done: stage.done }], readAtMs: now, betweenMs: 0 });
      return;
    }
    course.betweenMs = now - course.readAtMs;
    course.readAtMs = now;
    if (stage.done <= (course.steps.at(-1)?.done ?? 0)) return;
    course.steps.push({ atMs: now, done: stage.done });
    if (course.steps.length > STEPS_KEPT) course.steps = course.steps.filter((_, i) => i % 2 === 0);
  }

  #estimate(stage: StageProgress, now: number): number | undefined {
    const { done, total, failed = 0, running = 1 } = stage;
    const course = this.#courses.get(keyOf(stage));
    const [first, ...later] = course?.steps ?? [];
    const last = later.at(-1);
    if (!course || !first || !last || later.length < ENOUGH_STEPS) return undefined;
    if (done < ENOUGH_TASKS || done < total * ENOUGH_SHARE || failed > done * MOST_FAILED) return undefined;
    if (total - done <= running) return undefined;
    const middle = later[Math.floor((later.length - 1) / 2)] ?? last;
    const early = perTask(first, middle);
    const late = perTask(middle, last);
    if (early === undefined || late === undefined) return undefined;
    if (Math.max(early, late) > Math.min(early, late) * MOST_DRIFT) return undefined;
    const overall = perTask(first, last) ?? late;
    // Tasks of one length come in waves of as many as run at once.
    if (now - last.atMs > overall * running * MOST_DRIFT + course.betweenMs) return undefined;
    return Math.max(0, Math.round((total - done) * overall - (now - last.atMs)));
  }
}

const keyOf = ({ id, attempt = 0 }: StageProgress): string => `${id}.${attempt}`;

const perTask = (from: Step, to: Step): number | undefined =>
  to.done > from.done ? (to.atMs - from.atMs) / (to.done - from.done) : undefined;
