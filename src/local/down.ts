import { rm } from 'node:fs/promises';
import { alone } from './alone.js';
import { LocalError } from './errors.js';
import type { LocalPlaces } from './model.js';
import { instanceDir, stateRoot } from './paths.js';
import { stopMarked } from './process-id.js';
import { readToken } from './record.js';

export interface DownOptions extends LocalPlaces {
  /** @defaultValue `default` */
  readonly name?: string;
  /** Ends the waiting for another `up` or `down` of the same name; what is being stopped is stopped all the same. */
  readonly signal?: AbortSignal;
}

/**
 * Stops an instance, the Spark jobs that it runs included, and removes its folder with logs and all.
 * What was fetched stays for the next `up`.
 * @returns `false` when there was none
 * @throws LocalError when a process could not be stopped; its folder is kept then
 */
export async function down(options: DownOptions = {}): Promise<boolean> {
  const { name = 'default', signal } = options;
  const dir = instanceDir(name, options);
  return alone(stateRoot(options), name, { signal }, async () => {
    const token = await readToken(dir);
    if (token !== undefined) {
      const left = await stopMarked(token, 5_000);
      if (left.length > 0) {
        throw new LocalError(`Process ${left.map(({ pid }) => pid).join(', ')} of ${name} could not be stopped`);
      }
    }
    await rm(dir, { recursive: true, force: true });
    return token !== undefined;
  });
}
