import type { Since } from '../app/index.js';
import type { LogLine, RunEvent } from '../core/index.js';
import { Chatter } from './chatter.js';
import { gapWords } from './show.js';
import type { Terminal } from './terminal.js';

export interface LogPrinterOptions {
  /** `folded`: all but what Spark says of itself. `raw`: the bytes as they are. */
  readonly log: 'whole' | 'folded' | 'raw' | 'none';
  /** Say of each line which container wrote it. */
  readonly prefix: boolean;
  readonly since: Since | undefined;
}

type LogEvent = Extract<RunEvent, { type: 'line' | 'gap' | 'notice' }>;

/** Prints a log: its lines to stdout, what is to be said about it to stderr, and counts. */
export class LogPrinter {
  readonly #out: Terminal;
  readonly #options: LogPrinterOptions;
  readonly #chatter = new Chatter();
  lines = 0;
  missing = 0;

  constructor(out: Terminal, options: LogPrinterOptions) {
    this.#out = out;
    this.#options = options;
  }

  /** @returns whether it belongs to what was asked for */
  take(event: LogEvent): boolean {
    const { log, since } = this.#options;
    if (event.type === 'notice') {
      this.#out.note(event.text);
      return false;
    }
    if (event.type === 'gap') {
      this.missing += event.lines ?? 0;
      const words = gapWords(event);
      if (log === 'raw') this.#out.warn(words);
      else this.#out.gap(words);
      return true;
    }
    if (since?.includes(event) === false) return false;
    if (log === 'folded' && this.#chatter.includes(event)) return false;
    this.lines++;
    this.#print(event);
    return true;
  }

  /** What was left out. */
  end(): void {
    const { leftOut } = this.#chatter;
    if (leftOut !== undefined) this.#out.note(leftOut);
  }

  #print(line: LogLine): void {
    const { log, prefix } = this.#options;
    if (log === 'none') return;
    if (log === 'raw') this.#out.raw(line.bytes ?? `${line.text}\n`);
    else this.#out.log(prefix ? `[${line.source} ${line.stream}] ${line.text}` : line.text);
  }
}
