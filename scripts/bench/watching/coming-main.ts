/**
 * Runs that come and go: as many as its {@link ComingTask} says are under way at any time, each submitted when another one has ended. Prints a
 * {@link ComingSample} as JSON at each interval, and ends with its time.
 */
import { readdir } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type * as livywire from '../../../src/index.js';

export interface ComingTask {
  readonly entrance: string;
  readonly url: string;
  readonly folder: string;
  readonly runs: number;
  /** A run takes about so long. */
  readonly runSeconds: number;
  readonly seconds: number;
  readonly everySeconds: number;
}

export interface ComingSample {
  readonly atSeconds: number;
  /** After a collection. */
  readonly heapMB: number;
  readonly rssMB: number;
  readonly sockets: number;
  readonly files: number;
  readonly timers: number;
  readonly ended: number;
}

const task = JSON.parse(process.argv[2] ?? '') as ComingTask;
const { createLivywire, fileLedger } = (await import(task.entrance)) as typeof livywire;
const lw = createLivywire({
  url: task.url,
  ledger: fileLedger(task.folder),
  yarn: { url: task.url, seesAllApps: true },
});
const began = Date.now();
const until = began + task.seconds * 1_000;
let ended = 0;

const one = async (): Promise<void> => {
  // At times of their own, from the beginning.
  await delay(Math.random() * task.runSeconds * 1_000);
  while (Date.now() < until) {
    const seconds = task.runSeconds * (0.5 + Math.random());
    const run = await lw.submit({ file: 's3://bucket/job.py', args: [seconds.toFixed(1)] });
    const { kind } = await run.wait();
    if (kind !== 'succeeded') throw new Error(`a run ended as ${kind}`);
    ended += 1;
  }
};

async function sample(): Promise<ComingSample> {
  const files = (await readdir('/proc/self/fd').catch(() => [])).length;
  globalThis.gc?.();
  const resources = process.getActiveResourcesInfo();
  const count = (what: string): number => resources.filter((name) => name === what).length;
  const { heapUsed, rss } = process.memoryUsage();
  return {
    atSeconds: Math.round((Date.now() - began) / 1_000),
    heapMB: heapUsed / 1e6,
    rssMB: rss / 1e6,
    sockets: count('TCPSocketWrap'),
    files,
    timers: count('Timeout'),
    ended,
  };
}

const say = async (): Promise<boolean> => process.stdout.write(`${JSON.stringify(await sample())}\n`);

await say(); // nothing has begun
const all = Promise.all(Array.from({ length: task.runs }, one));
let isOver = false;
const over = all.finally(() => (isOver = true));
while (!isOver && Date.now() < until) {
  await Promise.race([delay(task.everySeconds * 1_000), over]);
  await say();
}
await over;
await lw.close();
await delay(1_000);
await say(); // all is over
