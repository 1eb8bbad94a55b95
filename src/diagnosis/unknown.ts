import type { Diagnosis, DiagnosisLine } from '../core/index.js';
import type { Line } from './line.js';
import { hasDriverLog } from './own-log.js';
import type { View } from './view.js';
import { oneLine } from './words.js';

const SHOWN = 8;
const TELLING = /\b(?:ERROR|FATAL|Exception|Error|Caused by|failed|killed|denied|not found|exited with code)\b/;
const UNTELLING = /^\s+at |NativeCodeLoader|ShutdownHookManager/;

const NAME_YARN =
  "What there is of the log is not the driver's: with the address of YARN (--yarn-url http://<ResourceManager>:8088) livywire diagnose reads that";
const NAME_FILES =
  "This is spark-submit's log, or YARN's report: give the driver's own stdout and stderr, from the application's first container (…_000001)";

/** Livy says so in its server's log alone (seen on 0.7.1, whose spark-submit was killed before it wrote anything). */
const SUBMIT_EXIT = /spark-submit exited with code (\d+)/;
const KILLED =
  'Code 137 is SIGKILL: the primary node ran out of memory (dmesg there names spark-submit’s java), or somebody killed it; run it again';

export const unknownCode = {
  code: 'UNKNOWN',
  about: 'No rule knows it: the most telling lines are shown, and no reason is made up.',
  transient: false,
  next: ["Read the driver's own log: livywire logs, and the link of livywire status"],
} as const;

/** No rule knows it: the most telling lines, and no pretence. */
export function unknown({ facts: { status }, lines, verdict }: View): Diagnosis {
  const isTelling = ({ text, event }: Line): boolean =>
    event?.level === 'ERROR' || (event?.level !== 'INFO' && TELLING.test(text) && !UNTELLING.test(text));
  const telling = lines.filter(isTelling);
  const said = lines.filter(({ text }) => text.trim() !== '');
  const shown: DiagnosisLine[] = (telling.length > 0 ? telling : said)
    .slice(-SHOWN)
    .map(({ source, line, text }) => ({ source, ...(line !== undefined && { line }), text: oneLine(text, 400) }));
  const [exit, exitCode] = lines.map(({ text }) => SUBMIT_EXIT.exec(text)).find((one) => one !== null) ?? [];
  const words = exit ?? status.message ?? shown.at(-1)?.text;
  // It is about a run that has no log.
  const isServers = lines.some(({ source }) => source === 'livy-server');
  const how =
    status.state === 'unknown' && verdict.kind === undefined
      ? undefined
      : status.state === 'unknown'
        ? `It ${verdict.kind === 'killed' ? 'was killed' : 'failed'}`
        : `It ended as ${status.raw}`;
  const title =
    verdict.kind === 'succeeded'
      ? 'It succeeded: what it complains of, it survived'
      : how === undefined
        ? 'Nothing in it says that, or why, it failed'
        : words === undefined
          ? `${how}, and nothing says why`
          : `${how}: ${oneLine(words, 200)}`;
  return {
    code: 'UNKNOWN',
    title,
    transient: false,
    lines: shown,
    next: [
      ...(exitCode === '137' ? [KILLED] : []),
      ...(lines.length === 0 || isServers || hasDriverLog(lines)
        ? []
        : [status.appId === undefined ? NAME_FILES : NAME_YARN]),
      status.appId === undefined
        ? isServers
          ? 'Read what Livy wrote about it: livywire logs --livy-server'
          : 'Read the log with livywire logs'
        : `Read the driver's own log, in its YARN container: livywire logs, or yarn logs -applicationId ${status.appId}`,
    ],
  };
}
