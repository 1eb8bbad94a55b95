import { readFile } from 'node:fs/promises';
import test from 'ava';
import type { RunProgress } from '../../src/index.js';
import { useLocalLivy } from '../helpers/local-livy.js';

// Progress without YARN: from the driver on Livy's own host.
const livy = useLocalLivy(test);

test('without YARN the driver is asked where its log says that it listens, and the counts are whole', async (t) => {
  const lw = livy().connect();
  const source = await readFile(new URL('../../jobs/stages.py', import.meta.url), 'utf8');
  const run = await lw.submit({ file: await livy().job('stages.py', source), args: ['0.5', '16'] });
  const seen: RunProgress[] = [];
  let end: RunProgress | undefined;
  for await (const event of run.events()) {
    if (event.type === 'progress') seen.push(event.progress);
    if (event.type === 'outcome') end = event.outcome.progress;
  }
  t.true(seen.some(({ source: who, active }) => who === 'driver' && active.length > 0));
  for (const [i, { tasks }] of seen.entries()) t.true(tasks.done >= (seen[i - 1]?.tasks.done ?? 0));
  const ids = seen.flatMap((one) => one.ended ?? []).map(({ id }) => id);
  t.deepEqual(ids, [...new Set(ids)], 'no stage is told twice');
  // The driver's last words are a race with its end, and its log may lose lines: never more than there were.
  t.true((end?.stages.done ?? 0) >= 3 && (end?.stages.done ?? 0) <= 6, JSON.stringify(end));
  t.true((end?.tasks.done ?? 0) <= 16 * 3 + 8 * 2 + 1);
  await lw.close();
});
