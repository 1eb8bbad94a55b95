import { parseDuration } from '../app/index.js';
import { ConfigError, type LogLine } from '../core/index.js';

const STAMP = /^(\d\d|\d{4})[/-](\d\d)[/-](\d\d)[ T](\d\d):(\d\d):(\d\d)/;

/**
 * The time that `--since` names, in milliseconds since the epoch: `15m` ago, or `2026-11-23T04:00:00Z`.
 * @throws ConfigError
 */
export function sinceOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    // Without a zone it is UTC, as the clusters' logs are.
    const ms = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`);
    if (!Number.isNaN(ms)) return ms;
    throw new ConfigError(`--since: ${JSON.stringify(text)} is no time; write it as 2026-11-23T04:00:00Z, or as 15m`, {
      field: '--since',
    });
  }
  return now - parseDuration(text, '--since');
}

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
