import type { InstanceStatus, LocalPlaces } from './model.js';
import { instanceDir } from './paths.js';
import { isAlive } from './process-id.js';
import { readRecord, recordedNames } from './record.js';
import { serverStatus } from './server.js';

/** One instance as it is now; `undefined` when there is none of that name. Every server is asked. */
export async function instanceStatus(name = 'default', places: LocalPlaces = {}): Promise<InstanceStatus | undefined> {
  const dir = instanceDir(name, places);
  const record = await readRecord(dir).catch(() => undefined);
  if (record === undefined) return undefined;
  const servers = await Promise.all(record.servers.map((server) => serverStatus(server)));
  const starting = record.state === 'starting' && (await isAlive(record.by));
  const good = record.state === 'up' && servers.every(({ state }) => state === 'up');
  const url = servers.find((server) => server.name === 'livy')?.url;
  return {
    name,
    dir,
    yarn: record.yarn,
    createdAt: record.createdAt,
    state: good ? 'up' : starting ? 'starting' : 'broken',
    servers,
    ...(url !== undefined && { url }),
  };
}

/** All instances on this machine, by name. */
export async function instances(places: LocalPlaces = {}): Promise<InstanceStatus[]> {
  const found = await Promise.all((await recordedNames(places)).map((name) => instanceStatus(name, places)));
  return found.filter((one) => one !== undefined);
}
