import test from 'ava';
import fc from 'fast-check';
import { RingLength, type Stitch, Stitcher } from '../../src/livy/stitch.js';

/** Livy's ring: keeps the last `size` lines, and says nothing of those it dropped. */
class Ring {
  #lines: string[] = [];
  constructor(readonly size: number) {}
  write(lines: readonly string[]): void {
    this.#lines = [...this.#lines, ...lines].slice(-this.size);
  }
  restart(): void {
    this.#lines = [];
  }
  read(): readonly string[] {
    return [...this.#lines];
  }
}

interface Step {
  /** Written since the reading before. */
  readonly written: readonly string[];
  /** How many lines of that reading were still in the ring. */
  readonly kept: number;
  readonly stitch: Stitch;
}

function follow(size: number, rounds: readonly (readonly string[])[]): Step[] {
  const ring = new Ring(size);
  const stitcher = new Stitcher(new RingLength());
  return rounds.map((written) => {
    const before = ring.read().length;
    ring.write(written);
    const kept = Math.min(before, Math.max(0, size - written.length));
    return { written, kept, stitch: stitcher.next(ring.read()) };
  });
}

const sizes = fc.oneof(fc.integer({ min: 8, max: 40 }), fc.constant(200));
/** How many lines are written before each reading, some of it more than any ring holds. */
const bursts = fc.array(fc.oneof(fc.nat(6), fc.nat(60), fc.nat(450)), { minLength: 1, maxLength: 14 });
const numbered = (counts: readonly number[]): string[][] => {
  let n = 0;
  return counts.map((count) => Array.from({ length: count }, () => `line ${n++}`));
};
/** What jobs print: lines of their own between lines that come again and again. */
const chatty = (counts: readonly number[], every: number): string[][] => {
  let n = 0;
  const filler = ['', '+---+', '| id|'];
  return counts.map((count) =>
    Array.from({ length: count }, () => (n++ % every === 0 ? `row number ${n}` : (filler[n % 3] ?? ''))),
  );
};

const isEndOf = (end: readonly string[], whole: readonly string[]): boolean =>
  end.length <= whole.length && end.every((line, i) => line === whole[whole.length - end.length + i]);

test('whatever is written, what is given was written since: nothing comes twice, nothing is invented', (t) => {
  const line = fc.constantFrom('a', 'b', 'c', '', 'd');
  const rounds = fc.array(fc.array(line, { maxLength: 30 }), { maxLength: 15 });
  fc.assert(
    fc.property(sizes, rounds, (size, all) => {
      for (const { written, stitch } of follow(size, all)) t.true(isEndOf(stitch.fresh, written));
    }),
    { numRuns: 2_000 },
  );
});

test('numbered lines: every loss is said, where it is, and no loss is said where three old lines were left', (t) => {
  fc.assert(
    fc.property(sizes, bursts, (size, counts) => {
      follow(size, numbered(counts)).forEach(({ written, kept, stitch }, i, steps) => {
        const isFirst = steps.slice(0, i).every((step) => step.written.length === 0);
        t.true(isEndOf(stitch.fresh, written));
        if (isFirst) return; // what was dropped before the first reading can only be guessed; see below
        if (stitch.fresh.length < written.length) t.truthy(stitch.gap);
        if (kept >= 3) t.deepEqual([stitch.fresh, stitch.gap], [written, undefined]);
      });
    }),
    { numRuns: 2_000 },
  );
});

test('tables, blank lines and rows between them: every loss is said', (t) => {
  fc.assert(
    fc.property(sizes, bursts, fc.integer({ min: 2, max: 5 }), (size, counts, every) => {
      follow(size, chatty(counts, every)).forEach(({ written, stitch }, i, steps) => {
        const isFirst = steps.slice(0, i).every((step) => step.written.length === 0);
        t.true(isEndOf(stitch.fresh, written));
        if (!isFirst && stitch.fresh.length < written.length) t.truthy(stitch.gap);
      });
    }),
    { numRuns: 2_000 },
  );
});

test('a ring that is not full loses nothing and no loss is said, however much the lines repeat', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 16 }), fc.nat(3), (counts, kinds) => {
      let n = 0;
      const all = counts.map((count) => Array.from({ length: count }, () => `x${n++ % (kinds + 1)}`));
      if (n >= 200) return;
      for (const { written, stitch } of follow(200, all)) t.deepEqual(stitch, { fresh: written });
    }),
  );
});

test('one line again and again: as long as the ring grows all of it comes, then the doubt is said once', (t) => {
  const round = (count: number) => Array.from({ length: count }, () => 'tick');
  const steps = follow(200, [round(150), round(49), round(10), round(10), round(0), ['done, at last: 1', 'x', 'y']]);
  t.deepEqual(
    steps.map(({ stitch }) => [stitch.fresh.length, stitch.gap !== undefined]),
    [
      [150, false],
      [49, false],
      [1, true], // the ring is full now: at least one more
      [0, true], // perhaps some
      [0, false], // said already
      [3, true],
    ],
  );
});

test('a ring that stands still says nothing new', (t) => {
  const [, second, third] = follow(200, [...numbered([180]), [], []]);
  t.deepEqual([second?.stitch, third?.stitch], [{ fresh: [] }, { fresh: [] }]);
});

test('a first reading of exactly the usual length may follow lost lines, and says so', (t) => {
  t.truthy(follow(200, numbered([500]))[0]?.stitch.gap);
  t.is(follow(200, numbered([199]))[0]?.stitch.gap, undefined);
});

test('a first reading of a round number of lines may be all that a ring of that length has kept, and says so', (t) => {
  const [lines] = numbered([10_000]);
  const steps = follow(5_000, [lines ?? [], []]);
  t.is(steps[0]?.stitch.fresh[0], 'line 5000');
  t.regex(steps[0]?.stitch.gap ?? '', /may keep no more lines than these/);
  t.deepEqual(steps[1]?.stitch, { fresh: [] });
  const [fewer] = numbered([4_999]);
  t.is(follow(5_000, [fewer ?? []])[0]?.stitch.gap, undefined);
});

test('a first reading of a full ring of another length is known for one as soon as the ring turns', (t) => {
  const steps = follow(1_024, numbered([5_000, 10, 10]));
  t.deepEqual(
    steps.map(({ stitch }) => [stitch.fresh.length, stitch.gap, stitch.firstWasFull]),
    [
      [1_024, undefined, undefined],
      [10, undefined, true],
      [10, undefined, undefined],
    ],
  );
  const growing = follow(1_000, numbered([310, 310, 310, 50]));
  t.true(growing.every(({ stitch }) => stitch.firstWasFull === undefined && stitch.gap === undefined));
});

test('a log that begins anew is told, and given from its beginning', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 150 }), fc.nat(150), fc.nat(150), (before, after, later) => {
      const ring = new Ring(200);
      const stitcher = new Stitcher(new RingLength());
      const [first = [], second = [], third = []] = numbered([before, after, later]);
      ring.write(first);
      stitcher.next(ring.read());
      ring.restart();
      ring.write(second);
      const { fresh, gap } = stitcher.next(ring.read());
      t.deepEqual(fresh, second);
      t.truthy(gap);
      ring.write(third);
      t.deepEqual(stitcher.next(ring.read()).fresh, third.slice(-200));
    }),
  );
});

test('a single common line at the seam is not taken for proof that nothing was lost', (t) => {
  const body = (from: number) => Array.from({ length: 198 }, (_, i) => `row ${from + i}`);
  const stitcher = new Stitcher(new RingLength());
  stitcher.next(['a', ...body(0), 'next table']);
  const { fresh, gap } = stitcher.next(['next table', ...body(10_000), 'b']);
  t.is(fresh.length, 199);
  t.truthy(gap);
});

test('one telling line among blank ones at the seam is no proof either', (t) => {
  const body = (from: number) => Array.from({ length: 197 }, (_, i) => `row ${from + i}`);
  const seam = ['', '', 'and now the next table of them'];
  const stitcher = new Stitcher(new RingLength());
  stitcher.next([...body(0), ...seam]);
  const { fresh, gap } = stitcher.next([...seam, ...body(10_000)]);
  t.is(fresh.length, 197);
  t.truthy(gap);
});

test('a cycle of a few lines in a full ring: what may be lost is said, however much still matches', (t) => {
  const cycle = (count: number) => Array.from({ length: count }, (_, i) => `step ${i % 4} of the same loop`);
  const [, second] = follow(200, [cycle(400), cycle(400 + 6).slice(400)]);
  t.is(second?.stitch.fresh.length, 2); // six were written, of which two cannot be explained otherwise
  t.truthy(second?.stitch.gap);
});

test('a short stream beside a long one is not full, so its repeating lines raise no doubt', (t) => {
  const length = new RingLength();
  const [stdout, stderr] = [new Stitcher(length), new Stitcher(length)];
  const ticks = Array.from({ length: 20 }, () => 'tick');
  stdout.next(numbered([150])[0] ?? []);
  stderr.next(ticks);
  t.deepEqual(stderr.next(ticks), { fresh: [] });
});

test('a ring of 100,000 lines is put together in linear time', (t) => {
  const lines = Array.from({ length: 100_000 }, () => 'same');
  const stitcher = new Stitcher(new RingLength());
  stitcher.next(lines);
  t.deepEqual(stitcher.next([...lines]).fresh, []);
});
