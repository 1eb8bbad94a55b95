import type { CallOptions, LogItem, LogOpening } from '../core/index.js';
import { LineSplitter, type SplitLine } from './line-splitter.js';
import { type FreshBytes, LogFile, type LogPlace } from './log-file.js';

/** What one reading of a container's log came to. */
export interface ContainerReading {
  /** How many of the files are there. */
  readonly found: number;
  /** Some file is not there, or not there yet. */
  readonly isMissing: boolean;
  /** The container was still at work. */
  readonly isOpen: boolean;
}

const REPLACED = {
  shorter: 'the log file became shorter: it was cut or replaced, and is shown from its new beginning',
  other: 'the log file was replaced by another one, which is shown from its beginning',
};
const NOT_THE_SAME = {
  shorter: 'the log that YARN collected is shorter than what was read from the node',
  other: 'the log that YARN collected does not go on where the one on the node was left',
};

const AT_ONCE = 512 * 1024;

interface Stream {
  readonly name: 'stdout' | 'stderr';
  readonly file: LogFile;
  readonly lines: LineSplitter;
  /** Still to be done: only the last so many lines are wanted. */
  skipTo: number | undefined;
  saidLong: boolean;
  /** Nothing that follows would go on where it was left. */
  isLost: boolean;
}

/** stdout and stderr of one container, each in its own order, from wherever they can be read just now. */
export class ContainerLog {
  readonly container: string;
  readonly #driver: number | undefined;
  readonly #streams: readonly Stream[];

  /** @param driver - which start of the driver this is */
  constructor(container: string, driver: number | undefined, { tail, stream, bytes }: LogOpening) {
    this.container = container;
    this.#driver = driver;
    const names = stream === undefined ? (['stdout', 'stderr'] as const) : [stream];
    this.#streams = names.map((name) => ({
      name,
      file: new LogFile(name),
      lines: new LineSplitter({ bytes }),
      skipTo: tail,
      saidLong: false,
      isLost: false,
    }));
  }

  /** Whether anything of it was read. */
  get isBegun(): boolean {
    return this.#streams.some(({ file }) => file.offset > 0);
  }

  /**
   * Reads both streams as far as they go now, by turns, so that a long one does not hold up the other.
   * @param isCopy - this is not the file itself but what was kept of it, and may differ
   */
  async *read(place: LogPlace, isCopy: boolean, options: CallOptions): AsyncGenerator<LogItem[], ContainerReading> {
    const missing = new Set<Stream>();
    const goals = new Map<Stream, number>();
    let isOpen = false;
    for (let left = this.#streams.filter((one) => !one.isLost); left.length > 0;) {
      const unfinished: Stream[] = [];
      for (const one of left) {
        const reading = await nextOf(one, place, options);
        if (reading === undefined) {
          missing.add(one);
          continue;
        }
        for (const items of this.#itemsOf(one, reading, isCopy)) if (items.length > 0) yield items;
        // What is written while we read is for the next time: a job that writes fast must not hold the caller for ever.
        if (!goals.has(one)) goals.set(one, one.file.length);
        const isLeft = !reading.isEnd && !one.isLost;
        const isForNow = isLeft && !reading.isBehind && one.file.offset < (goals.get(one) ?? 0);
        if (isForNow) unfinished.push(one);
        // The end of a file that grew was not seen, nor who still writes it.
        isOpen ||= reading.isOpen === true || (isLeft && !isForNow);
      }
      left = unfinished;
    }
    return { found: this.#streams.length - missing.size, isMissing: missing.size > 0, isOpen };
  }

  /** Lines of so many bytes at a time, so that a long piece does not become a million lines at once. */
  *#itemsOf(one: Stream, { fresh, changed, hasMore }: FreshBytes, isCopy: boolean): Generator<LogItem[], void> {
    for (let at = 0; at < fresh.length; at += AT_ONCE) {
      yield this.#linesOf(one, one.lines.push(fresh.subarray(at, at + AT_ONCE)));
    }
    if (hasMore) {
      // Said once: nothing that follows would go on where it was left.
      one.isLost = true;
      const reason = `YARN collected it in several parts, and only the first can be read here; all of them: yarn logs -containerId ${this.container} -log_files ${one.name}`;
      yield [...this.#linesOf(one, one.lines.end()), { type: 'gap', stream: one.name, reason }];
    }
    if (changed === undefined) return;
    const reason = (isCopy ? NOT_THE_SAME : REPLACED)[changed];
    yield [...this.#linesOf(one, one.lines.end()), { type: 'gap', stream: one.name, reason }];
    if (isCopy) one.isLost = true;
    else one.file.rewind();
  }

  /** What has no line feed, once nothing more will come. */
  end(): LogItem[] {
    return this.#streams.flatMap((one) => this.#linesOf(one, one.lines.end()));
  }

  #linesOf(one: Stream, lines: readonly SplitLine[]): LogItem[] {
    const from = { source: this.container, ...(this.#driver !== undefined && { driver: this.#driver }) };
    const items: LogItem[] = [];
    for (const line of lines) {
      if (line.continues && !one.saidLong) {
        items.push({ type: 'notice', text: `a line of ${one.name} is longer than 1 MiB: such lines come in parts` });
        one.saidLong = true;
      }
      items.push({ type: 'line', stream: one.name, ...line, ...from });
    }
    return items;
  }
}

async function nextOf(one: Stream, place: LogPlace, options: CallOptions): Promise<FreshBytes | undefined> {
  if (one.skipTo !== undefined) {
    const skipped = await one.file.skipToTail(one.skipTo, place, options);
    if (skipped === 'missing') return undefined;
    if (skipped === 'behind') return { fresh: Buffer.alloc(0), isEnd: false, isOpen: undefined, isBehind: true };
    one.skipTo = undefined;
  }
  return one.file.next(place, options);
}
