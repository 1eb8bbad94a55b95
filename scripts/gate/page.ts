/** Tables that are measured, on pages that are written by hand. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './project.js';

/** Replaces what stands between two marks. */
export async function putBetween(
  page: string,
  marks: { readonly begin: string; readonly end: string },
  content: string,
): Promise<void> {
  const path = join(root, page);
  const text = await readFile(path, 'utf8');
  const [begin, end] = [text.indexOf(marks.begin), text.indexOf(marks.end)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for the table (${marks.begin})`);
  await writeFile(path, `${text.slice(0, begin)}${marks.begin}\n\n${content}\n\n${text.slice(end)}`);
}
