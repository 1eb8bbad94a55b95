import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../core/index.js';

export interface AloneOptions {
  /** Called once when another process has to be waited for. */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while no other livywire process runs one under the same lock. A holder that died is found out by its
 * silence after 20 s. What the work publishes must be safe all the same: a suspended holder may wake up later.
 */
export async function alone<T>(dir: string, label: string, options: AloneOptions, work: () => Promise<T>): Promise<T> {
  // Loaded here, for it hangs on to the process's exit to drop its locks.
  const { default: lockfile } = await import('proper-lockfile');
  await mkdir(dir, { recursive: true });
  const lockfilePath = join(dir, `.${label}.lock`);
  for (let waited = false; ; waited = true) {
    options.signal?.throwIfAborted();
    let release: () => Promise<void>;
    try {
      // Compromised means that we were suspended and another took over: nothing to do here, see above.
      // The first argument is the name that it keeps its locks under: two labels of one folder are two locks.
      release = await lockfile.lock(lockfilePath, {
        lockfilePath,
        realpath: false,
        stale: 20_000,
        update: 5_000,
        onCompromised: () => undefined,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (!waited) options.onWait?.();
      await systemClock.sleep(250, options.signal);
      continue;
    }
    try {
      return await work();
    } finally {
      await release().catch(() => undefined); // already taken over
    }
  }
}

/** Runs all side by side; the first failure stops the others, and is thrown when they have stopped. */
export async function together(
  signal: AbortSignal | undefined,
  ...works: ((signal: AbortSignal) => Promise<unknown>)[]
): Promise<void> {
  const failed = new AbortController();
  const both = AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]);
  await Promise.all(
    works.map((work) =>
      work(both).catch((error: unknown) => {
        failed.abort(error);
      }),
    ),
  );
  signal?.throwIfAborted();
  failed.signal.throwIfAborted();
}
