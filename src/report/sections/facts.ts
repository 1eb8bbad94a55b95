import { html, type Html, link } from '../html.js';
import type { ReportAttempt, RunReport } from '../run-report.js';
import { facts, table } from '../table.js';
import { duration, moment, number } from '../words.js';
import { tookMs } from './outcome.js';

/** What was run, by whom it is known, what it took and used, who was asked. */
export function factsSection(report: RunReport): Html {
  const { ref, spec, outcome, status, app, spark, attempts } = report;
  const usage = outcome?.usage ?? app?.usage;
  const links = { ...status?.links, ...outcome?.links };
  const took = tookMs(report);
  const appId = ref?.appId ?? spark?.appId;
  const isMany = attempts.length > 1;
  return html`<section id="facts" aria-labelledby="facts-title">
    <h2 id="facts-title">The run</h2>
    ${facts([
      ['Key', ref?.key],
      ['Label', spec?.name],
      ['File', spec && html`<code>${spec.file}</code>`],
      ['Class', spec?.className && html`<code>${spec.className}</code>`],
      ['Arguments', spec?.args && spec.args.length > 0 ? html`<code>${spec.args.join(' ')}</code>` : undefined],
      ['Application', appId && html`<code>${appId}</code>`],
      ['Spark', spark?.sparkVersion],
      ['Livy batch', ref?.id],
      ['Name', ref?.name && html`<code>${ref.name}</code>`],
      ['Attempt', ref && ref.attempt > 0 ? String(ref.attempt) : undefined],
      ['Endpoint', ref?.endpoint],
      ['User', app?.user],
      ['Queue', app?.queue ?? spec?.queue],
      ['Submitted', ref && ref.attempt > 0 ? at(Date.parse(ref.createdAt)) : undefined],
      ['Accepted by YARN', app && app.startedMs > 0 ? at(app.startedMs) : undefined],
      ['Driver started', spark?.startedMs === undefined ? undefined : at(spark.startedMs)],
      ['Ended', endedMs(report)],
      ['Waited in the queue', usage?.queueMs === undefined ? undefined : duration(usage.queueMs)],
      ['Took', took === undefined ? undefined : duration(took)],
      ['Memory used', usage?.memoryMbSeconds === undefined ? undefined : memory(usage.memoryMbSeconds)],
      ['Cores used', usage?.vcoreSeconds === undefined ? undefined : cores(usage.vcoreSeconds)],
      [
        'Driver started how often',
        app?.attempts !== undefined && app.attempts > 1 ? `${app.attempts} times` : undefined,
      ],
    ])}
    ${
      [
        ['Driver log', links.driverLog],
        ['Spark UI', links.sparkUi],
        ['History', links.history],
      ].some(([, url]) => url !== undefined) &&
      html`<p class="links">
        ${[
          links.driverLog && link(links.driverLog, 'Driver log'),
          links.sparkUi && link(links.sparkUi, 'Spark UI'),
          links.history && link(links.history, 'History'),
        ].map((one) => one && html`${one} `)}<span class="quiet">as long as those servers are there</span>
      </p>`
    }
    ${isMany && attemptTable(attempts)} ${evidence(report)} ${missing(report)}
  </section> `;
}

const at = (ms: number): Html | string =>
  Number.isNaN(ms) ? '' : html`<time datetime="${new Date(ms).toISOString()}">${moment(ms)}</time>`;

function endedMs({ app, spark, outcome }: RunReport): Html | string | undefined {
  const ms = app?.finishedMs ?? spark?.endedMs;
  if (ms !== undefined) return at(ms);
  // Of a lost run nobody knows that it ended.
  return outcome && outcome.kind !== 'lost' ? html`before ${at(Date.parse(outcome.knownAt))}` : undefined;
}

const memory = (mbSeconds: number): string =>
  `${number(mbSeconds)} MB-seconds (${tidy(mbSeconds / 1_024 / 3_600)} GB-hours)`;
const cores = (seconds: number): string => `${number(seconds)} vcore-seconds (${tidy(seconds / 3_600)} vcore-hours)`;
const tidy = (value: number): string => (value >= 10 ? String(Math.round(value)) : value.toPrecision(2));

const attemptTable = (attempts: readonly ReportAttempt[]): Html =>
  table(
    'Attempts under this key',
    [
      { head: 'Attempt', cell: ({ attempt }) => attempt },
      { head: 'How it stands', cell: ({ outcome, phase }) => outcome ?? phase },
      { head: 'Submitted', cell: ({ createdAt }) => at(Date.parse(createdAt)) },
      { head: 'Application', cell: ({ appId }) => appId },
      { head: 'Livy batch', cell: ({ id }) => id },
      { head: 'Requests', isNumber: true, cell: ({ posts }) => posts },
      { head: 'Note', cell: ({ note }) => note },
    ],
    attempts,
  );

/** Who was asked on the way to the outcome. Open where that is all there is. */
function evidence({ outcome }: RunReport): Html {
  if (!outcome || outcome.evidence.length === 0) return html``;
  const rows = table(
    'Who was asked, and what was answered',
    [
      { head: 'Asked', cell: ({ source }) => source },
      { head: 'Question', cell: ({ asked }) => html`<code>${asked}</code>` },
      { head: 'Answer', cell: ({ answer }) => answer },
      { head: 'When', cell: ({ at: when }) => at(Date.parse(when)) },
    ],
    outcome.evidence,
  );
  return rows;
}

function missing({ missing: all }: RunReport): Html {
  if (all.length === 0) return html``;
  return html`<div class="missing">
    <h3>What is not in this report</h3>
    <ul>
      ${all.map((one) => html`<li>${one}</li>`)}
    </ul>
  </div>`;
}
