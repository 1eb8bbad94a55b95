import { createHash } from 'node:crypto';
import { chartData } from './chart-data.js';
import { html, type Html, trusted } from './html.js';
import type { RunReport } from './run-report.js';
import { executorsSection } from './sections/executors.js';
import { factsSection } from './sections/facts.js';
import { jobsSection } from './sections/jobs.js';
import { logSection } from './sections/log.js';
import { outcomeSection, standingOf } from './sections/outcome.js';
import { queriesSection } from './sections/queries.js';
import { settingsSection } from './sections/settings.js';
import { stagesSection } from './sections/stages.js';

/** The page's own script and style: built once, the same in every page. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/**
 * The report as one HTML file that needs nothing else: no server, no other file. Its policy lets the browser run this page's
 * own script and style and fetch nothing. Outcome, diagnosis and all tables can be read without JavaScript.
 * @param report as `cleanReport` gives it
 */
export function renderPage(report: RunReport, { script, style }: PageAssets): string {
  const { spark, log } = report;
  const { word } = standingOf(report);
  const policy = [
    "default-src 'none'",
    `script-src ${sourceHash(script)}`,
    `style-src ${sourceHash(style)}`,
    'img-src data:', // the empty icon below, so that no browser asks a server for one
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const body = html`<a class="skip" href="#outcome">To the outcome</a>
    <header>
      <p class="brand">livywire report</p>
      <button id="theme" type="button">Colours</button>
      <h1>${report.title}</h1>
      ${sectionLinks(report)}
    </header>
    <main>
      ${outcomeSection(report)} ${factsSection(report)} ${logSection(log)}
      ${spark && html`${jobsSection(spark)}${stagesSection(spark)}${executorsSection(spark)}${queriesSection(spark)}`}
      ${settingsSection(report)}
    </main>
    <footer>
      <p>
        Made by livywire ${report.madeBy} at <time datetime="${report.madeAt}">${report.madeAt}</time>. This file asks
        no server for anything.
      </p>
    </footer> `;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <title>${word}: ${report.title} (livywire report)</title>
        <link rel="icon" href="data:," />
        ${inline('style', style)}
      </head>
      <body>
        ${body} ${spark && inline('script type="application/json" id="chart-data"', scriptJson(chartData(spark)))}
        ${inline('script', script)}
      </body>
    </html> `.toString();
}

/** Not written as markup: a formatter would put blanks into it, and the policy's hash is over every byte. */
const inline = (tag: string, text: string): Html => trusted(`<${tag}>${text}</${tag.replace(/ .*/, '')}>`);

const sourceHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** JSON that cannot end the script element it stands in, nor open a comment there. */
const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function sectionLinks({ spark, log, spec }: RunReport): Html {
  const sections: readonly (readonly [string, string, boolean])[] = [
    ['outcome', 'Outcome', true],
    ['facts', 'The run', true],
    ['log', 'Log', log !== undefined],
    ['timeline', 'Timeline', (spark?.jobs.length ?? 0) + (spark?.stages.length ?? 0) > 0],
    ['stages', 'Stages', spark?.stages.some(({ state }) => state !== 'skipped') ?? false],
    ['executors', 'Executors', (spark?.executors.length ?? 0) > 0],
    ['sql', 'SQL', (spark?.queries.length ?? 0) > 0],
    ['settings', 'Settings', spec !== undefined || (spark?.properties.length ?? 0) > 0],
  ];
  const links = sections.flatMap(([id, name, isThere]) => (isThere ? html`<li><a href="#${id}">${name}</a></li>` : []));
  return html`<nav aria-label="Sections">
    <ul>
      ${links}
    </ul>
  </nav>`;
}
