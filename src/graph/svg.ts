import { colours } from './colours.js';
import { laidOut, type Point } from './layout.js';
import { linesOf, type Picture, shownNeeds } from './picture.js';

const NAME_PX = 14;
const LINE_PX = 12;
const LINE_HEIGHT = 17;
const PADDING = 12;
/** Of a letter, as part of the height, on the safe side: there is no font here to measure with. */
const NAME_WIDTH = 0.62;
const LINE_WIDTH = 0.56;
const MOST_LETTERS = 40;

/** Of a step as it is designed. */
const plainColours = { fill: '#f8fafc', stroke: '#64748b' };

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What no XML may hold is left out. */
const escaped = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ').replaceAll(/[&<>"]/g, (char) => entities[char] ?? '');

const cut = (text: string): string => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text);

const round = (value: number): number => Math.round(value * 10) / 10;

/** Straight from point to point, the corners rounded off. */
function line(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const last = rest.at(-1) ?? first;
  const middles = rest.slice(0, -1).map((point, i) => {
    const next = rest[i + 1] ?? last;
    const [x, y] = i === rest.length - 2 ? [next.x, next.y] : [(point.x + next.x) / 2, (point.y + next.y) / 2];
    return `Q${round(point.x)},${round(point.y)} ${round(x)},${round(y)}`;
  });
  const end = middles.length === 0 ? [`L${round(last.x)},${round(last.y)}`] : middles;
  return [`M${round(first.x)},${round(first.y)}`, ...end].join(' ');
}

const STYLE = [
  'text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:#1f2937}',
  `.name{font-size:${NAME_PX}px;font-weight:600}`,
  `.line{font-size:${LINE_PX}px}`,
  '.arrow{fill:none;stroke:#64748b;stroke-width:1.5}',
].join('');

/** A picture that stands by itself: no script, no font, nothing loaded. What was cut is in each box's title. */
export function svg({ title, subtitle, steps, nowMs }: Picture): string {
  const texts = new Map(steps.map((step) => [step.name, linesOf(step, nowMs).map(cut)]));
  const sizes = new Map(
    steps.map(({ name }) => {
      const lines = texts.get(name) ?? [];
      const width = Math.max(
        name.length * NAME_PX * NAME_WIDTH,
        ...lines.map((one) => one.length * LINE_PX * LINE_WIDTH),
      );
      return [
        name,
        { width: Math.ceil(width) + 2 * PADDING, height: LINE_HEIGHT * (lines.length + 1) + 2 * PADDING - 4 },
      ];
    }),
  );
  const arrows = [...shownNeeds(steps)].flatMap(([name, needs]) => needs.map((one): [string, string] => [one, name]));
  const laid = laidOut(sizes, arrows);
  const head = subtitle === undefined ? [title] : [title, subtitle];
  const top = LINE_HEIGHT * head.length + 18;
  const width = Math.ceil(Math.max(laid.width, ...head.map((one) => one.length * NAME_PX * NAME_WIDTH + 16)));
  const height = Math.ceil(laid.height + top);
  const boxes = steps.map(({ name, view, isForEach }) => {
    const box = laid.boxes.get(name);
    if (!box) return '';
    const { fill, stroke } = view ? colours[view.state] : plainColours;
    const [x, y] = [round(box.x), round(box.y)];
    const rect = (offset: number): string =>
      `<rect x="${round(x + offset)}" y="${round(y + offset)}" width="${round(box.width)}" height="${round(box.height)}" rx="6" fill="${fill}" stroke="${stroke}" stroke-width="1.5"/>`;
    const rows = (texts.get(name) ?? []).map(
      (text, i) =>
        `<text class="line" x="${round(x + PADDING)}" y="${round(y + PADDING + 11 + LINE_HEIGHT * (i + 1))}">${escaped(text)}</text>`,
    );
    return [
      `<g><title>${escaped([name, view?.error, view?.cause].filter((one) => one !== undefined).join(': '))}</title>`,
      ...(isForEach ? [rect(5)] : []),
      rect(0),
      `<text class="name" x="${round(x + PADDING)}" y="${round(y + PADDING + 11)}">${escaped(name)}</text>`,
      ...rows,
      '</g>',
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(head.join(': '))}">`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#64748b"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...head.map(
      (text, i) =>
        `<text class="${i === 0 ? 'name' : 'line'}" x="8" y="${20 + LINE_HEIGHT * i}">${escaped(text)}</text>`,
    ),
    `<g transform="translate(0 ${top})">`,
    ...laid.arrows.map((points) => `<path class="arrow" marker-end="url(#tip)" d="${line(points)}"/>`),
    ...boxes,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}
