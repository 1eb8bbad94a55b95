import type { LogLine } from '../core/index.js';

const STAMP = /^(\d\d|\d{4})[/-](\d\d)[/-](\d\d)[ T](\d\d):(\d\d):(\d\d)/;

/**
 * Leaves out what is known to be older. Lines have no time of their own: the time stamps of log4j stand for the lines behind
 * them in the same stream, and where none stands before a line, it is shown.
 */
export class Since {
  readonly #sinceMs: number;
  readonly #old = new Set<string>();

  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  includes({ stream, source, text }: Pick<LogLine, 'stream' | 'source' | 'text'>): boolean {
    const from = `${source} ${stream}`;
    const stamp = stampOf(text);
    if (stamp !== undefined) {
      if (stamp < this.#sinceMs) this.#old.add(from);
      else this.#old.delete(from);
    }
    return !this.#old.has(from);
  }
}

/** log4j writes its machine's local time, without the zone. On a cluster that is UTC. */
function stampOf(text: string): number | undefined {
  const [, year = '', ...rest] = STAMP.exec(text) ?? [];
  if (year === '') return undefined;
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = rest.map(Number);
  return Date.UTC(year.length === 2 ? 2000 + Number(year) : Number(year), month - 1, day, hour, minute, second);
}
