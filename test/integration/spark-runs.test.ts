import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { fileLedger, type RunEvent } from '../../src/index.js';
import { useLocalLivy } from '../helpers/local-livy.js';

const livy = useLocalLivy(test);

const sum = `
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("the sum is", spark.sparkContext.parallelize(range(1000), 2).sum())
if "fail" in sys.argv:
    raise ValueError("no rows for " + sys.argv[-1])
spark.stop()
`;
const nap = `
import time
print("asleep", flush=True)
time.sleep(300)
`;

test('a job that succeeds is shown line by line and ends as succeeded', async (t) => {
  const lw = livy().connect();
  const run = await lw.submit({ file: await livy().job('sum.py', sum) }, { key: 'sum' });
  t.is(run.how, 'started');
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  const lines = events.flatMap((event) => (event.type === 'line' ? [event] : []));
  t.deepEqual(
    lines.filter(({ text }) => text.startsWith('the sum')).map(({ stream, text }) => `${stream} ${text}`),
    ['stdout the sum is 499500'],
  );
  const last = events.at(-1);
  t.true(last?.type === 'outcome' && last.outcome.kind === 'succeeded');

  const again = await lw.submit({ file: await livy().job('sum.py', sum) }, { key: 'sum' });
  t.is(again.how, 'adopted');
  t.deepEqual(again.ref, run.ref);
  t.is((await again.wait()).kind, 'succeeded');
  await lw.close();
});

test('a job that fails ends as failed with its own words, and a new attempt is a batch of its own', async (t) => {
  const lw = livy().connect();
  const spec = { file: await livy().job('sum.py', sum), args: ['fail', '2026-11-01'] };
  const run = await lw.submit(spec, { key: 'bad day' });
  const outcome = await run.wait();
  if (outcome.kind !== 'failed') return t.fail(`ended as ${outcome.kind}`);
  t.is(outcome.diagnosis.code, 'PYTHON_EXCEPTION');
  t.is(outcome.diagnosis.title, 'ValueError: no rows for 2026-11-01 (sum.py:7)');
  t.is((await (await lw.submit(spec, { key: 'bad day' })).wait()).kind, 'failed');
  const retry = await lw.submit(spec, { key: 'bad day', retryOf: 'failed' });
  t.is(retry.how, 'started');
  t.is(retry.ref.attempt, 2);
  t.not(retry.ref.id, run.ref.id);
  t.is((await retry.cancel()).ref.attempt, 2);
  await lw.close();
});

test('a running job is stopped, by another process that only has the ledger', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-ledger-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const lw = livy().connect({ ledger: fileLedger(folder) });
  const run = await lw.submit({ file: await livy().job('nap.py', nap) }, { key: 'nap' });
  for await (const event of run.events()) if (event.type === 'line' && event.text === 'asleep') break;

  const other = livy().connect({ ledger: fileLedger(folder) });
  const outcome = await (await other.find('nap')).cancel();
  t.is(outcome.kind, 'cancelled');
  t.true(outcome.kind === 'cancelled' && outcome.by === 'livywire');
  t.is((await run.wait()).kind, 'cancelled');
  await Promise.all([lw.close(), other.close()]);
});

test('a job that is stopped right after its submit is stopped', async (t) => {
  const lw = livy().connect();
  const run = await lw.submit({ file: await livy().job('nap.py', nap) });
  t.is((await run.cancel()).kind, 'cancelled');
  await lw.close();
});
