import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LocalError } from './errors.js';

// Below the ranges that systems hand out to outgoing connections (32768 up on Linux, 49152 up elsewhere), so that
// none of those takes the port between our look and the server's bind.
const lowest = 18_000;
const highest = 32_000;

/** Whether nobody listens there. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

/** Ports of 127.0.0.1 that nobody listens on, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries++) {
    if (tries > 1_000) throw new LocalError(`No ${count} free ports were found on 127.0.0.1`);
    const port = randomInt(lowest, highest);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}
