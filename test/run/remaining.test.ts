import test from 'ava';
import { readFileSync } from 'node:fs';
import type { RunProgress, StageProgress } from '../../src/core/index.js';
import { Remaining } from '../../src/run/remaining.js';

interface Moment {
  readonly atMs: number;
  readonly active: readonly {
    readonly stageId: number;
    readonly numTasks: number;
    readonly numActiveTasks: number;
    readonly numCompleteTasks: number;
    readonly numFailedTasks: number;
  }[];
}

const traceOf = (name: string): readonly Moment[] =>
  JSON.parse(readFileSync(new URL(`../fixtures/hadoop/spark-${name}-trace.json`, import.meta.url), 'utf8')) as Moment[];

const progressOf = (active: readonly StageProgress[]): RunProgress => ({
  stages: { done: 0, failed: 0, running: active.length },
  tasks: { done: 0, failed: 0, running: 0 },
  active,
});

interface Shown {
  readonly stage: number;
  readonly atMs: number;
  readonly left: number;
  readonly done: number;
  readonly total: number;
  /** What it then took. */
  readonly took: number;
}

/** Every figure that would have been shown, beside what came. */
function shownIn(trace: readonly Moment[]): Shown[] {
  const remaining = new Remaining();
  const shown: Shown[] = [];
  for (const { atMs, active } of trace) {
    const read = remaining.judge(
      progressOf(
        active.map((one) => ({
          id: one.stageId,
          attempt: 0,
          name: 'x',
          done: one.numCompleteTasks,
          total: one.numTasks,
          failed: one.numFailedTasks,
          running: one.numActiveTasks,
        })),
      ),
      atMs,
    );
    for (const { id, remainingMs, done, total } of read.active) {
      if (remainingMs === undefined) continue;
      const ends = trace.find((later) => later.atMs > atMs && !later.active.some(({ stageId }) => stageId === id));
      if (ends) shown.push({ stage: id, atMs, left: remainingMs, done, total, took: ends.atMs - atMs });
    }
  }
  return shown;
}

test('where tasks are alike, the time that is shown is off by less than half of it or four seconds', (t) => {
  const shown = shownIn(traceOf('stages'));
  t.true(shown.length >= 5, `only ${shown.length} shown`);
  for (const one of shown) t.true(Math.abs(one.left - one.took) <= Math.max(4_000, one.took / 2), JSON.stringify(one));
});

test('while a stage waits for its last, long task nothing is shown', (t) => {
  const shown = shownIn(traceOf('straggler'));
  for (const { done, total } of shown) t.true(total - done > 1);
});

const steady = (n: number, more: Partial<StageProgress> = {}): RunProgress =>
  progressOf([{ id: 1, attempt: 0, name: 'x', done: n * 4, total: 100, running: 4, ...more }]);

function lastOf(readings: readonly RunProgress[], everyMs = 1_000): number | undefined {
  const remaining = new Remaining();
  let last: number | undefined;
  readings.forEach((one, i) => (last = remaining.judge(one, i * everyMs).active[0]?.remainingMs));
  return last;
}
const upTo = (n: number, more?: Partial<StageProgress>) => Array.from({ length: n }, (_, i) => steady(i, more));

test('a steady stage has a figure: what is left at its pace', (t) => {
  t.is(lastOf(upTo(11)), 15_000); // 40 of 100, 4 each second
});

test('too early there is none', (t) => {
  t.is(lastOf(upTo(5)), undefined);
});

test('beside another stage there is none', (t) => {
  const both = upTo(11).map(({ active, ...rest }) => ({ ...rest, active: [...active, { ...active[0]!, id: 2 }] }));
  t.is(lastOf(both), undefined);
});

test('a stage that becomes slower has none', (t) => {
  const slower = [0, 10, 20, 30, 40, 42, 44, 46, 48].map((done) => steady(0, { done }));
  t.is(lastOf(slower), undefined);
});

test('a stage that stands still has none', (t) => {
  t.is(lastOf([...upTo(11), ...Array.from({ length: 6 }, () => steady(10))]), undefined);
});

test('when no more are left than are running there is none', (t) => {
  t.is(lastOf([...upTo(24), steady(24)]), undefined);
});

test('where many tries failed there is none', (t) => {
  t.is(lastOf(upTo(11, { failed: 9 })), undefined);
});

test('a new try of the stage is measured by itself', (t) => {
  t.is(lastOf([...upTo(11), steady(10, { attempt: 1 })]), undefined);
});
