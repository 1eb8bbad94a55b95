import { linesOf, type Picture, shownNeeds, type StepState } from './picture.js';

/** Colours that can be told apart in light and dark, and without colours by the words in the boxes. */
const classes: Readonly<Record<StepState, string>> = {
  waiting: 'fill:#f3f4f6,stroke:#9ca3af,color:#374151',
  running: 'fill:#dbeafe,stroke:#2563eb,color:#1e3a8a',
  succeeded: 'fill:#dcfce7,stroke:#16a34a,color:#14532d',
  failed: 'fill:#fee2e2,stroke:#dc2626,color:#7f1d1d',
  aborted: 'fill:#fef3c7,stroke:#d97706,color:#78350f',
};

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
    ...[...used].map((state) => `  classDef ${state} ${classes[state]}`),
    '',
  ].join('\n');
}
