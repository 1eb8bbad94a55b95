// Two ResourceManagers and a failover between them, under a real Livy: how livywire reads a pair while one of it is killed.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createLivywire, memoryLedger } from '../../src/index.js';
import { packageRoot } from '../../src/local/index.js';
import { ask } from '../helpers/livy-rest.js';
import { startYarnPair, type YarnPair } from '../helpers/yarn-pair.js';

let folder = '';
let pair: YarnPair;
const job = join(packageRoot(), 'jobs', 'sleep.py');

test.before(async (t) => {
  t.timeout(900_000); // the first one fetches everything
  folder = await mkdtemp(join(tmpdir(), 'livywire-pair-'));
  pair = await startYarnPair(folder);
});
test.after.always(async () => {
  await pair?.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** As YARN itself has it, once somebody is active. */
async function applicationsOf(name: string): Promise<readonly { readonly id: string; readonly finalStatus: string }[]> {
  const list = `${await pair.active()}/ws/v1/cluster/apps?applicationTags=${name}`;
  const { apps } = (await ask(list)) as { apps: { app?: { id: string; finalStatus: string }[] } | null };
  return apps?.app ?? [];
}

const client = (livy: string) => createLivywire({ url: livy, yarn: { url: pair.urls }, ledger: memoryLedger() });

test.serial('the active one is killed while a job runs: its end is read at the other one', async (t) => {
  t.timeout(300_000);
  const lw = client(pair.instance.url);
  const run = await lw.submit({ file: job, args: ['10'] }, { key: 'running' });
  const first = await pair.active();
  let back: Promise<void> | undefined;
  for await (const { state, source } of run.watch({ maxDelayMs: 2_000 })) {
    if (state !== 'running' || source !== 'yarn' || back) continue;
    await pair.kill(first);
    t.not(await pair.active(), first);
    back = pair.start(first);
  }
  t.truthy(back);
  await back;
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded', JSON.stringify(outcome));
  t.true(outcome.evidence.some(({ source, answer }) => source === 'yarn' && answer.startsWith('FINISHED')));
  t.deepEqual(
    (await applicationsOf(run.ref.name)).map(({ id, finalStatus }) => [id, finalStatus]),
    [[outcome.ref.appId, 'SUCCEEDED']],
  );
  await lw.close();
});

test.serial('the active one is killed between the POST and the word on it: one application', async (t) => {
  t.timeout(300_000);
  const first = await pair.active();
  const livy = await losingFirstPost(t, () => pair.kill(first));
  const lw = client(livy);
  const run = await lw.submit({ file: job, args: ['1'] }, { key: 'posting' });
  t.is(run.how, 'started');
  const outcome = await run.wait({ maxDelayMs: 2_000 });
  t.is(outcome.kind, 'succeeded', JSON.stringify(outcome));
  t.not(await pair.active(), first);
  t.deepEqual(
    (await applicationsOf(run.ref.name)).map(({ id, finalStatus }) => [id, finalStatus]),
    [[outcome.ref.appId, 'SUCCEEDED']],
  );
  await lw.close();
});

/** Livy behind a proxy: it acts on the first POST, whose answer is lost while something else happens. */
async function losingFirstPost(t: ExecutionContext, meanwhile: () => Promise<void>): Promise<string> {
  let isLost = false;
  const server = createServer((request, response) => {
    const onward = send(
      new URL(request.url ?? '', pair.instance.url),
      { method: request.method, headers: request.headers },
      (answer) => {
        if (request.method === 'POST' && !isLost) {
          isLost = true;
          answer.resume();
          void meanwhile().finally(() => request.socket.destroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
