import type { Burst } from './burst.js';
import type { Line } from './line.js';
import type { Throwable } from './throwable.js';

/** The words of these are those of who starts drivers, and of who ends them. */
const TOLD_LOGGERS: ReadonlySet<string> = new Set(['ApplicationMaster', 'Client', 'SparkSubmit', 'YarnAllocator', 'YarnClusterScheduler']); // prettier-ignore

const LONGEST_TOLD = 60;
const YARN = 'yarn';

/** Of YARN's own words: of these only YARN itself is believed, and who hands its report on. */
const YARNS =
  /^\s{0,9}(?:diagnostics: |Application application_|Failing this attempt|For more detailed output|Diagnostics)|^\[?[\d: .,+-]{0,30}\]?(?:Container|Killed by|Exception from|Exit code|Application|File )|AM Container for|appattempt_|[Kk]illed by|[Pp]reempted/; // prettier-ignore
/** From here on YARN quotes the end of the driver's stderr; from here the message and the trace of its exception. */
const QUOTES_STDERR = /^\s{0,9}Last \d{1,9} bytes of /;
const QUOTES_THROWN = /^\s{0,9}(?:diagnostics: )?(?:User class threw exception|Uncaught exception)\b/;
/** What spark-submit, a shell, a JVM or a Python says that cannot begin; and Livy, or the ResourceManager, that refuses. */
const LAUNCH =
  /^(?:Error: |error: |requirement failed|Failed to submit|Local path |Unrecognized |Could not create the Java|\{"msg":"|Rejected)|^Invalid (?:maximum|initial)|can't open file '/; // prettier-ignore
/** How YARN's client refuses; also to a driver that has begun, and asks for its application itself. */
const REFUSED = /(?:YarnException|InvalidResourceRequestException)$/;
/** One that is lost is survived, mostly; where not, it is thrown as well. */
const ONE_EXECUTOR = /^Lost executor /;
const MAIN_THREAD = /^Exception in thread "main" /;
/** All that such a Python ever says; in the cluster it stands where the job would have written. */
const NO_SCRIPT = /^\S{0,300}python[\d.]{0,8}: can't open file '/;
/** From here on plain lines may be the job's. */
const BEGUN = /^(?:Running Spark version|Submitted application: |Starting the user application)/;
/** Spark's client hands on YARN's report in lines of its own. */
const REPORT = /^\s{1,9}(?:diagnostics|final status): /;

/**
 * Whether nobody but the job writes to this stream: stdout, unless it is where Spark logs, too. A line there that looks like
 * YARN's or spark-submit's is one the job has printed.
 */
export function isJobsStream(source: string, all: readonly Line[]): boolean {
  if (source !== 'stdout') return false;
  const logs = (line: Line): boolean => line.event !== undefined && BY_SPARK.has(line.event.logger);
  const others = all.filter((line) => line.source !== YARN && line.source !== source);
  return others.some(logs) || !all.some((line) => line.source === source && logs(line));
}

const BY_SPARK: ReadonlySet<string> = new Set([...TOLD_LOGGERS, 'SparkContext', 'ShutdownHookManager', 'NativeCodeLoader', 'SparkEnv', 'SignalUtils', 'Utils', 'ResourceUtils']); // prettier-ignore

/** What of one stream is said by those who start and end drivers, and not by the job. */
export function toldIn(lines: readonly Line[], bursts: readonly Burst[]): readonly Line[] {
  const [first] = lines;
  if (!first) return [];
  if (first.source === YARN) return withoutQuoted(lines);
  if (first.isJobs) return NO_SCRIPT.test(first.text) ? [first] : [];
  const inBursts = new Set<number>();
  for (const { isTold, first: from, last } of bursts)
    if (isTold) for (let i = from; i <= Math.min(last, from + LONGEST_TOLD); i++) inBursts.add(i);
  const inThread = new Set(bursts.filter(({ thread }) => thread === 'main').map((one) => one.first));
  const refusals = new Set(bursts.flatMap(({ throwables }) => throwables.filter(isRefusal).map(({ line }) => line.index))); // prettier-ignore
  const traceback = bursts.find(({ throwables }) => throwables.some(({ lang }) => lang === 'python'));
  let hasBegun = false;
  let isOfClient = false;
  return lines.filter(({ index, event, text }) => {
    if (event) {
      hasBegun ||= BEGUN.test(event.message);
      isOfClient = event.logger === 'Client';
      if (event.level === 'ERROR' && TOLD_LOGGERS.has(event.logger) && !ONE_EXECUTOR.test(event.message)) return true;
    }
    if (inBursts.has(index) || refusals.has(index)) return true;
    if (event) return false;
    if (MAIN_THREAD.test(text)) return inThread.has(index);
    return (isOfClient && REPORT.test(text)) || (!hasBegun && !traceback && LAUNCH.test(text));
  });
}

const isRefusal = ({ type, frames }: Throwable): boolean => REFUSED.test(type) && frames.length > 0;

/** Who failed to start says so at the end of stderr, which YARN quotes; what YARN itself does never stands there. */
function withoutQuoted(lines: readonly Line[]): readonly Line[] {
  let isStderr = false;
  let isThrown = false;
  return lines.filter(({ text }) => {
    const isTold = !isThrown && !(isStderr && YARNS.test(text));
    isStderr ||= QUOTES_STDERR.test(text);
    isThrown ||= QUOTES_THROWN.test(text);
    return isTold;
  });
}

/** Who says how it ended: what is told, and everything that those loggers wrote. */
export const spokenIn = (lines: readonly Line[], told: ReadonlySet<Line>): readonly Line[] =>
  lines.filter((line) => told.has(line) || (!line.isJobs && line.event !== undefined && TOLD_LOGGERS.has(line.event.logger))); // prettier-ignore
