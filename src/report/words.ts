/** Numbers in words, for the page and for its script. */
import prettyMs from 'pretty-ms';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `0 B`, `1.5 KiB`, `12 MiB`: as Spark's own pages say it. */
export function bytes(count: number): string {
  let unit = 0;
  let left = count;
  while (left >= 1_024 && unit < UNITS.length - 1) {
    left /= 1_024;
    unit++;
  }
  const shown = unit === 0 || left >= 100 ? Math.round(left) : Math.round(left * 10) / 10;
  return `${shown} ${UNITS[unit]}`;
}

/** `0ms`, `420ms`, `4.2s`, `3m 12s`, `2h 5m`: at most two units. */
export const duration = (ms: number): string =>
  ms < 60_000
    ? prettyMs(Math.round(ms), { secondsDecimalDigits: 1 })
    : prettyMs(Math.round(ms / 1_000) * 1_000, { unitCount: 2, secondsDecimalDigits: 0 });

const grouped = new Intl.NumberFormat('en');
export const number = (count: number): string => grouped.format(count);

/** `1 task`, `12 tasks`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;

/** `2026-11-23 04:07:28 UTC`. */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** The start of a text that has to fit. */
export const short = (text: string, most: number): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
};
