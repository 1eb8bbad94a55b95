import { LocalError } from './errors.js';
import { alone } from './alone.js';
import { ConfigError } from '../core/index.js';
import type { LocalInstance, LocalPlaces, ServerName } from './model.js';
import { instanceDir, stateRoot } from './paths.js';
import { isAlive, signalProcess, waitGone } from './process-id.js';
import { asInstance, type InstanceRecord, readRecord } from './record.js';
import { startOne } from './up.js';

export interface ServerOptions extends LocalPlaces {
  /** Which instance. @defaultValue `default` */
  readonly name?: string;
  /** Which of its servers. @defaultValue `livy` */
  readonly server?: ServerName;
  /** How to stop it: `SIGTERM` lets it tidy up, `SIGKILL` is a crash. @defaultValue `SIGTERM` */
  readonly signal?: NodeJS.Signals;
}

/** @throws ConfigError when there is no such instance */
export async function recordOf(name: string, places: LocalPlaces): Promise<{ dir: string; record: InstanceRecord }> {
  const dir = instanceDir(name, places);
  const record = await readRecord(dir);
  if (record === undefined) throw new ConfigError(`There is no local instance ${name}`, { field: 'name' });
  return { dir, record };
}

/** An instance as it was started; whether its servers still answer is another question. @throws ConfigError when there is none */
export async function findInstance(name = 'default', places: LocalPlaces = {}): Promise<LocalInstance> {
  const { dir, record } = await recordOf(name, places);
  return asInstance(dir, record);
}

/**
 * Stops one server and only its own process: what it started (a `spark-submit`, a container) lives on, as after a
 * real crash. `SIGSTOP` and `SIGCONT` freeze and thaw it. {@link startServer} starts it again.
 * @returns whether it was running
 * @throws LocalError when it did not end within 30 s
 */
export async function killServer(options: ServerOptions = {}): Promise<boolean> {
  const { name = 'default', server: wanted = 'livy', signal = 'SIGTERM' } = options;
  const { record } = await recordOf(name, options);
  const server = record.servers.find((one) => one.name === wanted);
  if (server === undefined) throw new ConfigError(`The instance ${name} has no server ${wanted}`, { field: 'server' });
  if (server.process === undefined || !(await signalProcess(server.process, signal))) return false;
  if (signal !== 'SIGTERM' && signal !== 'SIGKILL') return true;
  const left = await waitGone([server.process], 30_000);
  if (left.length > 0)
    throw new LocalError(`${wanted} (process ${server.process.pid}) did not end within 30 s of ${signal}`);
  return true;
}

/**
 * Starts a server that was killed again, as it was: same port, same configuration, same folders.
 * Does nothing when it runs.
 * @throws LocalError when it does not come up
 */
export async function startServer(options: Omit<ServerOptions, 'signal'> = {}): Promise<LocalInstance> {
  const { name = 'default', server: wanted = 'livy' } = options;
  return alone(stateRoot(options), name, {}, async () => {
    const { dir, record } = await recordOf(name, options);
    const running = record.servers.find((one) => one.name === wanted)?.process;
    if (running !== undefined && (await isAlive(running))) return asInstance(dir, record);
    return asInstance(dir, await startOne(dir, record, wanted));
  });
}
