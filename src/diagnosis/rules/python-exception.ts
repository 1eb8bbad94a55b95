import type { DiagnosisLine } from '../../core/index.js';
import type { Rule } from '../rule.js';

const OPENING = 'Traceback (most recent call last):';
const FRAME = /^\s+File "(?<file>.+)", line (?<line>\d+), in /;
/** Frames and source lines are indented; the exception is not: `ValueError: no`, `pkg.mod.Problem`. */
const RAISED = /^[A-Za-z_][\w.]*(?::\s|:?$)/;
const JVM_DIED = /\bOutOfMemoryError\b|^Exception in thread "/;
const LONGEST_TITLE = 200;

/** The driver's Python raised: the last traceback of the log, with the user's own line. */
export const pythonException: Rule = ({ lines }) => {
  const start = lines.findLastIndex(({ text }) => text.trim() === OPENING);
  if (start < 0) return undefined;
  // The other stream, and the JVM's own lines in the same one, may come in between.
  const rest = lines.slice(start + 1).filter(({ source }) => source === lines[start]?.source);
  const end = rest.findIndex(({ text }) => RAISED.test(text));
  const raised = rest[end];
  if (!raised) return undefined;
  // The program caught it, went on, and the JVM died of something else.
  if (rest.slice(end + 1).some(({ text }) => JVM_DIED.test(text))) return undefined;
  const frames = rest.slice(0, end).filter(({ text }) => FRAME.test(text));
  const own = frames.findLast(({ text }) => !isLibrary(FRAME.exec(text)?.groups?.file ?? '')) ?? frames.at(-1);
  const at = own && FRAME.exec(own.text)?.groups;
  const where = at ? ` (${at.file?.split('/').at(-1)}:${at.line})` : '';
  const proof: DiagnosisLine[] = [...(own ? [own, ...sourceLine(rest, own)] : []), raised];
  return {
    code: 'PYTHON_EXCEPTION',
    title: `${raised.text.slice(0, LONGEST_TITLE)}${where}`,
    transient: false,
    lines: proof,
    next: [
      `Fix ${at ? `line ${at.line} of ${at.file}` : 'the exception'} and submit again as a new attempt (--retry-of failed)`,
    ],
  };
};

const isLibrary = (file: string): boolean =>
  /(?:^|\/)(?:pyspark|py4j|site-packages|dist-packages|lib\/python[\d.]*)\//.test(file);

/** Python prints the source line below its frame, when it has the file. */
function sourceLine(lines: readonly DiagnosisLine[], frame: DiagnosisLine): DiagnosisLine[] {
  const next = lines[lines.indexOf(frame) + 1];
  return next && /^\s{4,}/.test(next.text) && !FRAME.test(next.text) ? [next] : [];
}
