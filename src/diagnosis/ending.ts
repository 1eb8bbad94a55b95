import { type Burst, endsDriver } from './burst.js';
import type { Line } from './line.js';
import type { Verdict } from './verdict.js';

/** Words that run over several lines of their own accord. */
const LONG_WORDED = /Py4J|PythonException|AnalysisException|ParseException|Captured|^pyspark\.|StreamingQuery/;
const STOPPED = /^(?:SparkContext is stopping|Successfully stopped SparkContext)/;
const STOPPED_AT_EXIT = /^Invoking stop\(\) from shutdown hook/;

/**
 * What ended the job, of everything that was printed about failures: a job that goes on after a failure prints it too.
 * Those that say most of the driver come first.
 */
export function endingOf(bursts: readonly Burst[], lines: readonly Line[], { kind }: Verdict): readonly Burst[] {
  if (kind === 'succeeded') return [];
  const tracebacks = bursts.filter(isTraceback);
  const lasts = tracebacks.filter(({ source }, i) => !tracebacks.slice(i + 1).some((later) => later.source === source));
  const uncaught = lastOf(lasts, (one) => isLast(one, lines, kind));
  const ofThread = lastOf(bursts, endsDriver);
  const told = bursts.filter(({ isTold, source }) => isTold === true || source === 'yarn');
  // A JVM that dies says so last, whatever Python had printed before.
  const dying = kind === 'failed' && lastOf(bursts, (one) => isBareJava(one) && /Error$/.test(one.throwables[0]?.type ?? '')); // prettier-ignore
  const isAfter = dying && uncaught && dying.source === uncaught.source && dying.first > uncaught.last;
  const own = [isAfter ? dying : uncaught, ofThread].filter((one) => one !== undefined);
  const ending = [...own, ...told.filter((one) => !own.includes(one))];
  if (kind !== 'failed' || ending.some(({ throwables }) => throwables.length > 0)) return ending;
  // Of a log that was cut, or ended without a last word: what was last complained of.
  const bare = lastOf(bursts, (one) => isBareJava(one) && one.spokenAfter === 0);
  const logged = lastOf(bursts, ({ event, throwables }) => event?.event?.level === 'ERROR' && throwables.length > 0);
  const weak = bare ?? logged;
  return weak ? [...ending, weak] : ending;
}

const lastOf = (bursts: readonly Burst[], is: (burst: Burst) => boolean): Burst | undefined => bursts.findLast(is);

/** Printed by Python itself, not by a logger that tells of one. */
const isTraceback = ({ event, thread, throwables, isTold }: Burst): boolean =>
  event === undefined && thread === undefined && isTold === undefined && throwables.some(({ lang, role }) => lang === 'python' && role === 'raised'); // prettier-ignore

const isBareJava = ({ event, thread, throwables }: Burst): boolean =>
  event === undefined && thread === undefined && throwables[0]?.lang === 'java';

/** Whether nothing came behind it, or it must be what ended a job that did fail. */
function isLast(burst: Burst, lines: readonly Line[], kind: Verdict['kind']): boolean {
  if (kind !== undefined) return true;
  if (burst.spokenAfter > 0 || isMixed(burst)) return false;
  const raised = burst.throwables.findLast(({ role }) => role === 'raised');
  if (!raised?.message.includes('\n') || LONG_WORDED.test(raised.type)) return !isStoppedAfter(burst, lines);
  // More lines follow directly: its own, or what the job printed as it went on.
  return lines.some(({ event }) => event && STOPPED_AT_EXIT.test(event.message)) && !isStoppedAfter(burst, lines);
}

/** The job itself stopped Spark behind it, so it had been caught. */
function isStoppedAfter(burst: Burst, lines: readonly Line[]): boolean {
  const events = lines.filter(({ source, index, event }) => event && source === burst.source && index > burst.last);
  const first = events.find(
    ({ event }) => event && (STOPPED.test(event.message) || STOPPED_AT_EXIT.test(event.message)),
  );
  return first?.event !== undefined && STOPPED.test(first.event.message);
}

/** Python's own exception with the JVM's below it, and nothing of Py4J in between: somebody printed a log. */
function isMixed({ throwables }: Burst): boolean {
  const raised = throwables.findLastIndex(({ lang, role }) => lang === 'python' && role === 'raised');
  const isPythons = !LONG_WORDED.test(throwables[raised]?.type ?? '');
  return isPythons && throwables.slice(raised + 1).some(({ lang }) => lang === 'java');
}
