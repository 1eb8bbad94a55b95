import { hasBegun } from '../own-log.js';
import { findTold, type Rule } from '../rule.js';
import { oneLine } from '../words.js';
import type { View } from '../view.js';

const FAILED = /AM Container for appattempt_\S{1,60} exited with\s{1,3}exitCode: (-?\d{1,6})/;
const TELLING =
  /Could not find or load main class \S{1,200}|Unrecognized (?:VM )?option.{1,160}|Could not create the Java Virtual Machine|Invalid maximum heap size.{0,100}|(?:\/bin\/bash: )?\S{0,200}(?:No such file or directory|command not found|Permission denied)|File (?:does not exist: )?\S{1,300} does not exist|File does not exist: \S{1,300}|\S{0,100}(?:IOException|FileNotFoundException): .{1,200}|Resource \S{1,300} (?:changed on src filesystem|is not publicly accessable).{0,60}/; // prettier-ignore

/** YARN could not start the driver's container, or it ended before the driver could say anything. */
export const amLaunchFailed: Rule = {
  code: 'AM_LAUNCH_FAILED',
  about: "YARN could not start the driver's container, or it ended before the job had begun.",
  transient: 'sometimes',
  next: [
    'Read what the container itself says: livywire logs, or the link to its log',
    'See that the machines have what it needs: JAVA_HOME, the files and jars it localises, the options of its JVM (spark.driver.extraJavaOptions)',
  ],
  match: (view) => {
    if (hasBegun(view.lines)) return undefined;
    const reason = reasonIn(view);
    return findTold(view, [
      { says: FAILED, title: ([, code]) => `The driver's container ended with exit code ${code}${reason}` },
      { says: /^.{0,40}Application application_\d{1,20}_\d{1,9} failed \d{1,3} times.{0,300}/, title: ([words]) => `${oneLine(words, 200)}${reason}` }, // prettier-ignore
      { says: /ApplicationMaster for attempt \S{1,60} timed out/, transient: true },
      {
        says: /Could not find or load main class org\.apache\.spark\.deploy\.yarn\.\S{1,60}/,
        title: ([words]) => words,
      },
      { says: /Failed to connect to driver at .{1,100}|Application attempt \S{1,60} doesn't exist/, transient: true },
    ]);
  },
};

function reasonIn({ told }: View): string {
  for (const { text } of told) {
    const found = TELLING.exec(text);
    if (found) return `: ${oneLine(found[0], 160)}`;
  }
  return '';
}
