/** The charts of docs/benchmarks: SVG out of the figures, readable on a light and on a dark page. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { figure } from './figures.js';
import type { Curve, Measure } from './row.js';
import { spread } from './summary.js';

const WIDTH = 720;
const OURS = '#2f6fde';
const THEIRS = '#9aa3b2';
const COLOURS = [OURS, '#e07b39', '#5a9e6f', '#b45fb0', '#7d6b52', '#c0392b', '#4aa3b8'];

const isOurs = (name: string): boolean => name.startsWith('livywire');

/** As a file of its own: with its namespace, a text for who cannot see it, and colours for both kinds of page. */
function asFile(svg: unknown, title: string): string {
  const escaped = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const style = 'svg{color:#1f2937}@media(prefers-color-scheme:dark){svg{color:#d8dee9}}';
  const text = (svg as { readonly outerHTML: string }).outerHTML
    .replace(/<style>.*?<\/style>/s, `<title>${escaped}</title><style>${style}</style>`)
    .replace(/^<svg /, '<svg xmlns="http://www.w3.org/2000/svg" role="img" ');
  return `${text}\n`;
}

/** What Plot draws into where there is no browser; neither's types are known outside of one. */
const emptyDocument = (): object =>
  (parseHTML('<html><body></body></html>') as unknown as { readonly document: object }).document;

/** The median as a bar, the range as a line through its end. */
export function barChart({ title, unit, subjects }: Measure): string {
  const rows = subjects.flatMap((one) => ('samples' in one ? [{ name: one.name, ...spread(one.samples) }] : []));
  const longest = Math.max(...rows.map(({ name }) => name.length));
  const most = Math.max(...rows.map(({ max }) => max));
  return asFile(
    Plot.plot({
      document: emptyDocument(),
      width: WIDTH,
      height: 60 + rows.length * 28,
      marginLeft: 20 + longest * 6.6,
      marginRight: 60,
      style: { fontSize: '12px' },
      x: {
        label: `${unit}, median; the thin line goes from the least to the most`,
        grid: true,
        domain: [0, most * 1.02],
      },
      y: { label: null, domain: rows.map(({ name }) => name), tickSize: 0 },
      marks: [
        Plot.barX(rows, {
          y: 'name',
          x: 'median',
          fill: ({ name }: { name: string }) => (isOurs(name) ? OURS : THEIRS),
        }),
        Plot.ruleY(rows, { y: 'name', x1: 'min', x2: 'max' }),
        Plot.text(rows, {
          y: 'name',
          x: 'max',
          text: (one: { median: number }) => figure(one.median),
          dx: 6,
          textAnchor: 'start',
        }),
      ],
    }),
    title,
  );
}

export function curveChart({ title, x, y, scale = 'linear', lines }: Curve): string {
  const points = lines.flatMap((line) => line.points.map(([a, b]) => ({ name: line.name, x: a, y: b })));
  const last = lines.flatMap((line) => {
    const end = line.points.at(-1);
    return end ? [{ name: line.name, x: end[0], y: end[1] }] : [];
  });
  return asFile(
    Plot.plot({
      document: emptyDocument(),
      width: WIDTH,
      height: 340,
      marginLeft: 70,
      marginRight: 150,
      style: { fontSize: '12px' },
      x: { label: x, ...(scale !== 'linear' && { type: 'log' as const }) },
      y: {
        label: y,
        grid: true,
        ...(scale === 'log-log' && { type: 'log' as const }),
        ...(scale !== 'log-log' && { zero: true }),
      },
      color: { domain: lines.map(({ name }) => name), range: COLOURS.slice(0, lines.length) },
      marks: [
        Plot.line(points, { x: 'x', y: 'y', stroke: 'name', strokeWidth: 2 }),
        Plot.dot(points, { x: 'x', y: 'y', fill: 'name', r: 2.5 }),
        Plot.text(last, { x: 'x', y: 'y', text: 'name', fill: 'name', dx: 8, textAnchor: 'start' }),
      ],
    }),
    title,
  );
}
