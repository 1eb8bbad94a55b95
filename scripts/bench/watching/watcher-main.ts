/**
 * The process that is measured: waits for runs for all of them, or asks for each by itself as the loops of others do.
 * Its one argument is a {@link WatcherTask}, its last line a {@link WatcherResult}.
 */
import { Agent, get } from 'node:http';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type * as livywire from '../../../src/index.js';
import { recordOf, refOf } from './records.js';

export interface WatcherTask {
  /** Of livywire: its entrance. */
  readonly entrance: string;
  readonly url: string;
  /** `livy`: Livy alone is asked. `yarn`: YARN as well, as it is by default on EMR. `loops`: a loop for each run, with Livy's state every 5 s. */
  readonly way: 'livy' | 'yarn' | 'loops';
  readonly runs: number;
  /** Before anything is counted, in milliseconds. */
  readonly settleMs: number;
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
  readonly rssMB: number;
  readonly heapMB: number;
  readonly sockets: number;
  /** From the end of a run to the word of it, in milliseconds, sorted. */
  readonly delaysMs: readonly number[];
}

const task = JSON.parse(process.argv[2] ?? '') as WatcherTask;
const MB = 1e6;

async function control<T>(path: string, body?: object): Promise<T> {
  const reply = await fetch(`${task.url}${path}`, body ? { method: 'POST', body: JSON.stringify(body) } : {});
  return (await reply.json()) as T;
}

const fill = (names: readonly string[]) =>
  control<{ ids: readonly number[]; appIds: readonly string[] }>('/_fill', { names });

interface Waiting {
  readonly ids: readonly number[];
  /** One for each: when its end was known. */
  readonly known: readonly Promise<number>[];
}

async function byLivywire(): Promise<Waiting> {
  const { createLivywire, memoryLedger } = (await import(task.entrance)) as typeof livywire;
  const ledger = memoryLedger();
  const lw = createLivywire({
    url: task.url,
    ledger,
    ...(task.way === 'yarn' && { yarn: { url: task.url, seesAllApps: true } }),
  });
  const refs = Array.from({ length: task.runs }, (_, i) => refOf(lw.endpoint, i));
  const { ids, appIds } = await fill(refs.map(({ name }) => name));
  const known = refs.map(async (begun, i) => {
    const ref = { ...begun, id: String(ids[i]), appId: appIds[i] ?? '' };
    await ledger.create(recordOf(ref));
    let endedAt = NaN;
    const run = lw.attach(ref);
    for await (const { state } of run.watch()) if (state === 'succeeded') endedAt = Date.now();
    if (run.outcome?.kind !== 'succeeded') throw new Error(`a run ended as ${run.outcome?.kind ?? 'nothing'}`);
    return endedAt;
  });
  return { ids, known };
}

/** What pylivy and Airflow's hook do: ask for the state, sleep, and ask again; each for itself. The connection is kept, which theirs is not. */
async function byLoops(): Promise<Waiting> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const names = Array.from({ length: task.runs }, (_, i) => `loop-${i}`);
  const { ids } = await fill(names);
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

const { ids, known } = await (task.way === 'loops' ? byLoops() : byLivywire());
await delay(task.settleMs);
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
const heapMB = process.memoryUsage().heapUsed / MB;
const { endsMs } = await control<{ endsMs: readonly number[] }>('/_end', { ids, overMs: task.endingMs });
const knownMs = await Promise.all(known);
clearInterval(look);
const result: WatcherResult = {
  requestsPerMinute: (total * 60_000) / ms,
  requests: counts,
  cpuShare: (used.user + used.system) / 1_000 / ms,
  rssMB: rss / MB,
  heapMB,
  sockets,
  delaysMs: knownMs.map((at, i) => at - (endsMs[i] ?? 0)).toSorted((a, b) => a - b),
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
