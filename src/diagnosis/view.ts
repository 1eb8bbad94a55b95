import type { DiagnosisLine, RunStatus } from '../core/index.js';
import type { Burst } from './burst.js';
import { BurstReader } from './burst-reader.js';
import { endingOf } from './ending.js';
import { type Line, readLine } from './line.js';
import { type Frame, ownFrame, raisedAt, type Throwable } from './throwable.js';
import { type Verdict, verdictOf } from './verdict.js';

/** What there is to reason from. */
export interface Facts {
  /** The last reading. `unknown` where a log is all there is. */
  readonly status: Pick<RunStatus, 'raw' | 'state'> & Partial<RunStatus>;
  /** The end of the driver's log, oldest first; streams keep their own order. The last start of the driver counts. */
  readonly lines: readonly DiagnosisLine[];
  /** YARN's report of the application, where it was asked. */
  readonly app?: {
    readonly raw: string;
    readonly finalStatus: string;
    readonly diagnostics: string;
    readonly queue?: string;
    /** How often the driver was started. */
    readonly attempts?: number;
  };
  /** Of spark-submit's process, where it is known. */
  readonly exitCode?: number;
}

/** The facts, read once for all rules. */
export interface View {
  readonly facts: Facts;
  readonly lines: readonly Line[];
  readonly verdict: Verdict;
  readonly bursts: readonly Burst[];
  /** What ended the job. Everything else that was printed about failures it survived. */
  readonly ending: readonly Burst[];
  /** The exceptions that ended it: the innermost first, and last what Python was handling before. */
  readonly thrown: readonly Throwable[];
  /** What YARN, the application master and spark-submit themselves say of the end. */
  readonly told: readonly Line[];
}

const LONGEST_TOLD = 60;

export function prepare(facts: Facts): View {
  const { status, app } = facts;
  const given = [...facts.lines, ...serverWords(facts.lines, [app?.diagnostics, status.message])];
  const names = [...new Set(given.map(({ source }) => source))];
  const sources = names.map((name) => given.filter(({ source }) => source === name).map(readLine));
  const lines = sources.flat();
  const bursts = sources.flatMap((one) => BurstReader.read(one));
  const verdict = verdictOf({ state: status.state, exitCode: facts.exitCode }, lines, bursts);
  const ending = endingOf(bursts, lines, verdict);
  return { facts, lines, verdict, bursts, ending, thrown: thrownBy(ending), told: toldIn(lines, bursts) };
}

/** The servers' own words as lines, unless the log holds them already. */
function serverWords(lines: readonly DiagnosisLine[], texts: readonly (string | undefined)[]): DiagnosisLine[] {
  const known = new Set(lines.map(({ text }) => text.trim()));
  return texts.flatMap((text) => {
    const words = (text ?? '').split('\n').filter((line) => line.trim() !== '');
    if (words.every((line) => known.has(line.trim()))) return [];
    words.forEach((line) => known.add(line.trim()));
    return words.map((line) => ({ source: 'yarn', text: line }));
  });
}

function thrownBy(ending: readonly Burst[]): readonly Throwable[] {
  const all = ending.flatMap(({ throwables }) => throwables.toReversed());
  return [...all.filter(({ role }) => role !== 'earlier'), ...all.filter(({ role }) => role === 'earlier')];
}

const TOLD_LOGGERS = new Set(['ApplicationMaster', 'Client', 'SparkSubmit', 'YarnAllocator', 'YarnClusterScheduler']);
const IS_TOLD =
  /^\s{0,9}(?:diagnostics: |Error: |error: |Exception in thread "main" |requirement failed|Application application_|Failing this attempt|Failed to submit|For more detailed output|Diagnostics|Local path )|^\[?[\d: .,+-]{0,30}\]?(?:Container|Killed by|Exception from|Exit code|Application|File )|^(?:\S{0,100}YarnException|\S{0,100}InvalidResourceRequestException)|^Unrecognized |^Invalid (?:maximum|initial)|^Could not create the Java|can't open file '|^\{"msg":"|^Rejected/; // prettier-ignore

/** All of what YARN says; of the logs the words of those who start drivers. */
function toldIn(lines: readonly Line[], bursts: readonly Burst[]): readonly Line[] {
  const inTold = new Map<string, Set<number>>();
  for (const { isTold, source, first, last } of bursts) {
    if (!isTold) continue;
    const indexes = inTold.get(source) ?? new Set();
    for (let i = first; i <= Math.min(last, first + LONGEST_TOLD); i++) indexes.add(i);
    inTold.set(source, indexes);
  }
  return lines.filter(({ source, index, event, text }) => {
    if (source === 'yarn') return true;
    if (event) return event.level === 'ERROR' && TOLD_LOGGERS.has(event.logger);
    return IS_TOLD.test(text) || inTold.get(source)?.has(index) === true;
  });
}

const GENERIC_PYTHON = /^(?:\w{1,40}Error|\w{0,40}Exception|SystemExit)$/;

/** The job's own code raised it: its words prove nothing about what lies below. */
export function isOwnWords(one: Throwable): boolean {
  if (one.lang === 'python' && !GENERIC_PYTHON.test(one.type) && /^(?:pyspark|py4j)\./.test(one.type)) return false;
  return raisedAt(one)?.isOwn ?? false;
}

/** The job's own line that led to an exception: within it, or within what it was handed on by. */
export function placeOf(view: View, one?: Throwable): Frame | undefined {
  const within = one && ownFrame(one);
  if (within) return within;
  const home = view.ending.find(({ throwables }) => one && throwables.includes(one));
  const order = [...(home ? [home] : []), ...view.ending.filter((other) => other !== home)];
  for (const { throwables } of order) {
    const frames = throwables.filter(({ role }) => role !== 'earlier').map(ownFrame);
    const found = frames.findLast((frame) => frame !== undefined);
    if (found) return found;
  }
  return undefined;
}

/** The line below a frame, where Python printed the code. */
export function codeBelow({ lines }: View, { line }: Frame): Line | undefined {
  const next = lines.find(({ source, index }) => source === line.source && index === line.index + 1);
  return next && /^\s{4,}\S/.test(next.text) && !/^\s+(?:File "|at )/.test(next.text) && !next.event ? next : undefined;
}
