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

/** Tells chatter from the rest, line by line: what Spark says over several lines counts as a whole. */
export class Chatter {
  readonly #goingOn = new Set<string>();

  includes({ stream, source, text }: Pick<LogLine, 'stream' | 'source' | 'text'>): boolean {
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
