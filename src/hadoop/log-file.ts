import type { CallOptions } from '../core/index.js';
import { type LogAnswer, MOST_HEADER } from './log-answer.js';

/** Somewhere one container's log files can be read in parts. */
export interface LogPlace {
  /**
   * The first `size` bytes of the file, or the last where it is negative; of these at most `most`.
   * `undefined`: it is not there, or not there yet.
   */
  read(request: LogRequest, options: CallOptions): Promise<LogAnswer | undefined>;
}
export interface LogRequest {
  readonly file: string;
  readonly size: number;
  readonly most: number;
}

/** What one reading added. */
export interface FreshBytes {
  readonly fresh: Buffer;
  /** Nothing more was there when this was read. */
  readonly isEnd: boolean;
  /** The container that writes the file was still at work. */
  readonly isOpen: boolean | undefined;
  /** What was read before is no longer the beginning of this file; nothing of it was added. */
  readonly changed?: 'shorter' | 'other';
  /** It grows faster than we ask: nothing was read, and it is worth a pause. */
  readonly isBehind?: true;
  /** The log goes on behind the end of this file, where it cannot be read by its bytes. */
  readonly hasMore?: true;
}

/** Read at a time, in bytes. */
const PIECE = 512 * 1024;
/** So many of the last bytes have to come again: they show that it is still the same file. */
const MARK = 256;
/** A file may grow by so much between two readings without a second question, in bytes; more where it has grown faster. */
const LEAST_SLACK = 4_096;
const MOST_SLACK = 16 * PIECE;
const MOST_QUESTIONS = 6;
const FIRST_WINDOW = 64 * 1024;

/**
 * One growing file, read without loss or repetition: the servers give "the last N bytes" and the file's length, which
 * together say where these bytes stand.
 */
export class LogFile {
  readonly name: string;
  #offset = 0;
  /** The bytes before `#offset`. */
  #mark: Buffer = Buffer.alloc(0);
  /** As far as we have heard. */
  #length = 0;
  #slack = LEAST_SLACK;
  /** It grew by more than a piece between two answers: what the last one said of its length is too old to go by. */
  #isFast = false;

  constructor(name: string) {
    this.name = name;
  }

  /** How many bytes were given, or passed over. */
  get offset(): number {
    return this.#offset;
  }

  /** Its length as it was last heard of. */
  get length(): number {
    return this.#length;
  }

  /** The next bytes from there: half a megabyte, and what was written while we asked. `undefined`: no such file there. */
  async next(place: LogPlace, options: CallOptions): Promise<FreshBytes | undefined> {
    const from = this.#offset - this.#mark.length;
    for (let i = 0; i < MOST_QUESTIONS; i++) {
      const isGlanced = i > 0 || this.#isFast;
      if (isGlanced) {
        const seen = await this.#glance(place, options);
        if (seen === undefined) return undefined;
        if (seen.length < this.#offset) return this.#changed('shorter', seen);
      }
      const size = this.#offset === 0 ? PIECE : from - Math.max(this.#length, this.#offset) - this.#slack;
      const most = MOST_HEADER + MARK + this.#slack + PIECE;
      const answer = await place.read({ file: this.name, size, most }, options);
      if (answer === undefined) return undefined;
      const grown = this.#hear(answer);
      if (answer.length < this.#offset) return this.#changed('shorter', answer);
      if (answer.start > from) {
        if (isGlanced) this.#widen(grown); // else it grew in the pause, and a glance is all that is missing
        continue;
      }
      this.#slack = Math.min(MOST_SLACK, Math.max(LEAST_SLACK, Math.round(grown * 1.25)));
      return this.#take(answer);
    }
    return { fresh: Buffer.alloc(0), isEnd: false, isOpen: undefined, isBehind: true };
  }

  /** Its length just now: a small answer, where a long one may take as long as the file needs to outgrow it. */
  async #glance(place: LogPlace, options: CallOptions): Promise<LogAnswer | undefined> {
    const answer = await place.read({ file: this.name, size: -1, most: MOST_HEADER }, options);
    if (answer) this.#isFast = this.#hear(answer) > PIECE;
    return answer;
  }

  /** @returns by how much it has grown since it was last heard of */
  #hear({ length }: LogAnswer): number {
    const grown = this.#length === 0 ? 0 : length - this.#length;
    this.#length = length;
    if (grown > PIECE) this.#isFast = true;
    return grown;
  }

  #widen(grown: number): void {
    this.#slack = Math.min(MOST_SLACK, Math.max(this.#slack * 4, grown));
  }

  /**
   * Passes over all but the last so many lines. Looks at the file backwards, without keeping it. `missing`: no such file there;
   * `behind`: it grew too fast to find them, and has to be asked again.
   */
  async skipToTail(lines: number, place: LogPlace, options: CallOptions): Promise<'done' | 'missing' | 'behind'> {
    let wanted = lines;
    let end: number | undefined;
    for (let window = FIRST_WINDOW, misses = 0; misses < MOST_QUESTIONS; window = PIECE) {
      const slack = end === undefined ? 0 : this.#slack;
      const size = (end ?? 0) - (end === undefined ? 0 : this.#length) - window - slack;
      const answer = await place.read({ file: this.name, size, most: MOST_HEADER + window + slack }, options);
      if (answer === undefined) return 'missing';
      const grown = this.#hear(answer);
      const stop = end ?? answer.length;
      if (end !== undefined && answer.start >= end) {
        this.#widen(grown);
        misses++;
        continue;
      }
      const bytes = answer.bytes.subarray(0, Math.max(0, stop - answer.start)); // it may have grown past the window
      if (end === undefined) {
        if (lines === 0) return this.#passOver(answer.length, bytes);
        if (bytes.at(-1) !== 0x0a) wanted--; // the last line has no line feed yet
      }
      for (let at = bytes.length; at > 0;) {
        at = bytes.lastIndexOf(0x0a, at - 1);
        if (at < 0) break;
        if (wanted-- === 0) return this.#passOver(answer.start + at + 1, bytes.subarray(0, at + 1));
      }
      if (answer.start === 0) return 'done'; // there are not so many
      end = Math.min(stop, answer.start);
    }
    return 'behind';
  }

  /** Begins anew, with whatever stands there now. */
  rewind(): void {
    this.#passOver(0, Buffer.alloc(0));
  }

  #take({ start, bytes, length, isOpen, hasMore }: LogAnswer): FreshBytes {
    const at = this.#offset - start;
    const before = bytes.subarray(at - this.#mark.length, at);
    if (!before.equals(this.#mark)) return { fresh: Buffer.alloc(0), isEnd: false, isOpen, changed: 'other' };
    const fresh = bytes.subarray(at);
    this.#passOver(this.#offset + fresh.length, bytes);
    const isEnd = this.#offset >= length;
    return { fresh, isEnd, isOpen, ...(isEnd && hasMore && { hasMore }) };
  }

  #changed(changed: 'shorter' | 'other', { isOpen }: LogAnswer): FreshBytes {
    return { fresh: Buffer.alloc(0), isEnd: false, isOpen, changed };
  }

  /** @param upTo - bytes that end where the offset is now */
  #passOver(offset: number, upTo: Buffer): 'done' {
    this.#offset = offset;
    this.#mark = Buffer.from(upTo.subarray(Math.max(0, upTo.length - MARK)));
    return 'done';
  }
}
