import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { TestFn } from 'ava';
import { createLivywire, type Livywire, type LivywireOptions, memoryLedger } from '../../src/index.js';
import { down, type LocalInstance, up, type UpOptions } from '../../src/local/index.js';

const stub = fileURLToPath(new URL('stub-spark-submit.sh', import.meta.url));

/** A real Livy of this test file's own, and a folder that it may run jobs from. */
export interface LocalLivy {
  readonly url: string;
  readonly instance: LocalInstance;
  readonly places: { readonly name: string; readonly stateDir: string };
  /** Writes a job and gives its path. */
  job(name: string, source: string): Promise<string>;
  /** livywire on it; runs are kept in memory unless told otherwise. */
  connect(options?: Partial<LivywireOptions>): Livywire;
}

/** Started before the file's tests, stopped after them. `LIVY_HOME` puts another Livy to the test. */
export function useLocalLivy(test: TestFn, options: UpOptions & { readonly stub?: boolean } = {}): () => LocalLivy {
  let livy: LocalLivy | undefined;
  let folder: string | undefined;
  const { stub: isStub = false, ...upOptions } = options;

  test.before(async (t) => {
    t.timeout(600_000); // the first time it is fetched
    folder = await mkdtemp(join(tmpdir(), 'livywire-test-'));
    const places = { name: upOptions.name ?? 'test', stateDir: join(folder, 'state') };
    const livyHome = process.env.LIVY_HOME;
    const instance = await up({
      ...upOptions,
      ...places,
      allow: [folder],
      ...(isStub && { sparkSubmit: stub }),
      ...(livyHome !== undefined && livyHome !== '' && { livyHome }),
    });
    const dir = folder;
    livy = {
      url: instance.url,
      instance,
      places,
      job: async (name, source) => {
        const path = join(dir, name);
        await writeFile(path, source);
        return path;
      },
      connect: (more = {}) => createLivywire({ url: instance.url, ledger: memoryLedger(), ...more }),
    };
  });
  test.after.always(async () => {
    if (livy) await down(livy.places);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });
  return () => {
    if (!livy) throw new Error('the local Livy did not start');
    return livy;
  };
}
