/** What a new reading of a ring adds to the readings before it. */
export interface Stitch {
  /** Lines that were certainly written since: the last ones in any case. */
  readonly fresh: readonly string[];
  /** Why lines may be missing before them. Nobody can say how many: a full ring does not count what it drops. */
  readonly gap?: string;
  /** Only now it shows that the first reading was of a full ring: what came before it may be gone. */
  readonly firstWasFull?: true;
}

/** How long the rings of one Livy are; its streams share it. */
export class RingLength {
  /** Livy's default for `livy.cache-log.size`. */
  static readonly usual = 200;
  #known: number | undefined;
  #longest = 0;

  /** The length, once a ring of this Livy was seen turning. */
  get known(): number | undefined {
    return this.#known;
  }
  sawLines(count: number): void {
    this.#longest = Math.max(this.#longest, count);
  }
  /** A ring of this many lines has lost its oldest ones. */
  sawTurning(count: number): void {
    this.#known = count;
  }
  /** After a restart, perhaps with another setting. */
  forget(): void {
    this.#known = undefined;
    this.#longest = 0;
  }
  /** Whether a ring with `now` lines, `before` at the last reading, may have dropped some. */
  mayBeFull(now: number, before: number): boolean {
    if (this.#known !== undefined) return now >= this.#known;
    if (now < this.#longest) return false;
    const stoppedGrowing = now === before && now >= LEAST_RING;
    return stoppedGrowing || now === RingLength.usual || (now > RingLength.usual && (before > 0 || isSetting(now)));
  }
}
/** Whether somebody may have set this length. A log that happens to have just so many lines at the first reading is rarer. */
const isSetting = (lines: number): boolean => lines % 100 === 0;

/** Nobody sets a ring shorter than this; two equal lines of a short log are no sign of one. */
const LEAST_RING = 8;

const DROPPED_BEFORE = 'Livy keeps only the last lines; what came before these is gone';
const MAY_BE_DROPPED_BEFORE = 'Livy may keep no more lines than these; what came before them may be gone';
const DROPPED_BETWEEN = 'more lines were written than Livy keeps; some may be missing';
const REPEATS = 'the lines repeat, so it cannot be told whether Livy dropped some';
const BEGAN_ANEW = 'Livy began its log anew; lines may be missing';

/**
 * Puts readings of one ring together by their overlap. The longest overlap counts: what it leaves over was certainly
 * written since, so no line ever comes twice. Where the overlap proves too little, it says that lines may be missing.
 *
 * A job that writes the same lines again and again, in a cycle longer than the ring and at just the pace of the readings,
 * cannot be told from one that wrote the cycle once.
 */
export class Stitcher {
  readonly #length: RingLength;
  #last: readonly string[] = [];
  /** Said since the last fresh line: once is enough. */
  #saidRepeats = false;
  /** Lines of the first reading, where it was not taken for a full ring. */
  #firstCount: number | undefined;

  constructor(length: RingLength) {
    this.#length = length;
  }

  next(now: readonly string[]): Stitch {
    const last = this.#last;
    this.#last = now;
    const stitch = this.#stitch(last, now);
    if (stitch.fresh.length > 0) this.#saidRepeats = false;
    else if (stitch.gap !== undefined) this.#saidRepeats = true;
    return stitch;
  }

  #stitch(last: readonly string[], now: readonly string[]): Stitch {
    const length = this.#length;
    if (now.length < last.length) {
      length.forget();
      this.#firstCount = undefined;
      return { fresh: now, gap: BEGAN_ANEW };
    }
    const mayBeFull = length.mayBeFull(now.length, last.length);
    length.sawLines(now.length);
    if (last.length === 0) {
      if (mayBeFull) {
        const isUsual = now.length === (length.known ?? RingLength.usual);
        return { fresh: now, gap: isUsual ? DROPPED_BEFORE : MAY_BE_DROPPED_BEFORE };
      }
      this.#firstCount = now.length;
      return { fresh: now };
    }
    const { overlap, period } = overlapOf(last, now);
    const fresh = now.slice(overlap);
    if (overlap === 0) return { fresh, gap: DROPPED_BETWEEN };
    const turned = overlap < last.length;
    if (!turned && !mayBeFull) return { fresh };
    if (isProof(last, now, overlap, period)) {
      if (!turned) return { fresh };
      length.sawTurning(now.length);
      const firstWasFull = this.#firstCount === now.length;
      this.#firstCount = undefined;
      return firstWasFull ? { fresh, firstWasFull } : { fresh };
    }
    if (fresh.length === 0 && this.#saidRepeats) return { fresh };
    return { fresh, gap: turned && period * 2 > overlap ? DROPPED_BETWEEN : REPEATS };
  }
}

/** The longest end of `last` that `now` begins with, and the shortest period of that part (Knuth, Morris, Pratt). */
function overlapOf(last: readonly string[], now: readonly string[]): { overlap: number; period: number } {
  const border = new Int32Array(now.length); // of now[0..i]: its longest proper beginning that is also its end
  for (let i = 1, k = 0; i < now.length; i++) {
    while (k > 0 && now[i] !== now[k]) k = border[k - 1] ?? 0;
    if (now[i] === now[k]) k++;
    border[i] = k;
  }
  let overlap = 0;
  for (const line of last) {
    while (overlap > 0 && (overlap === now.length || now[overlap] !== line)) overlap = border[overlap - 1] ?? 0;
    if (now[overlap] === line) overlap++;
  }
  return { overlap, period: overlap - (border[overlap - 1] ?? 0) };
}

/** So many lines that stand nowhere else, with so many letters in all, do not meet by chance. */
const TELLING_LINES = 3;
const TELLING_LETTERS = 8;
/** Nor does a block like this, which does not repeat itself. */
const TELLING_BLOCK = { lines: 8, kinds: 3 };

/** Whether the overlap can hardly be chance. A single line is no proof: many a loop begins with the same one. */
function isProof(last: readonly string[], now: readonly string[], overlap: number, period: number): boolean {
  if (overlap < TELLING_LINES) return false;
  const block = now.slice(0, overlap);
  if (overlap >= TELLING_BLOCK.lines && period * 2 > overlap && new Set(block).size >= TELLING_BLOCK.kinds) return true;
  const timesLast = countsOf(last);
  const timesNow = countsOf(now);
  const telling = block.filter((line) => timesLast.get(line) === 1 && timesNow.get(line) === 1 && line.trim() !== '');
  return telling.length >= TELLING_LINES && telling.join('').length >= TELLING_LETTERS;
}

function countsOf(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
