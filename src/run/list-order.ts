import { randomUUID } from 'node:crypto';
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ORDER_FILE = 'order.txt';
/** So many files are read faster than this one is written anew. */
const WORTH_KEEPING = 64;

/** For each version of a record, by its file's name: when something last happened to the run. */
export type ListOrder = Map<string, string>;

/**
 * What a list needs to know of every run before it reads the few that it shows. A version of a record never changes, so what was
 * once read of it holds for as long as its file is there. A line each, `<name> <time>`; one that is damaged, or of a file that is
 * gone, is as good as none, and so is the whole file: it spares reads, and nothing is decided by it.
 */
export async function readOrder(folder: string): Promise<ListOrder> {
  const text = await readFile(join(folder, ORDER_FILE), 'utf8').catch(() => '');
  const order: ListOrder = new Map();
  for (let start = 0, end = text.indexOf('\n'); end >= 0; start = end + 1, end = text.indexOf('\n', start)) {
    const space = text.indexOf(' ', start);
    // As every time in a record is written; what is cut or changed is longer or shorter, or no time.
    if (end - space === 25 && text.charAt(end - 1) === 'Z')
      order.set(text.slice(start, space), text.slice(space + 1, end));
  }
  return order;
}

/** Puts down what was read, where that spares the next list much. Who may not write to the folder just reads again. */
export async function keepOrder(folder: string, order: ListOrder, read: number): Promise<void> {
  if (read < WORTH_KEEPING) return;
  const draft = join(folder, `.${randomUUID()}.draft`);
  const lines = [...order].map(([name, time]) => `${name} ${time}\n`);
  try {
    await writeFile(draft, lines.join(''), { mode: 0o600, flag: 'wx' });
    await rename(draft, join(folder, ORDER_FILE));
  } catch {
    await unlink(draft).catch(() => undefined);
  }
}
