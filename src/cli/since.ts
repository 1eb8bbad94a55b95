import { parseDuration } from '../app/index.js';
import { ConfigError } from '../core/index.js';

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
