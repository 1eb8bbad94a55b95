import { isSecretName, plainLine, REDACTED, redactArgs, redactText } from '../core/index.js';
import type { RunReport } from './run-report.js';

/** What is longer is cut: a line of a log can have megabytes. */
const LONGEST_LINE = 4_000;
/** Longer text is not even searched for secrets: it is cut first. */
const LONGEST_SEARCHED = 64_000;
/** Of texts of several lines: plans, stack traces. */
const LONGEST_TEXT = 24_000;

/**
 * The same report with every text in it made safe to keep, to show and to send around: what looks like a secret is masked,
 * escape sequences and control characters are gone, a separator that only looks like a blank is written out, and what is
 * too long is cut, and says so.
 */
export function cleanReport(report: RunReport): RunReport {
  const { spec, spark } = report;
  return clean({
    ...report,
    ...(spec && { spec: { ...spec, ...(spec.args && { args: redactArgs(spec.args) }) } }),
    ...(spark && {
      spark: {
        ...spark,
        properties: spark.properties.map(([name, value]) => [name, isSecretName(name) ? REDACTED : value] as const),
      },
    }),
  });
}

function clean<T>(value: T): T {
  if (typeof value === 'string') return cleanText(value) as T;
  if (Array.isArray(value)) return value.map(clean) as T;
  if (typeof value !== 'object' || value === null) return value;
  const isSecret = (name: string, one: unknown): boolean => typeof one === 'string' && isSecretName(name);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, isSecret(name, one) ? REDACTED : clean(one)]),
  ) as T;
}

/** Line by line, so that its lines stay. */
export function cleanText(text: string): string {
  const whole = redactText(text.length > LONGEST_SEARCHED ? text.slice(0, LONGEST_SEARCHED) : text);
  const lines = whole.split(/\r?\n/).map((line) => cut(plainLine(line).replaceAll(/[\u2028\u2029]/g, writtenOut)));
  const limit = lines.length > 1 ? LONGEST_TEXT : LONGEST_LINE;
  const joined = lines.join('\n');
  const kept = joined.length > limit ? joined.slice(0, limit) : joined;
  const left =
    text.length - (text.length > LONGEST_SEARCHED ? LONGEST_SEARCHED : text.length) + (joined.length - kept.length);
  return left > 0 ? `${kept}… (${left} more characters)` : kept;
}

const writtenOut = (char: string): string => `\\u${char.charCodeAt(0).toString(16)}`;

const cut = (line: string): string =>
  line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}… (${line.length - LONGEST_LINE} more characters)` : line;
