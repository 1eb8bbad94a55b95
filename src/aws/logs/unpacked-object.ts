import type { Readable } from 'node:stream';

/** So many bytes behind what was read last are kept: who reads on shows a few of the last ones again, and who wants the end reads back. */
const KEPT = 2 * 1024 * 1024;

/** A part of a log, with where it stands. */
export interface UnpackedPart {
  /** The whole length, unpacked. */
  readonly length: number;
  readonly start: number;
  readonly bytes: Buffer;
}

/**
 * A packed log, read in parts: forward in one pass, at any length in the same memory. How long it is unpacked only a pass through
 * all of it tells: what gzip writes at its end holds for files under 4 GiB that were packed at once.
 */
export class UnpackedObject {
  readonly #open: () => Promise<Readable>;
  #length: number | undefined;
  #stream: Readable | undefined;
  #chunks: AsyncIterator<Buffer> | undefined;
  /** Where the kept bytes begin and end. */
  #from = 0;
  #to = 0;
  #kept: Buffer[] = [];

  /** @param open gives the unpacked bytes from the beginning */
  constructor(open: () => Promise<Readable>) {
    this.#open = open;
  }

  /** The first `size` bytes, or the last where it is negative; of these at most `most`. */
  async part(size: number, most: number): Promise<UnpackedPart> {
    const length = (this.#length ??= await this.#measure());
    const start = size < 0 ? Math.max(0, length + size) : 0;
    const count = Math.min(Math.abs(size), length - start, most);
    if (start < this.#from) this.#rewind();
    await this.#readTo(start + count, start);
    const bytes = Buffer.concat(this.#kept).subarray(start - this.#from, start - this.#from + count);
    return { length, start, bytes: Buffer.from(bytes) };
  }

  async #measure(): Promise<number> {
    this.#rewind();
    await this.#readTo(Infinity, Infinity);
    return this.#to;
  }

  /** Goes on to this place, or to the end; forgets what lies far behind both. */
  async #readTo(end: number, needed: number): Promise<void> {
    while (this.#to < end) {
      this.#chunks ??= await this.#begin();
      const next = await this.#chunks.next();
      if (next.done === true) return;
      this.#kept.push(next.value);
      this.#to += next.value.length;
      for (let [first] = this.#kept; first; [first] = this.#kept) {
        const second = this.#from + first.length;
        if (second > Math.min(this.#to - KEPT, needed)) break;
        this.#from = second;
        this.#kept.shift();
      }
    }
  }

  async #begin(): Promise<AsyncIterator<Buffer>> {
    this.#stream = await this.#open();
    return this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  #rewind(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
    this.#chunks = undefined;
    [this.#from, this.#to, this.#kept] = [0, 0, []];
  }
}
