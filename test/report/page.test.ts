import { createHash } from 'node:crypto';
import test from 'ava';
import { readEventLog } from '../../src/hadoop/index.js';
import { cleanReport, renderPage, type RunReport } from '../../src/report/index.js';
import { hostileReport } from '../helpers/run-report.js';
import { recordedEvents } from '../helpers/spark-facts.js';

const assets = { script: 'drawAll();', style: 'body{color:black}' };
const head = { v: 1, kind: 'report', madeAt: '2026-11-23T05:00:00.000Z', madeBy: '9.9.9', attempts: [] } as const;
const page = (report: Partial<RunReport>): string =>
  renderPage(cleanReport({ ...head, title: 'k', missing: [], ...report }), assets);
const sha = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

test('the policy lets nothing in but this very script and style', (t) => {
  const html = page({});
  const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1]?.replaceAll('&#39;', "'") ?? '';
  t.true(policy.startsWith("default-src 'none'; "));
  const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? '';
  t.true(policy.includes(`script-src ${sha(script)};`));
  t.true(policy.includes(`style-src ${sha(style)};`));
  t.notRegex(policy, /unsafe|https?:/);
});

test('whatever others wrote is text: no element, attribute or script of theirs is on the page', async (t) => {
  const html = renderPage(await hostileReport(), assets);
  t.deepEqual(
    [...html.matchAll(/<(script|style|img)\b[^>]*>/g)].map(([tag]) => tag),
    ['<style>', '<script type="application/json" id="chart-data">', '<script>'],
  );
  t.notRegex(html, /<[^>]*\son\w+=/);
  t.notRegex(html, /<!--/);
  t.notRegex(html, /href="(?!#|https?:|data:,)/);
  t.true(html.includes('&lt;img src='));
});

test('the data of the charts is JSON that cannot end its script', async (t) => {
  const html = renderPage(await hostileReport(), assets);
  const json = /id="chart-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  t.notRegex(json, /[<>&\u2028\u2029]/);
  const data = JSON.parse(json) as { timeline: { text: string }[] };
  t.true(
    data.timeline.some(({ text }) => text.includes('</script>')),
    'and is told as it was',
  );
});

test('no secret is on the page', async (t) => {
  t.notRegex(renderPage(await hostileReport(), assets), /hunter2|abcdefgh/);
});

test('outcome and diagnosis come first, then the run, the log, and what Spark did', async (t) => {
  const html = renderPage(await hostileReport(), assets);
  const titles = [...html.matchAll(/<h2[^>]*>(.*?)<\/h2>/gs)].map(([, text]) =>
    text?.replaceAll(/<[^>]+>|\s+/g, ' ').trim(),
  );
  t.regex(titles[0] ?? '', /^failed/);
  t.deepEqual(titles.slice(1), ['The run', 'The log', 'Timeline', 'Stages', 'Executors', 'SQL queries', 'Settings']);
  t.true(html.indexOf('PYTHON_EXCEPTION') < html.indexOf('id="facts"'));
});

test('every picture has a table behind it and says what it shows', async (t) => {
  const html = renderPage(
    cleanReport({ ...head, title: 'k', missing: [], spark: await readEventLog(recordedEvents()) }),
    assets,
  );
  for (const [chart, caption] of Object.entries({
    timeline: 'Jobs',
    skew: 'Task times per stage',
    traffic: 'Stages',
    executors: 'Executors and driver',
  })) {
    t.regex(html, new RegExp(`data-chart="${chart}"\\s+data-label="[^"]{20,}"`), chart);
    t.regex(html, new RegExp(`<caption class="unseen">\\s*${caption}\\s*</caption>`), caption);
  }
  t.regex(html, /The slowest task of\s+<strong>stage 2<\/strong>/);
});

test('a lost run shows who was asked and what was answered', (t) => {
  const ref = {
    v: 1,
    key: 'k',
    attempt: 1,
    backend: 'livy',
    endpoint: 'http://l',
    name: 'livywire-x-a1',
    createdAt: head.madeAt,
  } as const;
  const at = head.madeAt;
  const evidence = [{ source: 'livy', asked: 'GET /batches/7', answer: '404', at } as const];
  const html = page({ ref, outcome: { v: 1, kind: 'lost', ref, evidence, links: {}, knownAt: at } });
  t.regex(html, /Nobody knows how it ended/);
  t.regex(html, /GET \/batches\/7/);
  t.notRegex(html, /<dt>Ended<\/dt>/, 'nobody knows that it did');
});

test('a run that nobody could be asked about says so, and what the ledger has', (t) => {
  const attempts = [{ attempt: 1, name: 'n', phase: 'started', createdAt: head.madeAt, posts: 1 } as const];
  const html = page({ attempts, missing: ['how it is now: Livy did not answer'] });
  t.regex(html, /No server could be asked/);
  t.regex(html, /how it is now: Livy did not answer/);
});
