import { Since } from './since.js';

/** What is said of a run before the ledger has it: our clock and the cluster's are not the same. */
const BEFORE_MS = 60_000;
const STAMP = String.raw`^(?:\d\d/\d\d/\d\d|\d{4}-\d\d-\d\d)[ T]\d\d:\d\d:\d\d[.,\d]*`;
const STAMPED = new RegExp(STAMP);
/** Not what it passes on of other jobs: that stands behind its own INFO. */
const TROUBLE = new RegExp(String.raw`${STAMP} +(?:WARN|ERROR|FATAL)\b|\bRecovered \d+ \w+ sessions`);

export interface OfRun {
  /** The attempt's name, in which it is sent to Livy. */
  readonly name: string;
  readonly appId?: string | undefined;
  /** ISO 8601. */
  readonly createdAt: string;
}

/**
 * Of the log of Livy's server the lines that are about one run: those that name it, and its number until Livy gives that to another;
 * and from its time on what Livy warns of, and that it was started anew. Lines without a time stamp belong to the one before.
 */
export class LivyLines {
  readonly #of: OfRun;
  readonly #since: Since;
  #session: RegExp | undefined;
  #wasIn = false;
  /** How many lines name the run. */
  named = 0;

  constructor(of: OfRun) {
    this.#of = of;
    this.#since = new Since(Date.parse(of.createdAt) - BEFORE_MS);
  }

  includes(text: string): boolean {
    const isRecent = this.#since.includes({ stream: 'stderr', source: 'livy', text });
    if (!STAMPED.test(text)) return this.#wasIn;
    return (this.#wasIn = this.#isNamed(text) || (isRecent && TROUBLE.test(text)));
  }

  #isNamed(text: string): boolean {
    const { name, appId } = this.#of;
    const isItself = text.includes(name) || (appId !== undefined && text.includes(appId));
    const [, created] = /Creating batch session (\d+):/.exec(text) ?? [];
    // Numbers begin anew when Livy does.
    if (created !== undefined && (isItself || this.#session?.test(text) === true))
      this.#session = isItself ? new RegExp(`(?:session|BatchSession) ${created}\\b`) : undefined;
    const isIt = isItself || this.#session?.test(text) === true;
    if (isIt) this.named++;
    return isIt;
  }
}
