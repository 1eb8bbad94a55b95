import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Gives a connection to a host and port of the far end. Rejects where there is none. */
export type Dial = (host: string, port: number) => Promise<Socket>;

const VERSION = 5;
const NO_CREDENTIALS = 0;
const CONNECT = 1;
const FAILED = 1;
const NOT_SUPPORTED = 7;
const NAME = 3;
const IPV4 = 1;
const IPV6 = 4;

const reply = (code: number): Buffer => Buffer.from([VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0]);

/** A SOCKS5 proxy on 127.0.0.1 whose connections somebody else makes (RFC 1928: CONNECT, no credentials). */
export class SocksFront {
  readonly proxy: string;
  readonly #server: Server;
  readonly #clients: Set<Socket>;

  private constructor(server: Server, clients: Set<Socket>) {
    this.#server = server;
    this.#clients = clients;
    this.proxy = `socks5h://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(dial: Dial): Promise<SocksFront> {
    const clients = new Set<Socket>();
    const server = createServer((client) => {
      clients.add(client);
      client.once('close', () => clients.delete(client));
      serve(client, dial).catch(() => client.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    server.unref();
    return new SocksFront(server, clients);
  }

  close(): void {
    this.#server.close();
    for (const client of this.#clients) client.destroy();
  }
}

async function serve(client: Socket, dial: Dial): Promise<void> {
  client.on('error', () => client.destroy());
  const [, methods = 0] = await bytes(client, 2);
  await bytes(client, methods);
  client.write(Buffer.from([VERSION, NO_CREDENTIALS]));
  const [, command, , kind = 0] = await bytes(client, 4);
  const host = await hostOf(client, kind);
  const port = (await bytes(client, 2)).readUInt16BE();
  if (command !== CONNECT || host === undefined) return void client.end(reply(NOT_SUPPORTED));
  const target = await dial(host, port).catch(() => undefined);
  if (!target) return void client.end(reply(FAILED));
  if (client.destroyed) return void target.destroy();
  target.on('error', () => client.destroy());
  for (const [one, other] of [
    [client, target],
    [target, client],
  ] as const)
    one.once('close', () => other.destroy());
  client.write(reply(0));
  client.pipe(target).pipe(client);
}

async function hostOf(client: Socket, kind: number): Promise<string | undefined> {
  if (kind === IPV4) return [...(await bytes(client, 4))].join('.');
  if (kind === IPV6) return (await bytes(client, 16)).toString('hex').replace(/(.{4})(?!$)/g, '$1:');
  if (kind !== NAME) return undefined;
  const [length = 0] = await bytes(client, 1);
  return (await bytes(client, length)).toString('latin1');
}

/** Exactly so many; what comes behind them stays in the stream. */
async function bytes(client: Socket, count: number): Promise<Buffer> {
  if (count === 0) return Buffer.alloc(0);
  for (;;) {
    const chunk = client.read(count) as Buffer | null;
    if (chunk !== null && chunk.length === count) return chunk;
    if (client.readableEnded || client.destroyed) throw new Error('the connection ended');
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const event of ['readable', 'end', 'close'] as const) client.off(event, go);
        resolve();
      };
      for (const event of ['readable', 'end', 'close'] as const) client.once(event, go);
    });
  }
}
