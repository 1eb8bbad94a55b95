import { readFile } from 'node:fs/promises';
import test from 'ava';
import { type EndedStage, type Livywire, memoryLedger, type RunProgress, type RunWaiting } from '../../src/index.js';
import { useLocalLivy } from '../helpers/local-livy.js';

// Progress and waiting on a real YARN, in cluster mode.
const livy = useLocalLivy(test, { yarn: true });

function behind() {
  const { behind: servers } = livy().instance;
  if (!servers) throw new Error('an instance with YARN says where YARN is');
  return servers;
}
const connect = (): Livywire =>
  livy().connect({
    ledger: memoryLedger(),
    yarn: { url: behind().resourceManager },
    historyUrl: behind().sparkHistory,
  });
const sample = async (name: string): Promise<string> =>
  livy().job(name, await readFile(new URL(`../../jobs/${name}`, import.meta.url), 'utf8'));

const json = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;

interface Stage {
  readonly status: string;
  readonly stageId: number;
  readonly numCompleteTasks: number;
}

test('the final counts are those of the History Server, each stage is told once, and what runs is shown', async (t) => {
  const lw = connect();
  const run = await lw.submit({ file: await sample('stages.py'), args: ['0.5', '16'], numExecutors: 1 });
  const seen: RunProgress[] = [];
  let end: RunProgress | undefined;
  let isLast = false;
  for await (const event of run.events()) {
    t.false(isLast, 'the outcome is the last event');
    if (event.type === 'progress') seen.push(event.progress);
    if (event.type !== 'outcome') continue;
    isLast = true;
    t.is(event.outcome.kind, 'succeeded');
    end = event.outcome.progress;
  }
  const app = `${behind().sparkHistory}/api/v1/applications/${run.ref.appId ?? ''}`;
  const stages = await json<Stage[]>(`${app}/1/stages`);
  const done = stages.filter(({ status }) => status === 'COMPLETE');
  t.is(end?.complete, true);
  t.is(end?.source, 'history-server');
  t.is(end?.stages.done, done.length);
  t.is(end?.stages.skipped, stages.filter(({ status }) => status === 'SKIPPED').length);
  t.is(
    end?.tasks.done,
    done.reduce((sum, stage) => sum + stage.numCompleteTasks, 0),
  );
  t.true((end?.bytes?.shuffleWrite ?? 0) > 0);

  const ended: EndedStage[] = seen.flatMap((one) => one.ended ?? []);
  t.deepEqual(
    ended.map(({ id }) => id).sort((a, b) => a - b),
    done.map(({ stageId }) => stageId).sort((a, b) => a - b),
  );
  t.true(seen.some(({ source, active }) => source === 'driver' && active.length > 0));
  for (const [i, { tasks }] of seen.entries()) t.true(tasks.done >= (seen[i - 1]?.tasks.done ?? 0));
  await lw.close();
});

test('a run that finds no room says why it waits', async (t) => {
  const lw = connect();
  const { nodes } = await json<{ nodes: { node: { availMemoryMB: number }[] } }>(
    `${behind().resourceManager}/ws/v1/cluster/nodes`,
  );
  // With its overhead more than half of the node: no second one fits.
  const driverMemory = `${Math.floor((nodes.node[0]?.availMemoryMB ?? 0) * 0.55)}m`;
  const spec = { file: await sample('sleep.py'), args: ['300'], driverMemory };
  const holder = await lw.submit({ ...spec, name: 'holder' });
  for await (const { state } of holder.watch()) if (state === 'running') break;
  const waiter = await lw.submit(spec);
  let told: RunWaiting | undefined;
  for await (const event of waiter.events({ timeoutMs: 240_000 })) {
    if (event.type !== 'waiting') continue;
    told = event.waiting;
    break;
  }
  t.is(told?.raw, 'ACCEPTED');
  t.regex(told?.summary ?? '', /^ACCEPTED \d+s · queue default \d+ % used · .*largest: livywire-[0-9a-f]+-a1 100 %$/);
  t.true(told?.causes.some((cause) => ['CLUSTER_FULL', 'QUEUE_FULL', 'AM_LIMIT'].includes(cause)));
  t.is((await waiter.status()).waiting?.queue?.largest?.appId, holder.ref.appId);
  await Promise.all([waiter.cancel(), holder.cancel()]);
  await lw.close();
});
