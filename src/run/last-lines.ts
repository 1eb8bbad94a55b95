import type { LogItem } from '../core/index.js';

/** Of a longer line only the beginning is kept, in characters: with what says so it stays below the 4,000 that a report shows. */
const LONGEST = 3_900;

export type KeptItem = Exclude<LogItem, { type: 'notice' }>;

/**
 * The last lines of each stream of a log, and the gaps among them. A job may print lines of a megabyte, and more of them than
 * were asked for while they are read: neither is kept whole.
 */
export class LastLines {
  readonly #most: number;
  #items: Kept[] = [];
  readonly #streams = new Map<string, Stream>();

  /** @param most - so many lines of each stream */
  constructor(most: number) {
    this.#most = most;
  }

  add(item: LogItem): void {
    if (item.type === 'notice') return;
    if (item.type === 'gap') return void this.#items.push({ item, left: 0 });
    const stream = this.#stream(item.stream);
    const { text, continues, bytes: _, ...rest } = item;
    const { part } = stream;
    if (part) part.left += text.length;
    else {
      const kept = text.length > LONGEST ? copyOf(text.slice(0, LONGEST)) : text;
      const one = { item: { ...rest, text: kept }, left: text.length - kept.length };
      this.#items.push(one);
      stream.lines++;
      stream.kept++;
      stream.part = one;
    }
    if (!continues) stream.part = undefined;
    if (stream.kept >= 2 * this.#most) this.#thin();
  }

  /** Forgets all others. */
  keepOnly(isWanted: (item: KeptItem) => boolean): void {
    this.#items = this.#items.filter(({ item }) => isWanted(item));
    this.#streams.clear();
    for (const { item } of this.#items) {
      const stream = this.#stream(item.stream);
      if (item.type === 'line') stream.lines = ++stream.kept;
    }
  }

  /** In the order in which they came. */
  items(): KeptItem[] {
    this.#thin();
    return this.#items.map(({ item, left }) =>
      left > 0 && item.type === 'line' ? { ...item, text: `${item.text}… (${left} more characters)` } : item,
    );
  }

  /** Whether lines before these may exist. */
  isCut(stream: string): boolean {
    return this.#stream(stream).lines >= this.#most;
  }

  #stream(name: string): Stream {
    const known = this.#streams.get(name) ?? { lines: 0, kept: 0, part: undefined };
    this.#streams.set(name, known);
    return known;
  }

  #thin(): void {
    const over = new Map([...this.#streams].map(([name, { kept }]) => [name, kept - this.#most]));
    this.#items = this.#items.filter(({ item: { type, stream } }) => {
      const left = over.get(stream) ?? 0;
      if (left <= 0) return true;
      if (type === 'line') over.set(stream, left - 1);
      return false;
    });
    for (const stream of this.#streams.values()) stream.kept = Math.min(stream.kept, this.#most);
  }
}

interface Kept {
  readonly item: KeptItem;
  /** So many characters are not kept. */
  left: number;
}

interface Stream {
  lines: number;
  kept: number;
  /** A line of which more parts come. */
  part: Kept | undefined;
}

/** A part of a text keeps all of it in memory, unless it is written anew. */
const copyOf = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
