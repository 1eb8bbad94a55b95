import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import net from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { LocalAws } from './moto.js';

async function program(): Promise<string | undefined> {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin'),
  ];
  for (const folder of folders) {
    const path = join(folder, 'versitygw');
    if (await stat(path).catch(() => undefined)) return path;
  }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** An S3 that checks signatures and checksums. `undefined`, and said, where the program is not installed. */
export async function startVersitygw(accessKey: string, secretKey: string): Promise<LocalAws | undefined> {
  const path = await program();
  if (path === undefined) {
    process.stderr.write(
      'skipped: versitygw is not here (go install github.com/versity/versitygw/cmd/versitygw@latest)\n',
    );
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'livywire-versitygw-'));
  const port = await freePort();
  const server = execa(path, ['--port', `127.0.0.1:${port}`, '--region', 'eu-west-1', '--quiet', 'posix', folder], {
    env: { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
    reject: false,
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    if (await fetch(url).catch(() => undefined)) break;
    if (tries > 100) throw new Error('versitygw did not start');
    await sleep(100);
  }
  return {
    url,
    async stop() {
      server.kill();
      await server;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
