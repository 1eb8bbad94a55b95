import prettyMs from 'pretty-ms';
import {
  applicationOfEndpoint,
  type AttemptRecord,
  clusterOfEndpoint,
  type Diagnosis,
  type OutputSummary,
  plainLine,
  redactText,
  type RunEvent,
  type RunOutcome,
  type RunRef,
  type RunRecord,
  type RunStatus,
} from '../core/index.js';
import { countWords } from './count-words.js';
import type { Terminal } from './terminal.js';

type Colors = Terminal['paint'];

const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1_000] as const;

/** `0s`, `4s`, `1m 12s`, `2h 5m`, `3d 4h`: two neighbouring units, the rest cut off. */
export function age(ms: number): string {
  const largest = UNITS_MS.findIndex((unit) => ms >= unit);
  if (largest < 0) return '0s';
  const smallest = UNITS_MS[largest + 1] ?? 1_000;
  return prettyMs(Math.floor(ms / smallest) * smallest);
}

export const since = (iso: string, now: number): string => age(now - Date.parse(iso));

/** Safe to show: no control characters, no secrets. */
export const plain = (text: string): string => plainLine(redactText(text));

/** What a person types to come back to a run, quoted for a shell where it has to be. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A key as the `<run>` of a verb: behind two dashes where it would be taken for a flag. */
export const runWord = (key: string): string => `${key.startsWith('-') ? '-- ' : ''}${shellWord(plainLine(key))}`;

/** `waiting (livy: starting)`; the raw word only where it says more. */
export function stateWords({ state, raw, source }: RunStatus): string {
  return raw.toLowerCase() === state ? state : `${state} (${source}: ${plainLine(raw)})`;
}

export function paintState(state: string, text: string, paint: Colors): string {
  switch (state) {
    case 'succeeded':
      return paint.green(text);
    case 'failed':
    case 'lost':
      return paint.red(text);
    case 'cancelled':
    case 'unknown':
      return paint.yellow(text);
    case 'running':
      return paint.cyan(text);
    default:
      return text;
  }
}

/** A batch of Livy's is a number; a step of EMR's and a job run of EMR Serverless show by themselves what they are. */
export const idWord = (id: string): string => (/^\d+$/.test(id) ? `livy:${id}` : plainLine(id));

/** The ids by which a run is known, those that are known yet. */
export const idsOf = (ref: RunRef): string[] => [
  ...(ref.id === undefined ? [] : [idWord(ref.id)]),
  ...(ref.appId === undefined ? [] : [plainLine(ref.appId)]),
];

/** Why, the lines that prove it and where they stand, what to do. */
export const diagnosisLines = (diagnosis: Diagnosis, paint: Colors): string[] => [
  `  ${paint.bold(plain(diagnosis.code))}  ${plain(diagnosis.title)}`,
  ...diagnosis.lines.map(
    ({ source, line, text }) =>
      `  ${paint.dim(plain(line === undefined ? source : `${source}:${line}`))}  ${plain(text)}`,
  ),
  ...(diagnosis.transient ? ['  The same job may succeed when it is simply run again.'] : []),
  ...diagnosis.next.map((step) => `  next: ${plain(step)}`),
];

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** `12 objects, 3.4 MB, to s3://…` */
function writtenWords({ path, objects, bytes, complete }: OutputSummary): string {
  const power = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const size = `${power === 0 ? bytes : (bytes / 1_000 ** power).toFixed(1)} ${BYTE_UNITS[power]}`;
  return `${complete ? '' : 'at least '}${objects} ${objects === 1 ? 'object' : 'objects'}, ${size}, to ${plain(path)}`;
}

/**
 * How it ended, for a person: the outcome first, then why, the lines that prove it, what to do.
 * @param isLate nobody saw it end: the time until it was known is not the time it took
 */
export function outcomeLines(outcome: RunOutcome, paint: Colors, isLate = false): string[] {
  const { ref, kind, usage, notes = [], links } = outcome;
  const took = usage?.runMs ?? (isLate ? NaN : Date.parse(outcome.knownAt) - Date.parse(ref.createdAt));
  const head = [
    paintState(kind, kind, paint),
    plain(ref.key),
    ...(ref.attempt > 1 ? [`attempt ${ref.attempt}`] : []),
    ...(Number.isFinite(took) ? [`after ${age(took)}`] : []),
    ...idsOf(ref),
  ].join('  ');
  const lines = [head];
  switch (outcome.kind) {
    case 'succeeded':
      break;
    case 'failed':
      lines.push(...diagnosisLines(outcome.diagnosis, paint));
      break;
    case 'cancelled':
      lines.push(
        `  by ${outcome.by === 'livywire' ? 'livywire' : 'someone else'}${outcome.message === undefined ? '' : `: ${plain(outcome.message)}`}`,
      );
      break;
    case 'lost':
      lines.push('  Nobody knows how it ended. What was asked, and what was answered:');
      lines.push(
        ...outcome.evidence.map(({ source, asked, answer }) => `  ${source}  ${plain(asked)}: ${plain(answer)}`),
      );
      lines.push(
        `  next: livywire run --key ${shellWord(ref.key)} --retry-of lost … starts it again, once you know that it may run twice`,
      );
  }
  if (outcome.output) lines.push(`  wrote ${writtenWords(outcome.output)}`);
  const { progress } = outcome;
  if (progress && progress.stages.done + progress.stages.failed > 0) lines.push(paint.dim(`  ${countWords(progress)}`));
  lines.push(...notes.map((note) => `  note: ${plain(note)}`));
  if (outcome.kind !== 'succeeded') {
    const link = links.driverLog ?? links.history ?? links.sparkUi;
    if (link !== undefined) lines.push(`  log: ${plain(link)}`);
    // The links themselves are made when they are asked for: who has one can open its page.
    const isOfEmr = clusterOfEndpoint(ref.endpoint) ?? applicationOfEndpoint(ref.endpoint);
    if (isOfEmr && ref.attempt > 0) lines.push(`  pages: livywire emr ui ${runWord(ref.key)}`);
    if (isOfEmr?.backend === 'livy' && kind === 'lost' && ref.attempt > 0)
      lines.push(`  Livy's own log: livywire logs --livy-server ${runWord(ref.key)}`);
  }
  return lines;
}

/** Where an attempt in the ledger stands, in a word or two. */
export function recordState({ phase, outcome, claim }: Pick<AttemptRecord, 'phase' | 'outcome' | 'claim'>): string {
  if (outcome) return outcome.kind;
  if (phase === 'posting') return 'submitting';
  if (phase !== 'claimed') return phase;
  return claim ? 'submitting' : 'not sent';
}

/** The last attempt of a record; there always is one. */
export const lastOf = ({ attempts }: RunRecord): AttemptRecord | undefined => attempts.at(-1);

/** Columns lined up by their widest cell; the last one runs free. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** In the place of lines that a server threw away. */
export const gapWords = ({ lines, stream, reason }: Extract<RunEvent, { type: 'gap' }>): string =>
  `${lines ?? 'some'} ${stream} lines are missing here: ${plainLine(reason)}`;
