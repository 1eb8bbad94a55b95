/** Many processes that wait on one Livy, each for its own run, with and without somebody who watches for all. */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { fileLedger } from '../../../src/run/index.js';
import type { Bench } from '../row.js';
import { plain, startStub, type Installed } from './program.js';
import { recordOf, refOf } from './records.js';
import type { WaiterTask } from './waiter-main.js';

/** A run of this age is looked at every 30 s. */
const AGE_MS = 600_000;
const AT_ONCE = 4;
/** For one process, and what the machine has to keep. */
const PROCESS_BYTES = 55 * 2 ** 20;
const KEPT_BYTES = 2 * 2 ** 30;
const LEAN = ['--max-old-space-size=64', '--max-semi-space-size=1'];

export interface Waited {
  readonly processes: number;
  readonly seconds: number;
  readonly byWaiters: number;
  readonly byWatcher: number;
  readonly ended: number;
}

export interface ProcessesOptions {
  readonly installed: Installed;
  readonly isWatched: boolean;
  readonly count: number;
  /** How long requests are counted, once all wait. */
  readonly seconds: number;
}

export const fitting = (wanted: number): number =>
  Math.max(1, Math.min(wanted, Math.floor((freemem() - KEPT_BYTES) / PROCESS_BYTES)));

export async function waitApart(bench: Bench, options: ProcessesOptions): Promise<Waited> {
  const { installed, isWatched, count, seconds } = options;
  const folder = join(bench.folder, isWatched ? 'watched' : 'unwatched');
  await mkdir(folder, { recursive: true });
  const program = await plain('waiter-main', bench.folder);
  const stub = await startStub();
  const children: ReturnType<typeof start>[] = [];
  function start(key?: string) {
    const { entrance, handlers, nodeArgs } = installed;
    const task: WaiterTask = { entrance, handlers, url: stub.url, folder, ...(key !== undefined && { key }) };
    const child = execa(process.execPath, [...LEAN, ...nodeArgs, program, JSON.stringify(task)], {
      reject: false,
      stdin: 'pipe',
      stderr: 'inherit',
      buffer: false,
    });
    let last = '';
    const lines = createInterface({ input: child.stdout }).on('line', (line) => (last = line));
    const ended = child.then(() => last);
    const tooSoon = ended.then(() => Promise.reject(new Error('a process that was to wait ended')));
    return { child, ready: Promise.race([once(lines, 'line'), tooSoon]), ended };
  }
  try {
    const ledger = fileLedger(folder);
    const refs = Array.from({ length: count }, (_, i) => refOf(stub.url, i, bench.short ? 0 : AGE_MS));
    const { ids, appIds } = await stub.fill(refs.map(({ name }) => name));
    for (const [i, ref] of refs.entries())
      await ledger.create(recordOf({ ...ref, id: String(ids[i]), appId: appIds[i] ?? '' }));
    if (isWatched) {
      const watcher = start();
      children.push(watcher);
      await watcher.ready;
      await delay(bench.short ? 1_000 : 70_000); // it has seen them all once, and has said so
    }
    const waiters: ReturnType<typeof start>[] = [];
    for (let from = 0; from < count; from += AT_ONCE) {
      const some = refs.slice(from, from + AT_ONCE).map(({ key }) => start(key));
      waiters.push(...some);
      children.push(...some);
      await Promise.all(some.map(({ ready }) => ready));
    }
    bench.say(`${count} processes wait, ${isWatched ? 'with' : 'without'} a watcher`);
    await stub.counts('reset');
    await delay(seconds * 1_000);
    const counts = await stub.counts('reset');
    const of = (who: string): number =>
      Object.entries(counts).reduce((sum, [what, n]) => sum + (what.startsWith(`${who}:`) ? n : 0), 0);
    await stub.end(ids, 1);
    const outcomes = await Promise.all(
      waiters.map(({ ended }) => Promise.race([ended, delay(180_000, '', { ref: false })])),
    );
    return {
      processes: count,
      seconds,
      byWaiters: of('waiter'),
      byWatcher: of('watcher'),
      ended: outcomes.filter((kind) => kind === 'succeeded').length,
    };
  } finally {
    for (const { child } of children) child.kill('SIGKILL');
    await Promise.all(children.map(({ child }) => child));
    await stub.stop();
  }
}
