import { ConfigError } from '../core/index.js';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds from `90s`, `15m`, `2h`, `1h30m`, `1d`, `500ms`.
 * @param field what to call it in the error: `--timeout`
 * @throws ConfigError for anything else; a bare number too, for nobody could tell its unit
 */
export function parseDuration(text: string, field: string): number {
  const wrong = (why: string): ConfigError =>
    new ConfigError(`${field}: ${JSON.stringify(text)} ${why}; write it as 90s, 15m, 2h or 1h30m`, { field });
  if (/^\d+(\.\d+)?$/.test(text)) throw wrong('has no unit');
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) throw wrong('is not a duration');
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  }
  if (!Number.isFinite(total)) throw wrong('is too long');
  return Math.round(total);
}
