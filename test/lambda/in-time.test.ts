// Over real sockets, in real time: a server that takes a request and says nothing. This file imports no nock.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createSubmitHandler, type RunAnswer } from '../../src/lambda/index.js';
import { openServices } from '../../src/lambda/open-services.js';

test('a function answers before its own limit, and leaves no connection open', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-lambda-'));
  const sockets = new Set<Socket>();
  let isPosted = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    socket.on('data', (bytes) => {
      if (bytes.toString().startsWith('POST'))
        isPosted = true; // and nothing is said
      else socket.end('HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  const env = { LIVYWIRE_URL: `http://127.0.0.1:${port}`, LIVYWIRE_LEDGER: folder };
  const submit = createSubmitHandler({ env, open: (wishes) => openServices(wishes, env), write: () => undefined });
  const until = Date.now() + 9_000; // of which it leaves two; a busy machine takes its time to come to the request
  const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => until - Date.now() };
  const answer = (await submit({ job: { file: 's3://jobs/etl.py' }, key: 'k' }, context)) as RunAnswer;
  t.true(isPosted);
  t.true(Date.now() < until);
  t.is(answer.next, 'submit');
  t.is(answer.ref?.key, 'k');
  for (let tries = 0; sockets.size > 0 && tries < 100; tries++) await new Promise((done) => setTimeout(done, 20));
  t.is(sockets.size, 0);
});

test('a function without a ledger, or with a way that needs ssh, says so before it asks anybody', async (t) => {
  const event = { job: { file: 's3://jobs/etl.py' }, key: 'k' };
  for (const [env, message] of [
    [{ LIVYWIRE_URL: 'http://127.0.0.1:1' }, /^LIVYWIRE_LEDGER: is not set/],
    [{ LIVYWIRE_URL: 'http://127.0.0.1:1', LIVYWIRE_LEDGER: 's3://b/l', LIVYWIRE_VIA: 'ssh:host' }, /^LIVYWIRE_VIA: /],
    [{ LIVYWIRE_LEDGER: 's3://b/l' }, /^No Livy address/],
  ] as const) {
    const submit = createSubmitHandler({ env, open: (wishes) => openServices(wishes, env), write: () => undefined });
    await t.throwsAsync(submit(event), { name: 'ConfigError', message });
  }
});
