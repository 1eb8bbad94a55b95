import { colours } from './colours.js';
import { linesOf, type Picture, shownNeeds, type StepState } from './picture.js';

function classDef(state: StepState): string {
  const { fill, stroke, text } = colours[state];
  return `  classDef ${state} fill:${fill},stroke:${stroke},color:${text}`;
}

/** Mermaid takes these for its own. */
const entities: Readonly<Record<string, string>> = {
  '"': '#quot;',
  '<': '#lt;',
  '>': '#gt;',
  '#': '#35;',
  '&': '#amp;',
};
const escaped = (text: string): string =>
  text.replaceAll(/["<>#&]/g, (char) => entities[char] ?? '').replaceAll(/\p{Cc}/gu, ' ');

/** A flowchart as Mermaid's text: for a README, a pull request, a wiki. */
export function mermaid({ title, subtitle, steps, nowMs }: Picture): string {
  const id = new Map(steps.map(({ name }, i) => [name, `s${i}`]));
  const needs = shownNeeds(steps);
  const boxes = steps.map((step) => {
    const text = [`<b>${escaped(step.name)}</b>`, ...linesOf(step, nowMs).map(escaped)].join('<br>');
    const [open, close] = step.isForEach ? ['[["', '"]]'] : ['["', '"]'];
    return `  ${id.get(step.name)}${open}${text}${close}${step.view ? `:::${step.view.state}` : ''}`;
  });
  const arrows = steps.flatMap(({ name }) =>
    (needs.get(name) ?? []).map((before) => `  ${id.get(before)} --> ${id.get(name)}`),
  );
  const used = new Set(steps.flatMap(({ view }) => (view ? [view.state] : [])));
  return [
    '---',
    `title: ${JSON.stringify(subtitle === undefined ? title : `${title}: ${subtitle}`)}`,
    '---',
    'flowchart TD',
    ...boxes,
    ...arrows,
    ...[...used].map(classDef),
    '',
  ].join('\n');
}
