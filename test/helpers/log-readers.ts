import type { LogItem, LogReader } from '../../src/core/index.js';

/** A reader over plain functions. */
export const readerOf = (
  read: () => Promise<readonly LogItem[]>,
  finish: () => Promise<readonly LogItem[]> = async () => [],
): LogReader => ({
  async *read() {
    yield await read();
  },
  async *finish() {
    yield await finish();
  },
});

/** All items of one read, whatever pieces they came in. */
export async function itemsOf(pieces: AsyncIterable<readonly LogItem[]>): Promise<LogItem[]> {
  const items: LogItem[] = [];
  for await (const piece of pieces) items.push(...piece);
  return items;
}
