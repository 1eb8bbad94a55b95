import test from 'ava';
import { itemsOf } from '../helpers/log-readers.js';
import { openLog, ref } from './log-cluster.js';

const executors = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `container_1795406199772_0016_01_${String(i + 2).padStart(6, '0')}`);

/** Readings one second apart, as a follower makes them; what each asked the nodes. */
async function follow(t: Parameters<typeof openLog>[0], count: number, seconds: number) {
  const { cluster, clock, reader } = await openLog(t, { executors: true, stream: 'stderr' });
  cluster.containers = executors(count);
  cluster.files[0] = { stdout: '', stderr: 'hello\n' };
  const asked: number[] = [];
  const said = new Map<string, number>();
  for (let i = 0; i < seconds; i++) {
    cluster.asked.length = 0;
    for (const item of await itemsOf(reader.read(ref))) {
      if (item.type === 'line') said.set(item.source, (said.get(item.source) ?? 0) + 1);
    }
    asked.push(cluster.asked.filter(({ path }) => path.includes('/ws/v1/node/')).length);
    await clock.sleep(1_000);
  }
  return { cluster, clock, reader, asked, said };
}

test('of many executors each has its turn, and never more than 25 are asked at once', async (t) => {
  const { asked, said } = await follow(t, 60, 4);
  t.true(Math.max(...asked) <= 25, asked.join());
  t.deepEqual([...said.keys()].sort(), executors(60));
  t.true([...said.values()].every((lines) => lines === 1));
});

test('an executor that says nothing is asked ever more rarely, and every second again once it speaks', async (t) => {
  const { cluster, clock, reader, asked } = await follow(t, 1, 40);
  const sum = (of: readonly number[]) => of.reduce((all, one) => all + one, 0);
  t.true(sum(asked.slice(0, 5)) >= 3, asked.join());
  t.true(sum(asked.slice(20)) <= 3, asked.join());
  cluster.files[0] = { stdout: '', stderr: 'hello\nagain\n' };
  await clock.sleep(30_000);
  t.is((await itemsOf(reader.read(ref))).length, 1);
  await clock.sleep(1_000);
  cluster.asked.length = 0;
  await itemsOf(reader.read(ref));
  t.true(cluster.asked.some(({ path }) => path.includes('/ws/v1/node/')));
});

test('the logs as they stand now are read of all executors, whosever turn it is', async (t) => {
  const { cluster, reader } = await openLog(t, { executors: true, stream: 'stderr' });
  cluster.containers = executors(40);
  cluster.files[0] = { stdout: '', stderr: 'hello\n' };
  const items = await itemsOf(reader.finish(ref));
  t.is(items.filter(({ type }) => type === 'line').length, 40);
});

test('a ResourceManager that is out of reach at the end does not keep the rest of the logs from being read', async (t) => {
  const { cluster, reader } = await follow(t, 2, 2);
  cluster.isBlind = true;
  cluster.nodes[0] = 'unknown';
  cluster.collected = [{ stderr: 'hello\nthe end\n' }];
  const items = await itemsOf(reader.finish(ref));
  t.is(items.filter((item) => item.type === 'line' && item.text === 'the end').length, 2);
});
