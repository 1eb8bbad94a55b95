import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { LivyBackend, LivyClient } from '../../src/livy/index.js';
import type { BackendWorld } from './backend-contract.js';
import { fastClock } from './fast-clock.js';
import { askUntil } from './livy-rest.js';

/** A real Livy answers in its own time: a settle time of a minute is six seconds here. */
const TIMES = 10;

/** A real Livy whose jobs end when the test says so, behind a way on which a POST can be lost, or its answer. */
export async function heldLivy(t: ExecutionContext, livy: string): Promise<BackendWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-held-'));
  const launched = (name: string): number => readdirSync(folder).filter((one) => one.startsWith(`${name}.`)).length;
  const troubles: ('reply-lost' | 'request-lost' | 'busy')[] = [];
  const taken: string[] = [];

  const pass = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of from) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isPost = from.method === 'POST' && from.url?.startsWith('/batches') === true;
    const trouble = isPost ? troubles.shift() : undefined;
    if (trouble === 'request-lost') return void from.socket.resetAndDestroy();
    if (trouble === 'busy') {
      // In the words of 0.7.1.
      to.writeHead(400, { 'content-type': 'application/json' });
      to.end(JSON.stringify({ msg: 'Rejected, too many sessions are being created!' }));
      return;
    }
    const onward = request(new URL(from.url ?? '/', livy), { method: from.method, headers: from.headers });
    onward.on('error', () => to.destroy());
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    if (isPost && answer.statusCode === 201) taken.push((JSON.parse(body.toString('utf8')) as { name: string }).name);
    if (trouble === 'reply-lost') {
      answer.resume();
      from.socket.resetAndDestroy();
      return;
    }
    to.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(to);
  };
  const server = createServer((from, to) => void pass(from, to).catch(() => to.destroy())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new LivyClient({ url: livy });

  t.teardown(async () => {
    for (const name of new Set(taken)) await client.batches.delete(name).catch(() => undefined);
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    clock: fastClock(TIMES),
    args: [`hold=${folder}`],
    open: () => new LivyBackend(new LivyClient({ url })),
    taken: (name) => taken.filter((one) => one === name).length,
    failNext: (how) => troubles.push(how),
    end: async (name, how) => {
      await writeFile(join(folder, name), how === 'succeeded' ? '0\n' : '1\n');
      await askUntil(
        () => client.batches.get(name),
        ({ state }) => state === 'success' || state === 'dead',
      );
      t.is(launched(name), 1);
    },
  };
}
