import { once } from 'node:events';
import net from 'node:net';
import type { ExecutionContext } from 'ava';
import { track } from './sockets.js';

/** A bare TCP server on 127.0.0.1 for answers that no HTTP library would give. Gone with its test. */
export async function rawServer(
  t: Pick<ExecutionContext, 'teardown'>,
  serve: (socket: net.Socket, connection: number) => void,
): Promise<{ readonly port: number; readonly url: string }> {
  let connections = 0;
  const server = net.createServer((socket) => serve(socket, ++connections));
  t.teardown(track(server));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}

/** A port of 127.0.0.1 where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
