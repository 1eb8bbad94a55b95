import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KillingProxy {
  readonly url: string;
  close(): void;
}

/**
 * A way to Livy on which the first request for a batch arrives and is acted on, while its answer never comes: `kill` ends the
 * process that waits for it. All others pass.
 */
export async function killingProxy(livy: string, kill: () => Promise<void>): Promise<KillingProxy> {
  let killed = false;
  const server = createServer((from, to) => {
    const onward = request(new URL(from.url ?? '/', livy), { method: from.method, headers: from.headers }, (answer) => {
      const isFirst = from.method === 'POST' && from.url === '/batches' && !killed;
      if (!isFirst) {
        to.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(to);
        return;
      }
      killed = true;
      answer.resume();
      void kill().finally(() => to.destroy());
    });
    onward.on('error', () => to.destroy());
    from.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
