import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { ConfigError, systemClock } from '../core/index.js';
import type { LocalPlaces, ServerName } from './model.js';
import { isAlive } from './process-id.js';
import { tailOf } from './server.js';
import { recordOf } from './servers.js';

export interface InstanceLogOptions extends LocalPlaces {
  /** @defaultValue `default` */
  readonly name?: string;
  /** @defaultValue `livy` */
  readonly server?: ServerName;
  /** How many of the last lines. @defaultValue all */
  readonly tail?: number;
  /** Go on until the server ends. @defaultValue `false` */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * A server's own log, line by line. The log of a Spark job is not here: that is Livy's and YARN's to give.
 * @throws ConfigError when there is no such instance or server; `signal.reason`
 */
export async function* instanceLogs(options: InstanceLogOptions = {}): AsyncGenerator<string, void> {
  const { name = 'default', server: wanted = 'livy', tail, follow = false, signal } = options;
  const { record } = await recordOf(name, options);
  const server = record.servers.find((one) => one.name === wanted);
  if (server === undefined) throw new ConfigError(`The instance ${name} has no server ${wanted}`, { field: 'server' });
  if (!follow) {
    yield* await tailOf(server.launch.log, tail ?? Infinity);
    return;
  }
  const file = await open(server.launch.log, 'r');
  try {
    const decoder = new StringDecoder('utf8');
    const buffer = Buffer.alloc(1 << 16);
    let rest = '';
    let caughtUp = false;
    const kept: string[] = [];
    for (;;) {
      signal?.throwIfAborted();
      const alive = server.process !== undefined && (await isAlive(server.process));
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) break;
        const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
        rest = lines.pop() ?? '';
        if (caughtUp || tail === undefined) yield* lines;
        else kept.push(...lines);
      }
      if (!caughtUp && tail !== undefined) yield* kept.slice(tail === 0 ? kept.length : -tail);
      caughtUp = true;
      // Looked at before the read above, so that its last words are in it.
      if (!alive) {
        if (rest !== '') yield rest;
        return;
      }
      await systemClock.sleep(250, signal);
    }
  } finally {
    await file.close();
  }
}
