/**
 * Follows jobs/lines.py in a process of its own, so that its memory can be told from everybody else's. Prints one JSON document.
 *
 *     npx tsx test/helpers/lines-follower.ts <what>
 */
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { createLivywire, isFinal, memoryLedger } from '../../src/index.js';
import type { FollowedLines, LinesJob } from './lines.js';

const { url, yarnUrl, file, lines, pauseSeconds } = JSON.parse(process.argv[2] ?? '{}') as LinesJob;
const lw = createLivywire({ url, yarn: { url: yarnUrl }, ledger: memoryLedger() });
const run = await lw.submit({ file, args: [String(lines), String(pauseSeconds)] });

const rss = (): number => process.memoryUsage().rss / 2 ** 20;
const WORDS = ['plain', 'naïve café', '数据处理', '🚰 water 🚰'];

/** Counts lines that come in their order, and keeps the first that does not. */
class Count {
  next = 1;
  wrong: string | undefined;
  readonly #name: string;
  readonly #total: number;
  constructor(name: string, total: number) {
    this.#name = name;
    this.#total = total;
  }
  take(text: string): boolean {
    if (!text.startsWith(`${this.#name} `)) return false;
    const expected = `${this.#name} ${this.next} of ${this.#total}: ${WORDS[this.next % 4] ?? ''}`;
    if (text !== expected) this.wrong ??= `${text} came in place of ${expected}`;
    this.next++;
    return true;
  }
}

async function follow(events: AsyncIterable<{ readonly type: string }>): Promise<Omit<FollowedLines, 'outcome'>> {
  const [out, err] = [new Count('out', lines), new Count('err', lines / 100)];
  let [firstAt, lastAt, beforeEnd] = [0, 0, 0];
  const gaps: string[] = [];
  let baselineMiB = 0;
  let peakMiB = 0;
  const timer = setInterval(() => (peakMiB = Math.max(peakMiB, rss())), 100);
  for await (const event of events as ReturnType<typeof run.events>) {
    if (event.type === 'gap') gaps.push(`${event.stream}: ${event.reason}`);
    if (event.type === 'state' && isFinal(event.status)) beforeEnd = out.next - 1;
    if (event.type !== 'line' || !(out.take(event.text) || err.take(event.text))) continue;
    if (firstAt === 0) {
      firstAt = performance.now();
      // Everything is loaded and connected by now, and the million is yet to come.
      baselineMiB = rss();
    }
    lastAt = performance.now();
  }
  clearInterval(timer);
  peakMiB = Math.max(peakMiB, rss());
  return {
    stdoutLines: out.next - 1,
    otherLines: err.next - 1,
    wrong: [out.wrong, err.wrong].filter((one) => one !== undefined),
    gaps,
    beforeEnd,
    seconds: (lastAt - firstAt) / 1_000,
    baselineMiB,
    peakMiB,
  };
}

const live = await follow(run.events());
const outcome = (await run.wait()).kind;
const again = await follow(run.logs());
console.log(JSON.stringify({ live: { ...live, outcome }, again: { ...again, outcome } }));
await lw.close();
