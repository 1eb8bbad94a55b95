/**
 * The process that is measured: submits runs and waits for all of them, or asks for each by itself as the loops of others do.
 * Its one argument is a {@link WatcherTask}, its last line a {@link WatcherResult}.
 */
import { Agent, get } from 'node:http';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { createLivywire } from '../../../src/index.js';
import { memoryLedger } from '../../../src/run/index.js';

export interface WatcherTask {
  readonly url: string;
  /** `livy`: Livy alone is asked. `yarn`: YARN as well, as it is by default on EMR. `loops`: a loop for each run, with Livy's state every 5 s. */
  readonly way: 'livy' | 'yarn' | 'loops';
  readonly runs: number;
  /** How long all of them just run, in milliseconds. */
  readonly steadyMs: number;
  /** Within how long all of them end, in milliseconds. */
  readonly endingMs: number;
}

export interface WatcherResult {
  readonly requestsPerMinute: number;
  readonly requests: Readonly<Record<string, number>>;
  /** Of one core. */
  readonly cpuShare: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
  readonly sockets: number;
  /** From the end of a run to the word of it, in milliseconds, sorted. */
  readonly delaysMs: readonly number[];
  readonly submitMs: number;
}

const task = JSON.parse(process.argv[2] ?? '') as WatcherTask;
const MiB = 2 ** 20;

async function control<T>(path: string, body?: object): Promise<T> {
  const reply = await fetch(`${task.url}${path}`, body ? { method: 'POST', body: JSON.stringify(body) } : {});
  return (await reply.json()) as T;
}

interface Waiting {
  readonly ids: readonly number[];
  /** One for each: when its end was known. */
  readonly known: readonly Promise<number>[];
}

async function byLivywire(): Promise<Waiting> {
  const lw = createLivywire({
    url: task.url,
    ledger: memoryLedger(),
    ...(task.way === 'yarn' && { yarn: { url: task.url, seesAllApps: true } }),
  });
  const ids: number[] = [];
  const known: Promise<number>[] = [];
  let left = task.runs;
  const submitter = async (): Promise<void> => {
    while (left-- > 0) {
      const run = await lw.submit({ file: 's3://bucket/job.py' });
      ids.push(Number(run.ref.id));
      known.push(
        run.wait().then((outcome) => {
          if (outcome.kind !== 'succeeded') throw new Error(`a run ended as ${outcome.kind}`);
          return Date.now();
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: 32 }, submitter));
  return { ids, known };
}

/** What pylivy and Airflow's hook do: ask for the state, sleep, and ask again; each for itself. The connection is kept, which theirs is not. */
async function byLoops(): Promise<Waiting> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const names = Array.from({ length: task.runs }, (_, i) => `loop-${i}`);
  const { ids } = await control<{ ids: readonly number[] }>('/_fill', { names });
  const state = (id: number): Promise<string> =>
    new Promise((resolve, reject) => {
      get(`${task.url}/batches/${id}/state`, { agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve((JSON.parse(Buffer.concat(chunks).toString()) as { state: string }).state);
        });
      }).on('error', reject);
    });
  const known = ids.map(async (id) => {
    await delay(Math.random() * 5_000);
    while ((await state(id)) !== 'success') await delay(5_000);
    return Date.now();
  });
  return { ids, known };
}

const began = Date.now();
const { ids, known } = await (task.way === 'loops' ? byLoops() : byLivywire());
const submitMs = Date.now() - began;
await delay(6_000);
await control('/_counts?reset');
let rss = 0;
const look = setInterval(() => (rss = Math.max(rss, process.memoryUsage.rss())), 250);
const cpu = process.cpuUsage();
const from = Date.now();
await delay(task.steadyMs);
const used = process.cpuUsage(cpu);
const ms = Date.now() - from;
const { counts } = await control<{ counts: Record<string, number> }>('/_counts');
const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
const sockets = process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;
globalThis.gc?.();
const heapMiB = process.memoryUsage().heapUsed / MiB;
const { endsMs } = await control<{ endsMs: readonly number[] }>('/_end', { ids, overMs: task.endingMs });
const knownMs = await Promise.all(known);
clearInterval(look);
const result: WatcherResult = {
  requestsPerMinute: (total * 60_000) / ms,
  requests: counts,
  cpuShare: (used.user + used.system) / 1_000 / ms,
  rssMiB: rss / MiB,
  heapMiB,
  sockets,
  delaysMs: knownMs.map((at, i) => at - (endsMs[i] ?? 0)).toSorted((a, b) => a - b),
  submitMs,
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
