import { ConfigError } from '../core/index.js';

export interface ListOptions {
  /** How many to ask for at a time. @defaultValue `100` */
  readonly pageSize?: number;
}

/**
 * Walks a list that the server pages by index, one request per page and only when asked. A short page ends it.
 *
 * The list moves while it is walked: what Livy forgets lets everything behind it slip forward. So each page begins with
 * the last item of the one before; where that is missing, the page before is read once more. Nothing comes twice.
 */
export async function* pages<T extends { readonly id: number }>(
  read: (from: number, size: number) => Promise<readonly T[]>,
  size = 100,
): AsyncGenerator<T, void> {
  if (!Number.isInteger(size) || size < 1) {
    throw new ConfigError(`pageSize must be a whole number of at least 1, not ${size}`, { field: 'pageSize' });
  }
  const seen = new Set<number>();
  const overlap = size > 1 ? 1 : 0;
  let isSecondLook = false;
  for (let from = 0, last: number | undefined; ;) {
    const page = await read(from, size);
    const slipped = overlap > 0 && last !== undefined && !page.some(({ id }) => id === last);
    if (slipped && !isSecondLook) {
      isSecondLook = true;
      from = Math.max(0, from - size);
      continue;
    }
    const before = seen.size;
    for (const item of page) {
      if (seen.has(item.id)) continue;
      seen.add(item.id);
      yield item;
    }
    // A full page with nothing new comes from a server that pays no heed to `from`.
    if (page.length < size || (seen.size === before && !isSecondLook)) return;
    last = page.at(-1)?.id;
    from += size - overlap;
    isSecondLook = false;
  }
}
