import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const OLD_MS = 3_600_000;

/**
 * Removes the drafts that killed writers left in a folder's ledger. A writer takes milliseconds from draft to record; one
 * that was stopped for an hour finds its draft gone, and fails without having written anything. Resolves with how many.
 */
export async function sweepDrafts(folder: string, nowMs: number): Promise<number> {
  const runs = join(folder, 'runs');
  const shards = await readdir(runs).catch(() => []);
  let removed = 0;
  for (const directory of [folder, ...shards.map((shard) => join(runs, shard))]) {
    const names = await readdir(directory).catch(() => []);
    for (const name of names.filter((one) => /^\.[0-9a-f-]{36}\.draft$/.test(one))) {
      const path = join(directory, name);
      const isOld = await stat(path).then(
        ({ mtimeMs }) => nowMs - mtimeMs > OLD_MS,
        () => false,
      );
      if (!isOld) continue;
      removed += await unlink(path).then(
        () => 1,
        () => 0,
      );
    }
  }
  return removed;
}
