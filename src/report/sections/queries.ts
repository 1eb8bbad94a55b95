import type { SparkFacts } from '../../core/index.js';
import { span } from '../chart-data.js';
import { html, type Html } from '../html.js';
import { table } from '../table.js';
import { duration, short } from '../words.js';
import { begun, stateCell } from './jobs.js';

/** More plans than this are left out: each has up to 20,000 characters. */
const MOST_PLANS = 30;

/** SQL queries with their plans. */
export function queriesSection(spark: SparkFacts): Html {
  const { queries } = spark;
  if (queries.length === 0) return html``;
  const { from } = span(spark);
  const withPlans = [...queries].sort((a, b) => (b.tookMs ?? 0) - (a.tookMs ?? 0)).slice(0, MOST_PLANS);
  return html`<section id="sql" aria-labelledby="sql-title">
    <h2 id="sql-title">SQL queries</h2>
    ${table(
      'SQL queries',
      [
        { head: 'Query', cell: ({ id }) => id },
        { head: 'What', cell: ({ description }) => html`<span class="words">${description}</span>` },
        { head: 'State', cell: ({ state }) => stateCell(state) },
        { head: 'Began after', isNumber: true, cell: ({ startedMs }) => begun(startedMs, from) },
        { head: 'Took', isNumber: true, cell: ({ tookMs }) => (tookMs === undefined ? '' : duration(tookMs)) },
        { head: 'Jobs', cell: ({ jobIds }) => jobIds.join(', ') },
      ],
      queries,
    )}
    ${withPlans.map(
      ({ id, description, plan }) =>
        plan !== undefined &&
        html`<details>
          <summary>Plan of query ${id}: ${short(description, 100)}</summary>
          <pre class="text" tabindex="0">${plan}</pre>
        </details> `,
    )}
    ${queries.length > MOST_PLANS && html`<p class="quiet">Plans are shown of the ${MOST_PLANS} longest queries.</p>`}
  </section> `;
}
