import type { Line } from './line.js';
import { type Frame, simpleName, type Throwable } from './throwable.js';

export const LONGEST_TITLE = 160;

/** `etl.py:42 in load` */
export const placeWords = ({ file, at, inside }: Frame): string =>
  `${file.split(/[/\\]/).at(-1) ?? file}:${at}${inside === undefined ? '' : ` in ${inside}`}`;

/** The first line that says something; with the next one where it only announces that. */
export function firstLine(text: string): string {
  const [first = '', second = ''] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return first.endsWith(':') ? `${first} ${second}`.trim() : first;
}

/** What Spark puts before the reason: that it gave up is no news. */
const ABORTED = /^Job aborted due to stage failure: /;

/** `FileNotFoundException: File s3://… does not exist` */
export function thrownWords({ lang, type, message }: Throwable): string {
  const words = firstLine(message);
  const inner = words.replace(ABORTED, '');
  if (inner !== words) return inner;
  const name = lang === 'java' || /^(?:pyspark|py4j)\./.test(type) ? simpleName(type) : type;
  if (name === '') return words;
  return words === '' ? name : `${name}: ${words}`;
}

/** A line of YARN's or spark-submit's without what stands before its words. */
export function toldWords({ text, event }: Line): string {
  return (event?.message ?? text)
    .replace(/^\s{0,9}(?:diagnostics: )?/, '')
    .replace(/^\[[\d: .,+-]{10,40}\]/, '')
    .replace(/^Exception in thread "[^"]{0,100}" (?:[\w$]{1,80}\.){0,15}(?=[A-Z])/, '')
    .trim();
}

/** One line of bearable length. */
export function oneLine(text: string, longest = LONGEST_TITLE): string {
  const line = firstLine(text);
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
