/**
 * One of many processes, as its {@link WaiterTask} says: it waits for one run of a ledger in a folder, or watches all of them and says so there.
 * Prints `ready`, then how the run ended; the watcher goes on until its standard input ends.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type * as lambda from '../../../src/lambda/index.js';
import type * as livywire from '../../../src/index.js';

export interface WaiterTask {
  /** Of livywire, and of its handlers. */
  readonly entrance: string;
  readonly handlers: string;
  readonly url: string;
  readonly folder: string;
  /** @defaultValue it watches all */
  readonly key?: string;
}

const task = JSON.parse(process.argv[2] ?? '') as WaiterTask;
const { createLivywire, fileLedger } = (await import(task.entrance)) as typeof livywire;

/** A ledger in a folder, with the word of a watcher beside it, as in S3. */
const beatFile = join(task.folder, 'beat.json');
const ledger: livywire.Ledger = {
  ...fileLedger(task.folder),
  async beat(beat) {
    await writeFile(`${beatFile}.new`, JSON.stringify(beat));
    await rename(`${beatFile}.new`, beatFile);
  },
  async lastBeat() {
    const text = await readFile(beatFile, 'utf8').catch(() => undefined);
    return text === undefined
      ? undefined
      : (JSON.parse(text) as Awaited<ReturnType<NonNullable<livywire.Ledger['lastBeat']>>>);
  },
};
const isWatcher = task.key === undefined;
const lw = createLivywire({
  url: task.url,
  ledger,
  headers: { 'x-bench': isWatcher ? 'watcher' : 'waiter' },
  believeWatcher: !isWatcher,
});

if (task.key === undefined) {
  const { createWatchHandler } = (await import(task.handlers)) as typeof lambda;
  const services = { runs: lw, ledger, close: async () => undefined };
  const watch = createWatchHandler({ open: async () => services, env: {}, write: () => undefined, roundSeconds: 10 });
  process.stdin.resume().on('end', () => process.exit(0));
  process.stdout.write('ready\n');
  for (;;) {
    const until = Date.now() + 300_000;
    await watch({}, { getRemainingTimeInMillis: () => until - Date.now() });
  }
}
const run = await lw.find(task.key);
process.stdout.write('ready\n');
const { kind } = await run.wait();
process.stdout.write(`${kind}\n`);
