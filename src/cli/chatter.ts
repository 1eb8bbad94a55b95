import type { LogLine } from '../core/index.js';

// Spark's log4j layout, `26/11/23 01:50:29 INFO DAGScheduler: …`, of Spark 2 to 3, and the ISO one that some clusters set.
const CHATTER = /^(?:\d\d\/\d\d\/\d\d|\d{4}-\d\d-\d\d)[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?Z? +(?:INFO|DEBUG|TRACE)\b/;
// What Spark says before its logging is set up, and YARN in the middle of spark-submit's report.
const BEFORE =
  /^(?:Using Spark's default log4j profile: |Setting default log level to "|To adjust logging level use |AM container is launched, waiting for AM container to Register with RM)/;
/** `INFO Client: ` and nothing more: what it says stands in the lines below. */
const EMPTY = /\b(?:INFO|DEBUG|TRACE) [\w$.]+: *$/;
// The lines of spark-submit's report on an application, and of the master's on how it starts executors (seen on 3.3 to 3.5).
const GOES_ON = /^(?:\s|={20,}$|$|Default YARN executor launch context:)/;

/** Whether Spark or Livy says this of itself: it is not what the job printed, and nothing to worry about. */
export const isChatter = (line: string): boolean => CHATTER.test(line) || BEFORE.test(line);

/** YARN repeats the last 4 KB of a driver's log, twice: no more lines than these, nor longer ones, have to be known again. */
const MOST_KNOWN = 500;
const LONGEST_KNOWN = 4_096;

/**
 * Tells chatter from the rest, line by line: what Spark says over several lines counts as a whole, and so do lines of the log
 * that YARN's diagnostics repeat behind it.
 */
export class Chatter {
  readonly #goingOn = new Set<string>();
  readonly #known = new Set<string>();
  #folded = 0;
  #repeated = 0;

  includes(line: Pick<LogLine, 'stream' | 'source' | 'text'>): boolean {
    if (this.#isOfSpark(line)) {
      this.#folded++;
      return true;
    }
    if (this.#isKnown(line)) {
      this.#repeated++;
      return true;
    }
    return false;
  }

  /** What was left out, in words; `undefined` where nothing was. */
  get leftOut(): string | undefined {
    const lines = (count: number): string => `${count} ${count === 1 ? 'line' : 'lines'}`;
    const parts = [
      ...(this.#folded > 0 ? [`${lines(this.#folded)} of Spark's own INFO`] : []),
      ...(this.#repeated > 0 ? [`${lines(this.#repeated)} that YARN repeats`] : []),
    ];
    if (parts.length === 0) return undefined;
    const isOne = this.#folded + this.#repeated === 1;
    return `${parts.join(' and ')} ${isOne ? 'is' : 'are'} not shown; --verbose shows ${isOne ? 'it' : 'them'}`;
  }

  /** Whether YARN says what stood in the log already. What it says itself is known from then on, for it says that twice as well. */
  #isKnown({ stream, text }: Pick<LogLine, 'stream' | 'text'>): boolean {
    if (text.trim() === '' || text.length > LONGEST_KNOWN) return false;
    const isKnown = this.#known.delete(text);
    this.#known.add(text); // as the newest
    for (const oldest of this.#known) {
      if (this.#known.size <= MOST_KNOWN) break;
      this.#known.delete(oldest);
    }
    return isKnown && stream === 'yarn';
  }

  #isOfSpark({ stream, source, text }: Pick<LogLine, 'stream' | 'source' | 'text'>): boolean {
    const from = `${source} ${stream}`;
    if (isChatter(text)) {
      if (EMPTY.test(text)) this.#goingOn.add(from);
      else this.#goingOn.delete(from);
      return true;
    }
    if (this.#goingOn.has(from) && GOES_ON.test(text)) return true;
    this.#goingOn.delete(from);
    return false;
  }
}
