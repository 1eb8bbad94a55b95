import test from 'ava';
import { LivyClient, memoryLedger } from '../../src/index.js';
import { useLocalLivy } from '../helpers/local-livy.js';

// Livy's garbage collection runs once a minute.
const livy = useLocalLivy(test, { stub: true, conf: { 'livy.server.session.state-retain.sec': '1s' } });

test('what Livy has forgotten is lost unless somebody saw the end, and never failed or succeeded', async (t) => {
  const ledger = memoryLedger();
  const lw = livy().connect({ ledger, waits: { lostAfterMs: 5_000, settleMs: 5_000 } });
  const file = await livy().job('job.py', '');
  const seen = await lw.submit({ file }, { key: 'seen' });
  const unseen = await lw.submit({ file }, { key: 'unseen' });
  t.is((await seen.wait()).kind, 'succeeded');

  const client = new LivyClient({ url: livy().url });
  const isThere = async (name: string) => {
    for await (const batch of client.batches.list()) if (batch.name === name) return true;
    return false;
  };
  while ((await isThere(seen.ref.name)) || (await isThere(unseen.ref.name))) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }

  // Our own submit under the old key still sends nothing.
  const again = await lw.submit({ file }, { key: 'seen' });
  t.is(again.how, 'adopted');
  t.is((await again.wait()).kind, 'succeeded');
  t.false(await isThere(seen.ref.name));

  const outcome = await unseen.wait();
  t.is(outcome.kind, 'lost');
  t.deepEqual(
    outcome.evidence.map(({ source }) => source).filter((source, i, all) => all.indexOf(source) === i),
    ['livy', 'ledger'],
  );
  t.is((await (await lw.submit({ file }, { key: 'unseen', retryOf: 'failed' })).wait()).kind, 'lost');
  const retry = await lw.submit({ file }, { key: 'unseen', retryOf: 'lost' });
  t.is(retry.ref.attempt, 2);
  t.is((await retry.wait()).kind, 'succeeded');
  await lw.close();
});
