import { readFile } from 'node:fs/promises';
import test from 'ava';
import { killServer, startServer } from '../../src/local/index.js';
import { type EndedStage, type Livywire, memoryLedger, type RunProgress, type RunWaiting } from '../../src/index.js';
import { useLocalLivy } from '../helpers/local-livy.js';

// What EMR is: Livy over YARN in cluster mode. How runs go on, why they wait, how they end.
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

const job = `
import sys, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
time.sleep(float(sys.argv[1]))
if sys.argv[2:]: raise ValueError(sys.argv[2])
spark.stop()
`;
// One driver, so that a failure is not tried a second time by YARN.
const conf = { 'spark.yarn.maxAppAttempts': '1' };

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
  const { nodes } = await json<{ nodes: { node: { usedMemoryMB: number; availMemoryMB: number }[] } }>(
    `${behind().resourceManager}/ws/v1/cluster/nodes`,
  );
  // With its overhead more than half of the node, whatever of the run before is still being cleared away: no second one fits.
  const { usedMemoryMB = 0, availMemoryMB = 0 } = nodes.node[0] ?? {};
  const driverMemory = `${Math.floor((usedMemoryMB + availMemoryMB) * 0.55)}m`;
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
  t.regex(
    told?.summary ?? '',
    /^ACCEPTED \d+[sm] · queue default \d+ % used · .*largest: livywire-[0-9a-f]+-a1 100 %$/,
  );
  t.true(told?.causes.some((cause) => ['CLUSTER_FULL', 'QUEUE_FULL', 'AM_LIMIT'].includes(cause)));
  t.is((await waiter.status()).waiting?.queue?.largest?.appId, holder.ref.appId);
  await Promise.all([waiter.cancel(), holder.cancel()]);
  await lw.close();
});

test('the end of a run is what YARN says, with what it used', async (t) => {
  const lw = connect();
  const file = await livy().job('job.py', job);
  const good = await lw.submit({ file, args: ['1'], conf });
  const bad = await lw.submit({ file, args: ['1', 'no rows'], conf });
  const [won, lost] = await Promise.all([good.wait(), bad.wait()]);
  t.is(won.kind, 'succeeded');
  t.is(lost.kind, 'failed');
  for (const { ref, evidence, usage } of [won, lost]) {
    t.regex(ref.appId ?? '', /^application_\d+_\d+$/);
    t.is(evidence.at(-1)?.source, 'yarn');
    t.true((usage?.memoryMbSeconds ?? 0) > 0);
  }
  await lw.close();
});

test('a run is stopped while it is starting, before its application is known', async (t) => {
  const lw = connect();
  const run = await lw.submit({ file: await livy().job('job.py', job), args: ['300'], conf });
  t.is(run.ref.appId, undefined);
  t.is((await run.status()).raw, 'starting');
  const outcome = await run.cancel();
  t.is(outcome.kind, 'cancelled');
  await lw.close();
});

test('a run goes on without Livy, and so does the watching', async (t) => {
  const lw = connect();
  const run = await lw.submit({ file: await livy().job('job.py', job), args: ['10'], conf });
  for await (const { state, appId } of run.watch()) if (state === 'running' && appId !== undefined) break;
  await killServer({ ...livy().places, signal: 'SIGKILL' });
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded');

  const other = await t.throwsAsync(lw.submit({ file: '/anything.py' }), { name: 'UnreachableError' });
  t.is((other as { reached?: string } | undefined)?.reached, 'no');
  await startServer(livy().places);
  await lw.close();
});
