import { request } from 'node:http';
import test from 'ava';
import { JobRefusedError, LivyClient, type RunEvent, RunNotFoundError } from '../../src/index.js';
import { killServer, startServer } from '../../src/local/index.js';
import { backendContract } from '../helpers/backend-contract.js';
import { heldLivy } from '../helpers/held-livy.js';
import { askUntil } from '../helpers/livy-rest.js';
import { useLocalLivy } from '../helpers/local-livy.js';
import { socksServer } from '../helpers/socks-server.js';

// spark-submit's stand-in: what is tested here is Livy's own behaviour.
const livy = useLocalLivy(test, { stub: true });

test('a run is found by key, name, batch id and ref, and a name is accepted once', async (t) => {
  const lw = livy().connect();
  const file = await livy().job('job.py', '');
  const run = await lw.submit({ file, args: ['sleep=60'] }, { key: 'names' });
  const client = new LivyClient({ url: livy().url });
  t.is(run.ref.id, String((await client.batches.get(run.ref.name)).id));
  for (const word of ['names', run.ref.name, `livy:${run.ref.id}`]) t.is((await lw.find(word)).ref.id, run.ref.id);
  await t.throwsAsync(client.batches.create({ file, name: run.ref.name }), { message: /Duplicate session name/ });

  // Another ledger knows nothing of it; the name does.
  const bare = lw.attach({ ...run.ref, key: 'elsewhere' });
  t.is(
    (
      await askUntil(
        () => bare.status(),
        ({ state }) => state !== 'waiting',
      )
    ).state,
    'running',
  );
  t.is((await run.cancel()).kind, 'cancelled');
  await lw.close();
});

test('a refused job leaves no zombie behind, and may be corrected under the same key', async (t) => {
  const lw = livy().connect();
  const client = new LivyClient({ url: livy().url });
  const refused = await t.throwsAsync(lw.submit({ file: '/etc/hosts' }, { key: 'correct me' }));
  t.true(refused instanceof JobRefusedError, String(refused));
  t.regex(refused.message, /Local path \/etc\/hosts cannot be added/);
  for await (const batch of client.batches.list()) t.not(batch.state, 'starting');

  const run = await lw.submit({ file: await livy().job('job.py', '') }, { key: 'correct me' });
  t.is(run.how, 'started');
  t.is((await run.wait()).kind, 'succeeded');
  await lw.close();
});

test("another's zombie is left alone", async (t) => {
  const client = new LivyClient({ url: livy().url });
  await post(livy().url, { file: 'relative.py', name: 'somebody-elses' });
  t.is((await client.batches.get('somebody-elses')).state, 'starting');
  const lw = livy().connect();
  await (await lw.submit({ file: await livy().job('job.py', '') })).wait();
  t.is((await client.batches.get('somebody-elses')).state, 'starting');
  await client.batches.delete('somebody-elses');
  await lw.close();
});

test('lines that the ring lost are told, none is repeated or invented', async (t) => {
  const lw = livy().connect();
  const run = await lw.submit({ file: await livy().job('job.py', ''), args: ['lines=10000', 'sleep=2'] });
  let at = 0;
  let gaps = 0;
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  // The ring had turned before the first look: a second one is what shows that, so it is said after the first lines.
  let uncounted = events.filter((event) => event.type === 'notice' && event.text.includes('may be gone')).length;
  for (const event of events) {
    if (event.type === 'gap') {
      gaps++;
      if (event.lines === undefined) uncounted++;
      else at += event.lines;
    }
    if (event.type !== 'line' || event.stream !== 'stdout') continue;
    const n = Number(/^line (\d+)$/.exec(event.text)?.[1]);
    if (uncounted > 0) t.true(n > at, `${event.text} came after line ${at}`);
    else t.is(n, at + 1);
    at = n;
  }
  t.is(at, 10_000);
  t.true(gaps + uncounted > 0, 'a ring of 200 lines cannot have held 10,000');
  await lw.close();
});

test('a proxy that alone can resolve the server is enough', async (t) => {
  const { port } = new URL(livy().url);
  const socks = await socksServer({ names: { 'livy.private:8998': { host: '127.0.0.1', port: Number(port) } } });
  t.teardown(() => socks.close());
  const lw = livy().connect({
    url: 'http://livy.private:8998',
    network: { proxy: `socks5h://127.0.0.1:${socks.port}` },
  });
  const run = await lw.submit({ file: await livy().job('job.py', ''), args: ['lines=3'] });
  const lines: string[] = [];
  for await (const event of run.events()) if (event.type === 'line') lines.push(event.text);
  t.deepEqual(lines, ['line 1', 'line 2', 'line 3']);
  t.true(socks.asked.every((name) => name === 'livy.private:8998') && socks.asked.length > 0);
  await lw.close();
});

// Last: it takes Livy's memory away.
test("after a restart a reused batch id is not taken for the run's own", async (t) => {
  const lw = livy().connect({ waits: { lostAfterMs: 3_000, settleMs: 3_000 } });
  const file = await livy().job('job.py', '');
  const client = new LivyClient({ url: livy().url });
  await killServer({ ...livy().places, signal: 'SIGKILL' });
  await startServer(livy().places);
  const run = await lw.submit({ file, args: ['sleep=1'] }, { key: 'the first' });
  await killServer({ ...livy().places, signal: 'SIGKILL' });
  await startServer(livy().places);
  const stranger = await client.batches.create({ file, args: ['sleep=60'], name: 'stranger' });
  t.is(run.ref.id, String(stranger.id));

  await t.throwsAsync(run.status(), { instanceOf: RunNotFoundError });
  const outcome = await run.wait();
  t.is(outcome.kind, 'lost');
  t.true(outcome.evidence.some(({ source, answer }) => source === 'livy' && answer === 'no record'));
  await run.cancel();
  t.is((await client.batches.get('stranger')).state, 'running', 'nobody else was stopped');
  await client.batches.delete('stranger');
  await lw.close();
});

/** Past our own client, which checks what it sends. */
function post(url: string, body: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-requested-by': 'test' };
    const req = request(`${url}/batches`, { method: 'POST', headers }, (res) => {
      res.resume();
      res.on('end', () => resolve(res.statusCode ?? 0));
    });
    req.on('error', reject);
    req.end(JSON.stringify(body));
  });
}

// What every backend promises (test/backends), of the server itself.
backendContract('a real Livy', (t) => heldLivy(t, livy().url));
