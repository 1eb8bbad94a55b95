import type { DiagnosisLine } from '../core/index.js';

/** What a logger wrote: Spark, Hadoop and Livy all log one event per line, with a stack trace below it. */
export interface LogEvent {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly logger: string;
  readonly message: string;
}

/** One line of a log, read as far as one line can be. */
export interface Line extends DiagnosisLine {
  /** Its place among the lines of its source, from 0. */
  readonly index: number;
  readonly event?: LogEvent;
  /** Of a stream to which nobody but the job writes. */
  readonly isJobs?: true;
}

/** Of a longer line only the beginning is read: a rule needs no more, and no hostile line makes it slow. */
const LONGEST = 4_000;

// Spark's and EMR's layout, `26/11/23 01:50:29 ERROR Executor: …`, and the ISO ones; a thread may stand before or behind the level.
const DATED =
  /^\[?(?:\d{4}|\d\d)[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d| UTC)?\]? {1,4}(?:\[[^\]]{1,100}\] {1,4})?\[?(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\]? {1,8}(?:\[[^\]]{1,100}\] {1,4})?(.*)$/;
/** The same without its date: `ERROR ApplicationMaster: …`, `WARN TaskSetManager:70 - …`. */
const UNDATED = /^(INFO|WARN|ERROR|FATAL) {1,4}(?=[A-Z][\w$]{1,80}(?::\d{1,6} - |: ))(.*)$/;
const LOGGER = /^([\w$./-]{1,150})(?::\d{1,6})?(?: ?\([^)]{1,150}\))?(?::| -) ?(.*)$/;
/** Airflow writes its own date before each line of what it started. */
const AIRFLOW = /^\[\d{4}-\d\d-\d\d[^\]]{1,30}\] \{{1,2}[\w.]{1,60}:\d{1,6}\}{1,2} [A-Z]{4,8} - /;

const LEVELS: Readonly<Record<string, LogEvent['level']>> = { ERROR: 'ERROR', FATAL: 'ERROR', WARN: 'WARN', WARNING: 'WARN' }; // prettier-ignore

export function readLine({ source, line, text }: DiagnosisLine, index: number): Line {
  const cut = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  const bare = (cut.startsWith('[') ? cut.replace(AIRFLOW, '') : cut).trimEnd();
  const event = eventOf(bare);
  return { source, ...(line !== undefined && { line }), text: bare, index, ...(event && { event }) };
}

function eventOf(text: string): LogEvent | undefined {
  const found = DATED.exec(text) ?? UNDATED.exec(text);
  if (!found) return undefined;
  const [, level = '', rest = ''] = found;
  const named = LOGGER.exec(rest);
  return {
    level: LEVELS[level] ?? 'INFO',
    logger: named?.[1]?.split('.').at(-1) ?? '',
    message: named?.[2] ?? rest,
  };
}
