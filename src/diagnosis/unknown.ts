import type { Diagnosis, DiagnosisLine } from '../core/index.js';
import type { Facts } from './rule.js';

const SHOWN = 8;
const TELLING = /\b(?:ERROR|FATAL|Exception|Error|Caused by|failed|killed|denied|not found)\b/;

/** No rule knows it: the most telling lines, and no pretence. */
export function unknown({ status, lines }: Facts): Diagnosis {
  const telling = lines.filter(({ text }) => TELLING.test(text));
  const shown: DiagnosisLine[] = (telling.length > 0 ? telling : lines.filter(({ text }) => text.trim() !== '')).slice(
    -SHOWN,
  );
  const said = status.message ?? shown.at(-1)?.text;
  return {
    code: 'UNKNOWN',
    title:
      said === undefined
        ? `It ended as ${status.raw}, and nothing says why`
        : `It ended as ${status.raw}: ${firstLine(said)}`,
    transient: false,
    lines: shown,
    next: [
      status.appId === undefined
        ? 'Read the log with livywire logs'
        : `Read the driver's own log, in its YARN container: yarn logs -applicationId ${status.appId}`,
    ],
  };
}

const firstLine = (text: string): string =>
  (text.split('\n').find((line) => line.trim() !== '') ?? '').trim().slice(0, 200);
