import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layout } from './livy-server.js';
import type { ServerName } from './model.js';
import type { ServerRecord } from './record.js';

/** The addresses of that many primaries: one machine has many that lead to itself. */
export const primaryAddresses = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `127.0.0.${index + 1}`);

const names: readonly ServerName[] = ['livy', 'livy-2', 'livy-3'];

/**
 * More Livys over the same YARN, each at an address of its own with the first one's port: so it is on an EMR cluster
 * with high availability. They share no memory: each counts its batches from 0 and recovers its own.
 */
export async function planMoreLivys(first: ServerRecord, layout: Layout, count: number): Promise<ServerRecord[]> {
  const addresses = primaryAddresses(count).slice(1);
  return Promise.all(addresses.map((address, index) => another(first, layout, names[index + 1] ?? 'livy-3', address)));
}

async function another(first: ServerRecord, layout: Layout, name: ServerName, address: string): Promise<ServerRecord> {
  const conf = join(layout.dir, `conf-${name}`);
  const recovery = join(layout.dir, `recovery-${name}`);
  const logs = join(layout.logs, name);
  await Promise.all([recovery, logs].map((dir) => mkdir(dir, { recursive: true })));
  await cp(layout.conf, conf, { recursive: true });
  const text = await readFile(join(conf, 'livy.conf'), 'utf8');
  const own = text
    .replace(/^livy\.server\.host = .*$/m, `livy.server.host = ${address}`)
    .replace(
      /^livy\.server\.recovery\.state-store\.url = .*$/m,
      `livy.server.recovery.state-store.url = file://${recovery}`,
    );
  await writeFile(join(conf, 'livy.conf'), own, { mode: 0o600 });
  const { launch } = first;
  return {
    ...first,
    name,
    url: first.url.replace('127.0.0.1', address),
    launch: {
      ...launch,
      args: launch.args.map((arg) => (arg.startsWith(`${layout.conf}:`) ? arg.replace(layout.conf, conf) : arg)),
      env: { ...launch.env, LIVY_CONF_DIR: conf, LIVY_LOG_DIR: logs },
      log: join(layout.logs, `${name}.log`),
    },
  };
}
