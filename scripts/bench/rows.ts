import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { root } from '../gate/project.js';
import type { Row } from './row.js';

/** All of scripts/bench/rows, as the page has them. */
export async function loadRows(): Promise<readonly Row[]> {
  const files = (await readdir(join(root, 'scripts/bench/rows'))).filter((file) => file.endsWith('.ts'));
  const rows = await Promise.all(
    files.map(async (file) => ((await import(`./rows/${basename(file, '.ts')}.js`)) as { row: Row }).row),
  );
  return rows.toSorted((a, b) => a.place - b.place);
}
