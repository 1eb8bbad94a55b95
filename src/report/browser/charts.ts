import * as Plot from '@observablehq/plot';
import {
  type ChartData,
  type ExecutorStep,
  KINDS,
  type SkewRow,
  type TimelineRow,
  type TrafficRow,
} from '../chart-data.js';
import { bytes, duration } from '../words.js';

/** Narrower than this, a chart names its rows in the shortest way. */
const NARROW = 560;

/** Colours are the page's own, so that they follow its theme. */
const color = (name: string): string => `var(--c-${name.replaceAll(' ', '-')})`;

interface Frame {
  readonly width: number;
  readonly isNarrow: boolean;
}

const base = ({ width, isNarrow }: Frame) => ({
  width,
  marginLeft: isNarrow ? 84 : 236,
  marginRight: 24,
  marginBottom: 48,
  className: 'plot',
  style: { background: 'none', color: 'inherit', fontSize: '12px', fontFamily: 'inherit' },
});

const timeAxis = (longest: number) => ({
  label: 'since the start of the application',
  labelAnchor: 'right' as const,
  labelOffset: 42,
  grid: true,
  domain: [0, Math.max(1, longest)],
  ticks: 5,
  tickFormat: (ms: number) => (ms === 0 ? '0' : duration(ms)),
});

/** Rows in their order: by number where there is little room, else with what each does. */
function rowAxis(rows: readonly { readonly row: string; readonly name: string }[], { isNarrow }: Frame) {
  const names = new Map(rows.map(({ row, name }) => [row, name]));
  const tickFormat = (row: string): string => (isNarrow ? row : (names.get(row) ?? row));
  return { label: null, tickSize: 0, padding: 0.2, domain: [...names.keys()], tickFormat };
}

const heightOf = (rows: readonly { readonly row: string }[], each: number): number =>
  new Set(rows.map(({ row }) => row)).size * each + 76;

function timeline(rows: readonly TimelineRow[], frame: Frame) {
  const bar = (kind: TimelineRow['kind']) =>
    Plot.barX(
      rows.filter((row) => row.kind === kind),
      {
        x1: 'from',
        // A bar of no length is no bar.
        x2: (row: TimelineRow) => Math.max(row.to, row.from + longest / 400),
        y: 'row',
        fill: (row: TimelineRow) => color(row.state === 'done' ? kind : row.state),
        ...(kind === 'job' && { insetTop: 3, insetBottom: 3 }),
      },
    );
  const longest = Math.max(...rows.map(({ to }) => to));
  return Plot.plot({
    ...base(frame),
    height: heightOf(rows, 17),
    x: timeAxis(longest),
    y: rowAxis(rows, frame),
    color: { type: 'identity' },
    marks: [bar('job'), bar('stage'), tip(rows, { x: (row) => (row.from + row.to) / 2, y: 'row' })],
  });
}

function skew(rows: readonly SkewRow[], frame: Frame) {
  return Plot.plot({
    ...base(frame),
    height: heightOf(rows, 24),
    x: {
      label: 'time of one task',
      labelOffset: 42,
      grid: true,
      ticks: 5,
      domain: [0, Math.max(1, ...rows.map(({ max }) => max))],
      tickFormat: (ms: number) => (ms === 0 ? '0' : duration(ms)),
    },
    y: rowAxis(rows, frame),
    marks: [
      Plot.ruleY(rows, { x1: 'min', x2: 'max', y: 'row', stroke: color('whole'), strokeWidth: 2 }),
      Plot.ruleY(rows, { x1: 'median', x2: 'p95', y: 'row', stroke: color('stage'), strokeWidth: 8 }),
      Plot.tickX(rows, { x: 'median', y: 'row', stroke: color('median'), strokeWidth: 3, insetTop: 3, insetBottom: 3 }),
      Plot.dot(rows, { x: 'max', y: 'row', fill: color('failed'), r: 4 }),
      tip(rows, { x: 'max', y: 'row' }),
    ],
  });
}

function traffic(rows: readonly TrafficRow[], frame: Frame) {
  return Plot.plot({
    ...base(frame),
    height: heightOf(rows, 24),
    x: {
      label: 'bytes',
      labelOffset: 42,
      grid: true,
      ticks: byteTicks(rows),
      tickFormat: (count: number) => bytes(count),
    },
    y: rowAxis(rows, frame),
    color: { type: 'identity' },
    marks: [
      Plot.barX(
        rows,
        Plot.stackX({
          x: 'bytes',
          y: 'row',
          order: (row: TrafficRow) => KINDS.indexOf(row.kind),
          fill: (row: TrafficRow) => color(row.kind),
        }),
      ),
      Plot.tip(
        rows,
        Plot.pointer(
          Plot.stackX({
            x: 'bytes',
            y: 'row',
            order: (row: TrafficRow) => KINDS.indexOf(row.kind),
            title: 'text',
            fill: 'var(--surface)',
          }),
        ),
      ),
    ],
  });
}

/** Round numbers of bytes are powers of two. */
function byteTicks(rows: readonly TrafficRow[]): number[] {
  const sums = new Map<string, number>();
  for (const { row, bytes: count } of rows) sums.set(row, (sums.get(row) ?? 0) + count);
  const most = Math.max(1, ...sums.values());
  const step = 2 ** Math.ceil(Math.log2(most / 5));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}

function executors(steps: readonly ExecutorStep[], frame: Frame) {
  const most = Math.max(1, ...steps.map(({ alive }) => alive));
  return Plot.plot({
    ...base(frame),
    marginLeft: 40,
    marginTop: 30,
    height: 210,
    x: timeAxis(Math.max(...steps.map(({ at }) => at))),
    y: { label: 'executors', grid: true, domain: [0, most], ticks: Math.min(5, most), tickFormat: 'd' },
    marks: [
      Plot.areaY(steps, { x: 'at', y: 'alive', curve: 'step-after', fill: color('stage'), fillOpacity: 0.3 }),
      Plot.lineY(steps, { x: 'at', y: 'alive', curve: 'step-after', stroke: color('stage'), strokeWidth: 2 }),
    ],
  });
}

type Where<T> = string | ((row: T) => number);

/** What stands under the pointer; the table has the same for those who use none. */
const tip = <T extends { readonly text: string }>(
  rows: readonly T[],
  at: { readonly x: Where<T>; readonly y: string },
) => Plot.tip(rows, Plot.pointerY({ ...at, title: 'text', fill: 'var(--surface)' }));

type Draw = (frame: Frame) => SVGElement | HTMLElement;

/** Draws each chart into its place, and again when its place changes its width. */
export function drawCharts(data: ChartData): void {
  const charts: Readonly<Record<string, Draw>> = {
    timeline: (frame) => timeline(data.timeline, frame),
    skew: (frame) => skew(data.skew, frame),
    traffic: (frame) => traffic(data.traffic, frame),
    executors: (frame) => executors(data.executors, frame),
  };
  for (const place of document.querySelectorAll<HTMLElement>('[data-chart]')) {
    const draw = charts[place.dataset.chart ?? ''];
    if (draw) keepDrawn(place, draw);
  }
}

function keepDrawn(place: HTMLElement, draw: Draw): void {
  let width = 0;
  const redraw = (): void => {
    const now = Math.floor(place.clientWidth);
    if (now === 0 || now === width) return;
    width = now;
    const picture = draw({ width, isNarrow: width < NARROW });
    // The page's policy takes no style but the page's own, which has these few rules, too.
    for (const style of picture.querySelectorAll('style')) style.remove();
    picture.setAttribute('role', 'img');
    picture.setAttribute('aria-label', place.dataset.label ?? '');
    place.replaceChildren(picture);
  };
  new ResizeObserver(redraw).observe(place);
  redraw();
}
