/** docs/proof/bench.json: a row's figures, and when, where and of what they were taken. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '../gate/project.js';
import type { Aim, RowResult } from './row.js';

export interface Entry extends Required<RowResult> {
  readonly row: string;
  readonly command: string;
  readonly commit: string;
  /** Whether files that matter differed from that commit. */
  readonly uncommittedChanges: boolean;
  readonly date: string;
  readonly seconds: number;
  readonly aims: readonly Aim[];
  readonly machine: {
    readonly system: string;
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGiB: number;
    /** Of one minute, before and after. Well above 0 before it began, times say little. */
    readonly loadBefore: number;
    readonly loadAfter: number;
  };
}

const place = join(root, 'docs/proof/bench.json');

export async function kept(): Promise<readonly Entry[]> {
  const text = await readFile(place, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"rows":[]}';
    throw error;
  });
  return (JSON.parse(text) as { rows: readonly Entry[] }).rows;
}

/** In the place of what the row had left before. */
export async function keep(entry: Entry): Promise<void> {
  const rows = [...(await kept()).filter(({ row }) => row !== entry.row), entry];
  await mkdir(dirname(place), { recursive: true });
  const text = JSON.stringify({ rows: rows.toSorted((a, b) => (a.row < b.row ? -1 : 1)) }, shorter, 1);
  await writeFile(place, `${text}\n`);
}

/** Six digits say all that a clock does. */
const shorter = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
