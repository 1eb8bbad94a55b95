import { existsSync } from 'node:fs';
import process from 'node:process';
import test from 'ava';
import { type HistoryEvent, mermaid, type Picture, stepViews, svg } from '../../src/graph/index.js';
import { compileText, pipelineFixture } from '../helpers/pipelines.js';

/** The failed execution, as it was recorded. */
async function failed(): Promise<
  { readonly names: readonly string[]; readonly events: readonly HistoryEvent[] } & Picture
> {
  const { steps } = await compileText(await pipelineFixture('fails.yaml'));
  const recorded = JSON.parse(await pipelineFixture('failed-execution.json')) as (HistoryEvent & {
    timestamp: string;
  })[];
  const events = recorded.map((event) => ({ ...event, timestamp: new Date(event.timestamp) }));
  const names = steps.map(({ name }) => name);
  const views = stepViews(names, events, { hasEnded: true });
  return {
    title: 'fails',
    names,
    events,
    steps: steps.map((step) => {
      const view = views.get(step.name);
      return view ? { ...step, view } : step;
    }),
  };
}

test('an execution shows each step with its state, its retries, its items and why it failed', async (t) => {
  const { steps } = await failed();
  const view = (name: string) => steps.find((step) => step.name === name)?.view;
  t.like(view('note'), { state: 'succeeded', retries: 0 });
  t.like(view('good'), { state: 'succeeded', retries: 0, items: { ended: 2, failed: 0, all: 2 } });
  t.like(view('bad'), {
    state: 'failed',
    retries: 2,
    error: 'SQS.SdkClientException',
    cause: 'The specified queue does not exist.',
  });
  t.is(view('after')?.state, 'waiting');
  const { startedMs = 0, endedMs = 0 } = view('bad') ?? {};
  t.true(endedMs > startedMs);
});

test('while an execution runs, what is under way is running, and a failure that is tried again is no end', async (t) => {
  const { names, events } = await failed();
  const after = (id: number) => stepViews(names, events.slice(0, id), { hasEnded: false });
  t.is(after(6).get('note')?.state, 'running');
  t.is(after(16).get('slow')?.state, 'running');
  t.is(after(29).get('bad')?.state, 'failed');
  t.is(after(40).get('bad')?.state, 'running');
  t.is(after(40).get('bad')?.error, undefined);
  t.is(after(40).get('bad')?.retries, 1);
  t.is(stepViews(names, events.slice(0, 16), { hasEnded: true }).get('slow')?.state, 'aborted');
});

test('Mermaid text has a box for each step and an arrow for each need that another does not imply', async (t) => {
  const { steps } = await compileText(await pipelineFixture('nightly-sales.yaml'));
  const text = mermaid({ title: 'x', steps });
  for (const { name } of steps) t.is(text.split(`<b>${name}</b>`).length, 2, name);
  t.is(text.match(/-->/g)?.length, 8);
});

const hostile: Picture = {
  title: '"]; click <script>alert(1)</script>',
  steps: [
    {
      name: 'a',
      kind: 'task',
      needs: [],
      isForEach: false,
      view: { state: 'failed', retries: 0, error: '"]<script>alert(1)</script>\u001b', cause: ']]> & <b>' },
    },
  ],
};

test('what an error says does not become a part of the picture', (t) => {
  const drawn = svg(hostile);
  t.false(drawn.includes('<script'));
  t.false(drawn.includes('\u001b'));
  const text = mermaid(hostile);
  t.false(text.split('flowchart')[1]?.includes('<script') ?? true);
  t.is(text.split('flowchart')[1]?.match(/"\]/g)?.length, 1);
});

test('no two boxes of an SVG lie over each other, and all lie in it', async (t) => {
  const { steps } = await compileText(await pipelineFixture('nightly-sales.yaml'));
  const drawn = svg({ title: 'x', steps });
  const [, width = '0', height = '0'] = /viewBox="0 0 (\d+) (\d+)"/.exec(drawn) ?? [];
  const boxes = [...drawn.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" rx/g)].map(
    ([, ...numbers]) => numbers.map(Number) as [number, number, number, number],
  );
  t.is(boxes.length, steps.length + 1); // one is there for each item
  for (const [i, [x, y, w, h]] of boxes.entries()) {
    t.true(x + w <= Number(width) && y + h <= Number(height));
    for (const [ox, oy, ow, oh] of boxes.slice(i + 1)) {
      const over = x < ox + ow && ox < x + w && y < oy + oh && oy < y + h;
      // Only the shadow of the one with items lies under its own box.
      t.true(!over || (w === ow && h === oh && Math.abs(x - ox) === 5));
    }
  }
});

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
(executablePath === undefined ? test.skip : test)(
  'a browser shows the SVG, and every text lies in its box',
  async (t) => {
    const { chromium } = await import('playwright-core');
    const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
    t.teardown(() => browser.close());
    const page = await browser.newPage();
    const { steps, title } = await failed();
    await page.setContent(svg({ title, steps, nowMs: 0 }));
    const outside = await page.evaluate(`[...document.querySelectorAll('svg g > g')].flatMap((group) => {
    const boxes = [...group.querySelectorAll('rect')].map((one) => one.getBoundingClientRect());
    const box = boxes[boxes.length - 1];
    return [...group.querySelectorAll('text')].filter((text) => {
      const at = text.getBoundingClientRect();
      return at.left < box.left || at.right > box.right || at.top < box.top || at.bottom > box.bottom;
    }).map((text) => text.textContent);
  })`);
    t.deepEqual(outside, []);
    t.is(await page.locator('svg g > g').count(), steps.length);
  },
);
