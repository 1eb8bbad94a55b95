/** Longer lines come in parts of about this many bytes, so that memory stays bounded whatever a job prints. */
export const LONGEST_LINE = 1024 * 1024;

export interface SplitLine {
  readonly text: string;
  /** The line goes on with the next one. */
  readonly continues?: true;
  readonly bytes?: Uint8Array;
}

const LINE_FEED = 0x0a;

/** Puts lines together from bytes that come in pieces, so that no character is decoded before all of it is there. */
export class LineSplitter {
  readonly #keepBytes: boolean;
  #rest: Buffer = Buffer.alloc(0);

  constructor({ bytes = false }: { readonly bytes?: boolean | undefined } = {}) {
    this.#keepBytes = bytes;
  }

  /** The lines that end in these bytes; what is behind the last line feed waits for more. */
  push(piece: Buffer): SplitLine[] {
    const first = piece.indexOf(LINE_FEED);
    const isUsual = first >= 0 && this.#rest.length + first <= LONGEST_LINE && piece.length <= LONGEST_LINE;
    if (isUsual && !this.#keepBytes) return this.#splitText(piece, first);
    const lines = this.#splitBytes(this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]));
    // A copy: a few bytes must not keep the whole piece in memory.
    this.#rest = Buffer.from(this.#rest);
    return lines;
  }

  /** What is left when nothing more will come: a last line without its line feed. */
  end(): SplitLine[] {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest.length === 0 ? [] : [this.#lineOf(rest)];
  }

  /** The usual case, decoded at once: no byte of a longer UTF-8 character looks like a line feed. */
  #splitText(piece: Buffer, first: number): SplitLine[] {
    const begun = Buffer.concat([this.#rest, piece.subarray(0, first)]).toString('utf8');
    const last = piece.lastIndexOf(LINE_FEED);
    this.#rest = Buffer.from(piece.subarray(last + 1));
    const whole = last === first ? [] : piece.toString('utf8', first + 1, last).split('\n');
    return [begun, ...whole].map((line) => ({ text: withoutReturn(line) }));
  }

  #splitBytes(all: Buffer): SplitLine[] {
    const lines: SplitLine[] = [];
    let from = 0;
    for (;;) {
      const found = all.indexOf(LINE_FEED, from);
      const end = found < 0 ? all.length : found + 1;
      if (end - from > LONGEST_LINE) {
        const cut = cutBefore(all, from + LONGEST_LINE);
        lines.push({ ...this.#lineOf(all.subarray(from, cut)), continues: true });
        from = cut;
      } else if (found < 0) {
        this.#rest = all.subarray(from);
        return lines;
      } else {
        lines.push(this.#lineOf(all.subarray(from, end)));
        from = end;
      }
    }
  }

  #lineOf(bytes: Buffer): SplitLine {
    const end = bytes.at(-1) === LINE_FEED ? bytes.length - 1 : bytes.length;
    const text = withoutReturn(bytes.toString('utf8', 0, end));
    return this.#keepBytes ? { text, bytes: Uint8Array.from(bytes) } : { text };
  }
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/** The last place up to `at` where a UTF-8 character begins. */
function cutBefore(bytes: Buffer, at: number): number {
  let cut = at;
  while (cut > at - 4 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--;
  return cut;
}
