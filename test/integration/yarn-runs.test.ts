import test from 'ava';
import { killServer, startServer } from '../../src/local/index.js';
import { type Livywire, memoryLedger } from '../../src/index.js';
import { useLocalLivy } from '../helpers/local-livy.js';

// What EMR is: Livy over YARN in cluster mode.
const livy = useLocalLivy(test, { yarn: true });

function connect(): Livywire {
  const { behind } = livy().instance;
  if (!behind) throw new Error('an instance with YARN says where YARN is');
  return livy().connect({
    ledger: memoryLedger(),
    yarn: { url: behind.resourceManager },
    historyUrl: behind.sparkHistory,
  });
}

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
