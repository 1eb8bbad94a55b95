import type { EndedStage, RunProgress, StageProgress } from '../core/index.js';
import type { Io } from './io.js';
import { age, plain } from './show.js';
import type { Terminal } from './terminal.js';

export interface BarStyle {
  /** Characters on a line, the last one included. */
  readonly columns: number;
  /** Whether the terminal shows more than ASCII. */
  readonly unicode: boolean;
  readonly paint: Terminal['paintNote'];
}

const STAGES_SHOWN = 4;
const LONGEST_BAR = 30;
const SHORTEST_BAR = 6;
const LONGEST_NAME = 36;

/** By the locale, as other programs do; the plain Linux console has few signs beyond ASCII. */
export function hasUnicode(env: Io['env']): boolean {
  if (env.TERM === 'linux') return false;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((one) => one !== undefined && one !== '');
  // Windows Terminal and the terminals of macOS set no locale, or need none.
  return locale === undefined ? (env.WT_SESSION ?? env.TERM_PROGRAM) !== undefined : /utf-?8/i.test(locale);
}

/** One bar for all that Spark has planned so far, one for each stage at work, no line longer than the terminal is wide. */
export function progressLines(progress: RunProgress, style: BarStyle): string[] {
  const { active, queries = [], stages, tasks } = progress;
  if (active.length === 0 && stages.done + stages.failed + tasks.done === 0) return []; // nothing is planned yet
  const shown = active.slice(0, STAGES_SHOWN);
  const left = active.length - shown.length;
  const widths = {
    name: Math.max(0, ...shown.map((stage) => stageName(stage, style).length)),
    counts: Math.max(0, ...shown.map(({ done, total }) => part(done, total).length)),
  };
  const query = queries.at(-1);
  return [
    totalLine(progress, style),
    ...(query === undefined || query.description === ''
      ? []
      : [dimLine(`  query: ${plain(query.description)}`, style)]),
    ...shown.map((stage) => stageLine(stage, widths, style)),
    ...(left > 0 ? [dimLine(`  ${ellipsis(style)} ${left} more ${left === 1 ? 'stage' : 'stages'}`, style)] : []),
  ];
}

function totalLine({ stages, tasks, executors }: RunProgress, style: BarStyle): string {
  const failed = tasks.failed > 0 ? `  ${tasks.failed} failed` : '';
  const rest = [
    `  stages ${part(stages.done, stages.total)}`,
    ...(executors === undefined ? [] : [`  ${executors} ${executors === 1 ? 'executor' : 'executors'}`]),
  ].join('');
  return barLine({ before: 'tasks', ...share(tasks), failed, rest }, style);
}

function stageLine(
  stage: StageProgress,
  widths: { readonly name: number; readonly counts: number },
  style: BarStyle,
): string {
  const { failed = 0, remainingMs } = stage;
  const { counts, filled } = share(stage);
  return barLine(
    {
      before: `  ${stageName(stage, style).padEnd(widths.name)}`,
      counts: counts.padStart(widths.counts),
      filled,
      failed: failed > 0 ? `  ${failed} failed` : '',
      rest: remainingMs === undefined ? '' : `  about ${age(roughly(remainingMs))} left`,
    },
    style,
  );
}

export interface Bar {
  readonly before: string;
  readonly counts: string;
  readonly filled: number | undefined;
  readonly failed: string;
  readonly rest: string;
}

const share = ({
  done,
  total,
}: {
  readonly done: number;
  readonly total?: number;
}): Pick<Bar, 'counts' | 'filled'> => ({
  counts: part(done, total),
  filled: total === undefined || total === 0 ? undefined : Math.min(1, done / total),
});

/** The bar takes what the words leave; where that is too little, the last words go first. */
export function barLine({ before, counts, filled, failed, rest }: Bar, { columns, unicode, paint }: BarStyle): string {
  const head = `${before}  ${counts}`;
  const frame = unicode ? 2 : 4; // the blanks before it, and brackets
  const shownRest = head.length + failed.length + rest.length <= columns ? rest : '';
  const room = columns - head.length - failed.length - shownRest.length - frame;
  const width = Math.min(LONGEST_BAR, room);
  const bar = filled === undefined || width < SHORTEST_BAR ? '' : `  ${drawBar(filled, width, unicode, paint)}`;
  if (head.length + failed.length > columns) return paint.dim(head.slice(0, columns));
  return `${paint.dim(before)}  ${counts}${bar}${paint.yellow(failed)}${paint.dim(shownRest)}`;
}

function drawBar(filled: number, width: number, unicode: boolean, paint: BarStyle['paint']): string {
  // Full only when all is done.
  const done = filled === 1 ? width : Math.min(width - 1, Math.round(filled * width));
  const [full, empty] = unicode ? ['█', '░'] : ['#', '-'];
  const bar = `${paint.cyan(full.repeat(done))}${paint.dim(empty.repeat(width - done))}`;
  return unicode ? bar : `[${bar}]`;
}

const part = (done: number, total: number | undefined): string =>
  total === undefined ? String(done) : `${done}/${total}`;

function stageName({ id, attempt = 0, name }: StageProgress, style: BarStyle): string {
  const again = attempt > 0 ? `.${attempt}` : '';
  const full = plain(`${id}${again} ${name}`);
  // Half the line at most, so that the counts are always there.
  const most = Math.min(LONGEST_NAME, Math.max(8, Math.floor(style.columns / 2) - 4));
  return full.length <= most ? full : `${full.slice(0, most - ellipsis(style).length)}${ellipsis(style)}`;
}

const ellipsis = ({ unicode }: BarStyle): string => (unicode ? '…' : '...');

const dimLine = (text: string, { columns, paint }: BarStyle): string => paint.dim(text.slice(0, columns));

/** Of an estimate nobody believes the seconds. */
function roughly(ms: number): number {
  const step = ms < 20_000 ? 1_000 : ms < 120_000 ? 5_000 : 60_000;
  return Math.max(step, Math.ceil(ms / step) * step);
}

/** `stage 3 "collect at pi.py:12" finished: 200 tasks in 12s, 0 failed`. */
export function endedWords({ id, attempt = 0, name, state, tasks, failed, tookMs }: EndedStage): string {
  const took = tookMs === undefined ? '' : ` in ${tookMs < 10_000 ? `${(tookMs / 1_000).toFixed(1)}s` : age(tookMs)}`;
  const what = `stage ${id}${attempt > 0 ? `.${attempt}` : ''} "${plain(name)}"`;
  const counted = `${tasks} ${tasks === 1 ? 'task' : 'tasks'}${took}, ${failed} failed`;
  return state === 'done' ? `${what} finished: ${counted}` : `${what} failed: ${counted}`;
}
