import { hasDriverLog } from '../own-log.js';
import type { Match, Rule } from '../rule.js';
import type { View } from '../view.js';
import { oneLine } from '../words.js';

const EARLY = /Shutdown hook called before final status was reported/;
const EXITED = /User application exited with (?:status )?-?\d{1,6}/;
const SPOKEN = 3;
/** Python's own for an exception that nobody caught. */
const OF_EXCEPTION = 1;

/** The program ended itself with a code, and no exception. */
export const userExitCode: Rule = {
  code: 'USER_EXIT_CODE',
  about: 'The job ended itself with an exit code (sys.exit, System.exit), without an exception.',
  transient: false,
  next: [
    'Read what it printed last, and look for sys.exit or System.exit in its code',
    'Raise an exception instead of an exit code: then the reason is known everywhere',
  ],
  match: (view) => ofMaster(view) ?? early(view) ?? ofProcess(view),
};

function ofMaster(view: View): Match | undefined {
  const { userExit } = view.verdict;
  if (userExit === undefined || userExit === 0) return undefined;
  // Without a word of the job's it may have been an exception as well, in the log that nobody has.
  if (userExit === OF_EXCEPTION && lastWords(view).length === 0) return undefined;
  const line = view.spoken.findLast(({ text }) => EXITED.test(text));
  return {
    ...said(view, `The job ended itself with exit code ${userExit}`),
    ...(line && { lines: [...lastWords(view), line] }),
  };
}

/** System.exit in a JVM: Spark only sees that it goes down, and calls even a 0 a failure. */
function early(view: View): Match | undefined {
  const line = view.spoken.findLast(({ text }) => EARLY.test(text));
  if (!line || view.lines.some(({ event }) => event?.message.startsWith('RECEIVED SIGNAL'))) return undefined;
  if (!hasDriverLog(view.lines)) return undefined; // there it would say whether a signal came
  return {
    ...said(view, 'The driver ended its JVM (System.exit) before it was done'),
    lines: [...lastWords(view), line],
    next: ['Let main() return and call spark.stop(), instead of System.exit: in the cluster even System.exit(0) counts as a failure', '…'], // prettier-ignore
  };
}

/** spark-submit hands on the exit code of the program. Livy takes it for `dead`, and tells nobody which it was. */
function ofProcess(view: View): Match | undefined {
  const { exitCode, status } = view.facts;
  if (exitCode === 0 || (exitCode ?? 0) > 128 || view.thrown.length > 0) return undefined;
  if (exitCode === undefined && !isOwnEnd(view, status.state)) return undefined;
  // A program that ends itself lets the JVM go down in order; one that is killed or halted does not.
  if (!view.lines.some(({ event }) => event?.logger === 'ShutdownHookManager')) return undefined;
  const words =
    exitCode === undefined ? 'an exit code other than 0, which Livy does not tell' : `exit code ${exitCode}`;
  return { ...said(view, `The job ended itself with ${words}`), lines: lastWords(view) };
}

/** Its own process was the driver's, and nobody stopped it. */
const isOwnEnd = ({ lines, facts }: View, state: View['facts']['status']['state']): boolean =>
  state === 'failed' &&
  facts.app === undefined &&
  hasDriverLog(lines) &&
  !lines.some(({ source, event }) => source === 'yarn' || event?.message.startsWith('RECEIVED SIGNAL') === true);

/** With what it printed last, which often says why. */
function said(view: View, words: string): Match {
  const last = lastWords(view).at(-1);
  return { title: last ? `${words}; its last words: ${oneLine(last.text, 120)}` : words, place: 'none' };
}

/** What the program printed itself: to stdout, where that is a stream of its own. */
function lastWords({ lines }: View): View['lines'] {
  if (!hasDriverLog(lines)) return [];
  const streams = new Set(lines.map(({ source }) => source));
  const isOwn = (source: string): boolean => (streams.has('stdout') ? source === 'stdout' : !streams.has('stderr'));
  return lines.filter(({ event, text, source }) => !event && /^[^\s=[-]/.test(text) && isOwn(source)).slice(-SPOKEN);
}
