import test from 'ava';
import fc from 'fast-check';
import { ConfigError } from '../../src/core/index.js';
import { pages } from '../../src/livy/pages.js';

const items = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => ({ id: from + i }));

async function idsOf(list: AsyncGenerator<{ id: number }>): Promise<number[]> {
  const ids = [];
  for await (const { id } of list) ids.push(id);
  return ids;
}

test('every item comes once, in order, whatever the page size', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 20 }), async (count, size) => {
      const all = items(0, count);
      const ids = await idsOf(pages(async (from, n) => all.slice(from, from + n), size));
      t.deepEqual(
        ids,
        all.map(({ id }) => id),
      );
    }),
  );
});

test('250 batches are three pages of 100', async (t) => {
  const all = items(0, 250);
  let reads = 0;
  const read = async (from: number, size: number) => (reads++, all.slice(from, from + size));
  t.is((await idsOf(pages(read))).length, 250);
  t.is(reads, 3);
});

test('nothing that stays is skipped or comes twice while the list loses items between pages', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 10 }),
      fc.array(fc.array(fc.nat(59), { maxLength: 8 }), { maxLength: 12 }),
      async (size, losses) => {
        let all = items(0, 60);
        let reads = 0;
        const read = async (from: number, n: number) => {
          const lost = new Set(losses[reads++ - 1] ?? []);
          all = all.filter(({ id }) => !lost.has(id));
          return all.slice(from, from + n);
        };
        const ids = await idsOf(pages(read, size));
        t.is(new Set(ids).size, ids.length);
        // One page back is looked at again: a loss of more than that between two pages cannot be told.
        const fewLost = losses.every((lost) => lost.length < size - 1);
        if (fewLost) for (const { id } of all) t.true(ids.includes(id), `skipped ${id}`);
      },
    ),
  );
});

test('a server that answers everything whatever is asked is walked once', async (t) => {
  const all = items(0, 30);
  let reads = 0;
  t.is((await idsOf(pages(async () => (reads++, all), 10))).length, 30);
  t.is(reads, 2);
});

test('a page size that is none is refused', async (t) => {
  for (const size of [0, -1, 1.5, NaN]) {
    await t.throwsAsync(pages(async () => [], size).next(), { instanceOf: ConfigError });
  }
});
