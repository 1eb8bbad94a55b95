/** The page of `livywire report` in a real browser: Debian's chromium, where it is installed. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { type Browser, chromium, type Page } from 'playwright-core';
import { bundlePage } from '../../src/report/bundle-page.js';
import { renderPage } from '../../src/report/index.js';
import { tempFolder } from '../helpers/cli.js';
import { HOSTILE, hostileReport } from '../helpers/run-report.js';

const BROWSERS = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = BROWSERS.find((path) => path !== undefined && existsSync(path));
if (executablePath === undefined)
  console.error('NO CHROMIUM: the report page is not tried in a browser (apt-get install chromium)');
const inBrowser = executablePath === undefined ? test.skip : test.serial;

let browser: Browser | undefined;
test.before(async () => {
  // As root, in a container, there is no sandbox to be had.
  if (executablePath) browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
test.after.always(() => browser?.close());

interface Look {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  readonly script?: boolean;
}

/** The hostile report, opened from a file, with everything that went wrong or out. */
async function open(t: ExecutionContext, { width = 1_280, scheme = 'light', script = true }: Look = {}) {
  const path = join(await tempFolder(t), 'run.html');
  await writeFile(path, renderPage(await hostileReport(), await bundlePage()));
  const context = await browser!.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    javaScriptEnabled: script,
  });
  t.teardown(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  const url = pathToFileURL(path).href;
  await page.goto(url);
  if (script) await page.waitForSelector('[data-chart="executors"] svg');
  return { page, complaints, requests: () => requests.filter((one) => one !== url && !one.startsWith('data:')) };
}

inBrowser('no request leaves the page, nothing is complained of, and nothing of theirs runs', async (t) => {
  const { page, complaints, requests } = await open(t);
  await page.click('#theme');
  await page.fill('#log-search', 'region');
  await page.waitForTimeout(300);
  t.deepEqual(complaints, []);
  t.deepEqual(requests(), []);
  t.is(await page.evaluate('window.hacked'), undefined);
  t.is(await page.locator('img').count(), 0);
  // The policy itself, put to the test: what would go out is held back.
  t.is(await page.evaluate(`fetch('http://127.0.0.1:9/').then(() => 'out', () => 'held back')`), 'held back');
  t.true(complaints.some((text) => text.includes('Content Security Policy')));
});

inBrowser('hostile texts stay text: title, log line, table cell, picture', async (t) => {
  const { page } = await open(t);
  t.true((await page.title()).includes(HOSTILE.image));
  t.true((await page.locator('h1').textContent())?.includes(HOSTILE.script));
  const line = page.locator('.log li', { hasText: 'ERROR Task' });
  t.true((await line.textContent())?.includes(HOSTILE.script));
  t.true((await page.locator('td', { hasText: 'onmouseover' }).count()) > 0);
  await page.locator('[data-chart="timeline"] svg').hover({ position: { x: 700, y: 60 } });
  const tip = page.locator('[data-chart="timeline"] [aria-label="tip"]');
  t.true(((await tip.textContent()) ?? '').includes('</script>'), 'the label under the pointer');
});

inBrowser('every picture is drawn, with a name for those who do not see it', async (t) => {
  const { page } = await open(t);
  for (const [chart, shapes] of Object.entries({
    timeline: 'rect',
    skew: 'circle',
    traffic: 'rect',
    executors: 'path',
  })) {
    const svg = page.locator(`[data-chart="${chart}"] svg`).first();
    t.true((await svg.locator(shapes).count()) > 0, chart);
    const box = await svg.boundingBox();
    t.true((box?.width ?? 0) > 300 && (box?.height ?? 0) > 60, chart);
    t.is(await svg.getAttribute('role'), 'img');
    t.true(((await svg.getAttribute('aria-label')) ?? '').length > 20, chart);
  }
});

inBrowser('search and filters hide the other lines, and say how many are shown', async (t) => {
  const { page } = await open(t);
  const shown = () => page.locator('.log > li:not([hidden])').count();
  t.is(await shown(), 6);
  await page.fill('#log-search', 'REGION 3');
  await page.locator('#log-count', { hasText: '1 of 6 lines' }).waitFor();
  t.is(await shown(), 1);
  await page.click('#log-controls button[type=reset]');
  await page.locator('#log-count', { hasText: '6 of 6 lines' }).waitFor();
  await page.selectOption('#log-level', '3');
  await page.locator('#log-count', { hasText: '1 of 6 lines' }).waitFor();
  t.regex((await page.locator('.log > li:not([hidden])').textContent()) ?? '', /ERROR Task/);
  await page.selectOption('#log-level', '-1');
  await page.selectOption('#log-stream', 'stdout');
  await page.locator('#log-count', { hasText: '2 of 6 lines' }).waitFor();
  t.false(await page.locator('.stream[data-stream=stderr]').isVisible());
});

inBrowser('the keyboard reaches the controls in the order in which they stand', async (t) => {
  const { page } = await open(t);
  const stops: string[] = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate<string>(
      `(() => { const one = document.activeElement; return one.id || one.getAttribute('href') || one.getAttribute('aria-label') || one.tagName; })()`,
    );
    stops.push(at);
    if (at === 'log-stream') break;
  }
  const order = [
    '#outcome',
    'theme',
    '#facts',
    '#log',
    'Who was asked, and what was answered',
    'log-search',
    'log-level',
    'log-stream',
  ];
  const places = order.map((stop) => stops.indexOf(stop));
  t.false(places.includes(-1), `${order.join(', ')} in ${stops.join(', ')}`);
  t.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
  t.true(stops.some((stop) => stop.startsWith('Log lines of')) || stops.includes('log-stream'));
});

/** Contrast of each text against what it stands on, by WCAG 2: the worst of each kind that is too low. */
const CONTRAST = `(() => {
  const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (one) => { for (let at = one; at; at = at.parentElement) { const color = parse(getComputedStyle(at).backgroundColor); if (color.length === 3 || color[3] > 0) return color; } return [255, 255, 255]; };
  const bad = [];
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || ['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(one.tagName) || !one.checkVisibility()) continue;
    const style = getComputedStyle(one);
    const [a, b] = [light(parse(one.namespaceURI.endsWith('svg') && style.fill !== 'none' ? style.fill : style.color)), light(ground(one))].sort((x, y) => y - x);
    seen++;
    if ((a + 0.05) / (b + 0.05) < 4.5) bad.push(one.tagName + '.' + (one.getAttribute('class') ?? '') + ' ' + ((a + 0.05) / (b + 0.05)).toFixed(2) + ' ' + walker.currentNode.textContent.slice(0, 30));
  }
  return { seen, bad: [...new Set(bad)] };
})()`;

for (const scheme of ['light', 'dark'] as const) {
  inBrowser(`every text stands out enough in ${scheme} colours, and the button changes them`, async (t) => {
    const { page } = await open(t, { scheme });
    const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const before = await ground();
    const measured = await page.evaluate<{ seen: number; bad: string[] }>(CONTRAST);
    t.true(measured.seen > 200);
    t.deepEqual(measured.bad, []);
    await page.click('#theme');
    t.not(await ground(), before);
    t.deepEqual((await page.evaluate<{ bad: string[] }>(CONTRAST)).bad, []);
  });
}

inBrowser('at 360 pixels nothing is wider than the screen, and the pictures are drawn to fit', async (t) => {
  const { page } = await open(t, { width: 360 });
  t.is(await page.evaluate('document.documentElement.scrollWidth'), 360);
  const box = await page.locator('[data-chart="timeline"] svg').boundingBox();
  t.true((box?.width ?? 0) <= 360 && (box?.width ?? 0) > 250);
});

inBrowser('without JavaScript outcome, diagnosis, tables and log can be read', async (t) => {
  const { page, complaints } = await open(t, { script: false });
  t.deepEqual(complaints, []);
  const visible = (page: Page, text: string) => page.getByText(text, { exact: false }).first().isVisible();
  t.true(await visible(page, 'PYTHON_EXCEPTION'));
  t.true(await visible(page, 'region 3: 141,587.36'));
  t.true(await page.locator('#timeline table').isVisible());
  t.false(await page.locator('#theme').isVisible(), 'no button that does nothing');
});

inBrowser('on paper everything that is folded away is there, in light colours', async (t) => {
  const { page } = await open(t, { scheme: 'dark' });
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
  t.is(await page.locator('details:not([open])').count(), 0);
  t.is(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
  t.true((await page.pdf()).length > 20_000);
});
