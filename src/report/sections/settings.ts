import type { SparkFacts } from '../../core/index.js';
import { html, type Html } from '../html.js';
import type { RunReport } from '../run-report.js';
import { table } from '../table.js';

type Pair = readonly [name: string, value: string];

/** What was asked for, and what Spark made of it. Secrets are masked before anything comes here. */
export function settingsSection({ spec, spark }: RunReport): Html {
  const asked = Object.entries(spec?.conf ?? {}).map(([name, value]): Pair => [name, String(value)]);
  const fields: Pair[] = Object.entries(spec ?? {}).flatMap(([name, value]): Pair[] =>
    name === 'conf' || name === 'args' ? [] : [[name, Array.isArray(value) ? value.join(', ') : String(value)]],
  );
  if (asked.length === 0 && fields.length === 0 && (spark?.properties.length ?? 0) === 0) return html``;
  return html`<section id="settings" aria-labelledby="settings-title">
    <h2 id="settings-title">Settings</h2>
    ${pairs('What the job asked for', [...fields, ...asked])} ${spark && sparkProperties(spark)}
  </section> `;
}

const pairs = (caption: string, rows: readonly Pair[]): Html =>
  table(
    caption,
    [
      { head: 'Setting', cell: ([name]) => html`<code>${name}</code>` },
      { head: 'Value', cell: ([, value]) => html`<code class="words">${value}</code>` },
    ],
    rows,
  );

const sparkProperties = ({ properties }: SparkFacts): Html =>
  pairs(
    'Spark properties of the application',
    [...properties].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
