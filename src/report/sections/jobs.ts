import type { SparkFacts, SparkJobFacts, SparkTaskCounts } from '../../core/index.js';
import { chartData, MOST_ROWS, span } from '../chart-data.js';
import { html, type Html } from '../html.js';
import { chart, table } from '../table.js';
import { counted, duration } from '../words.js';

/** Jobs and stages over time. */
export function jobsSection(spark: SparkFacts): Html {
  const { jobs, stages } = spark;
  if (jobs.length === 0 && stages.length === 0) return html``;
  const { from, to } = span(spark);
  const failed = jobs.filter(({ state }) => state === 'failed').length;
  const rows = chartData(spark).timeline;
  const drawn = rows.length;
  const isThere = (state: string): boolean => rows.some((row) => row.state === state);
  const all =
    jobs.length + stages.filter(({ state, startedMs }) => state !== 'skipped' && startedMs !== undefined).length;
  const said = `${counted(jobs.length, 'job')} and ${counted(stages.length, 'stage')} over ${duration(to - from)}${failed > 0 ? `, ${counted(failed, 'job')} failed` : ''}`;
  return html`<section id="timeline" aria-labelledby="timeline-title">
    <h2 id="timeline-title">Timeline</h2>
    <p>
      ${said}. Told by ${spark.source}.${drawn < all && ` Drawn are the ${MOST_ROWS.timeline} longest of ${all} rows.`}
    </p>
    ${chart('timeline', 'Jobs, and the stages of each', `Timeline: ${said}`, [
      ['job', 'job'],
      ['stage', 'stage'],
      ...(isThere('failed') ? [['failed', 'failed'] as const] : []),
      ...(isThere('running') ? [['running', 'running'] as const] : []),
    ])}
    ${jobTable(jobs, from)}
  </section> `;
}

export const tasks = ({ total, done, failed }: SparkTaskCounts): string =>
  `${done} of ${total}${failed > 0 ? `, ${failed} failed` : ''}`;

export const begun = (startedMs: number | undefined, from: number): string =>
  startedMs === undefined ? '' : duration(Math.max(0, startedMs - from));

export const took = (startedMs: number | undefined, endedMs: number | undefined): string =>
  startedMs === undefined || endedMs === undefined ? '' : duration(endedMs - startedMs);

export const stateCell = (state: string): Html =>
  html`<span class="state ${state === 'failed' ? 'bad' : state === 'running' ? 'info' : 'plain'}">${state}</span>`;

const jobTable = (jobs: readonly SparkJobFacts[], from: number): Html =>
  table(
    'Jobs',
    [
      { head: 'Job', cell: ({ id }) => id },
      { head: 'What', cell: ({ description, name }) => description ?? name },
      { head: 'State', cell: ({ state }) => stateCell(state) },
      { head: 'Began after', isNumber: true, cell: ({ startedMs }) => begun(startedMs, from) },
      { head: 'Took', isNumber: true, cell: ({ startedMs, endedMs }) => took(startedMs, endedMs) },
      { head: 'Tasks', isNumber: true, cell: (job) => tasks(job.tasks) },
      { head: 'Stages', cell: ({ stageIds }) => stageIds.join(', ') },
    ],
    jobs,
  );
