import type { DiagnosisLine, RunStatus } from '../core/index.js';
import type { Burst } from './burst.js';
import { BurstReader } from './burst-reader.js';
import { endingOf } from './ending.js';
import { type Line, readLine } from './line.js';
import { type Frame, ownFrame, raisedAt, type Throwable } from './throwable.js';
import { isJobsStream, spokenIn, toldIn } from './told.js';
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
  /** The same, and all else that they logged. */
  readonly spoken: readonly Line[];
}

export function prepare(facts: Facts): View {
  const { status, app } = facts;
  const given = [...facts.lines, ...serverWords(facts.lines, [app?.diagnostics, status.message])];
  const names = [...new Set(given.map(({ source }) => source))];
  const read = names.map((name) => given.filter(({ source }) => source === name).map(readLine));
  const all = read.flat();
  const sources = read.map((one) =>
    isJobsStream(one[0]?.source ?? '', all) ? one.map((line) => ({ ...line, isJobs: true as const })) : one,
  );
  const lines = sources.flat();
  const found = sources.map((one) => ({ one, bursts: BurstReader.read(one) }));
  const bursts = found.flatMap((each) => each.bursts);
  const told = found.flatMap((each) => toldIn(each.one, each.bursts));
  const spoken = spokenIn(lines, new Set(told));
  const verdict = verdictOf({ state: status.state, exitCode: facts.exitCode }, spoken, bursts);
  const ending = endingOf(bursts, lines, verdict);
  return { facts, lines, verdict, bursts, ending, thrown: thrownBy(ending), told, spoken };
}

/** The servers' own words as lines, unless YARN's are there already. What a job printed is not YARN's, however alike. */
function serverWords(lines: readonly DiagnosisLine[], texts: readonly (string | undefined)[]): DiagnosisLine[] {
  const known = new Set(lines.filter(({ source }) => source === 'yarn').map(({ text }) => text.trim()));
  return texts.flatMap((text) => {
    const words = (text ?? '').split('\n').filter((line) => line.trim() !== '');
    if (words.every((line) => known.has(line.trim()))) return [];
    words.forEach((line) => known.add(line.trim()));
    return words.map((line) => ({ source: 'yarn', text: line }));
  });
}

function thrownBy(ending: readonly Burst[]): readonly Throwable[] {
  const all = ending.flatMap(({ throwables }) => throwables.toReversed()).filter((one) => !isOfGoneJvm(one));
  return [...all.filter(({ role }) => role !== 'earlier'), ...all.filter(({ role }) => role === 'earlier')];
}

const PY4J_SOCKET = /(?:^|\/)py4j\/(?:java_gateway|clientserver)\.py$/;

/** Python does not reach the driver's own JVM any more: something else has ended that. */
const isOfGoneJvm = (one: Throwable): boolean =>
  one.lang === 'python' &&
  (one.type.endsWith('Py4JNetworkError') ||
    (/^(?:Connection\w{1,20}|BrokenPipe)Error$/.test(one.type) && PY4J_SOCKET.test(raisedAt(one)?.file ?? '')));

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
