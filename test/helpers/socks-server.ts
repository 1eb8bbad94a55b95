import net from 'node:net';
import { once } from 'node:events';
import { track } from './sockets.js';

export interface SocksServer {
  readonly port: number;
  /** Connections that were asked for: `livy.private:8998`, in order. */
  readonly asked: readonly string[];
  /** How many of them were made. */
  readonly connected: number;
  close(): Promise<void>;
}

export interface SocksOptions {
  /** The only names it knows, and where they are: a private network of its own. Addresses are refused unless listed. */
  readonly names: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
  /** Asks for these. */
  readonly user?: string;
  readonly password?: string;
  /** Accepts and then says nothing. */
  readonly silent?: boolean;
}

/** A SOCKS5 and SOCKS4a proxy, just enough of it. `names` is keyed by `host:port`. */
export async function socksServer(options: SocksOptions): Promise<SocksServer> {
  const asked: string[] = [];
  let connected = 0;
  const server = net.createServer((client) => {
    client.on('error', () => client.destroy());
    if (options.silent) return;
    void serve(client).catch(() => client.destroy());
  });
  const close = track(server);

  async function serve(client: net.Socket): Promise<void> {
    const read = reader(client);
    const version = (await read(1))[0];
    if (version === 4) return serve4(client, read);
    const methods = await read((await read(1))[0] ?? 0);
    if (options.user !== undefined) {
      if (!methods.includes(2)) return void client.end(Buffer.from([5, 0xff]));
      client.write(Buffer.from([5, 2]));
      await read(1);
      const user = (await read((await read(1))[0] ?? 0)).toString();
      const password = (await read((await read(1))[0] ?? 0)).toString();
      const ok = user === options.user && password === options.password;
      client.write(Buffer.from([1, ok ? 0 : 1]));
      if (!ok) return void client.end();
    } else client.write(Buffer.from([5, 0]));
    const type = (await read(4))[3];
    const host =
      type === 3
        ? (await read((await read(1))[0] ?? 0)).toString()
        : type === 1
          ? [...(await read(4))].join('.')
          : (await read(16)).toString('hex');
    const port = (await read(2)).readUInt16BE();
    join(client, `${host}:${port}`, (ok) => Buffer.from([5, ok ? 0 : 4, 0, 1, 0, 0, 0, 0, 0, 0]));
  }

  async function serve4(client: net.Socket, read: (n: number) => Promise<Buffer>): Promise<void> {
    const head = await read(7);
    await text(read); // the user
    const host = await text(read);
    join(client, `${host}:${head.readUInt16BE(1)}`, (ok) => Buffer.from([0, ok ? 90 : 91, 0, 0, 0, 0, 0, 0]));
  }

  function join(client: net.Socket, name: string, reply: (ok: boolean) => Buffer): void {
    asked.push(name);
    const target = options.names[name];
    if (!target) return void client.end(reply(false));
    const upstream = net.connect(target, () => {
      connected += 1;
      client.write(reply(true));
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    asked,
    get connected() {
      return connected;
    },
    close,
  };
}

async function text(read: (n: number) => Promise<Buffer>): Promise<string> {
  let done = '';
  for (let next = await read(1); next[0] !== 0; next = await read(1)) done += next.toString();
  return done;
}

/** Exactly `n` bytes at a time; the rest goes back, so that a pipe finds it. */
function reader(socket: net.Socket): (n: number) => Promise<Buffer> {
  return async (n) => {
    for (;;) {
      const chunk = n === 0 ? Buffer.alloc(0) : (socket.read(n) as Buffer | null);
      if (chunk) return chunk;
      if (socket.readableEnded || socket.destroyed) throw new Error('client went away');
      await Promise.race([once(socket, 'readable'), once(socket, 'end')]);
    }
  };
}
