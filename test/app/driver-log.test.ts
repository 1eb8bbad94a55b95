import test from 'ava';
import { createLivywire } from '../../src/app/index.js';
import { basicAuth } from '../../src/http/index.js';
import { memoryLedger } from '../../src/run/index.js';
import { ref, serveCluster } from '../hadoop/log-cluster.js';

/** Over one socket: YARN's servers by the names that they give each other. */
async function livywire(t: Parameters<typeof serveCluster>[0]) {
  const { cluster, base } = await serveCluster(t);
  const { host } = new URL(base);
  const lw = createLivywire({
    url: 'http://livy.example:8998',
    auth: basicAuth('etl', 'the password of Livy'),
    headers: { 'X-Secret': 'for Livy only' },
    ledger: memoryLedger(),
    yarn: { url: 'http://rm.example:8088', user: 'etl' },
    network: { map: [`*.example=${host}`] },
  });
  t.teardown(() => lw.close());
  return { cluster, run: lw.attach(ref) };
}

test("the driver's log is read through the host map, and Livy's credentials go to none of YARN's servers", async (t) => {
  const { cluster, run } = await livywire(t);
  cluster.files[0] = { stdout: 'hello\n', stderr: '' };
  cluster.nodes[0] = 'unknown';
  cluster.isOver = true;
  cluster.collected = cluster.files;
  const seen = [];
  for await (const event of run.logs()) seen.push(event.type === 'line' ? event.text : event);
  t.deepEqual(seen, ['hello']);
  const behind = cluster.asked.filter(({ to }) => !to.startsWith('livy.'));
  t.deepEqual([...new Set(behind.map(({ to }) => to))].sort(), [
    'history.example:19888',
    'node.example:8042',
    'rm.example:8088',
  ]);
  for (const { headers } of behind) t.like(headers, { authorization: undefined, 'x-secret': undefined });
});

test('one who reads what the driver printed is not shown what spark-submit said', async (t) => {
  const { cluster, run } = await livywire(t);
  cluster.files[0] = { stdout: 'hello\n', stderr: '' };
  for await (const event of run.logs()) t.like(event, { type: 'line', text: 'hello', driver: 1 });
  t.false(cluster.asked.some(({ to }) => to.startsWith('livy.')));
});
