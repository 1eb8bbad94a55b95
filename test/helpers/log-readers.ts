import type { LogItem, LogReader, RunRef } from '../../src/core/index.js';

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

/** A run whose log is read. */
export const loggedRef: RunRef = {
  v: 1,
  key: 'k',
  attempt: 1,
  backend: 'livy',
  endpoint: 'http://livy.invalid',
  name: 'livywire-x-a1',
  id: '0',
  createdAt: '2026-11-01T00:00:00Z',
};
