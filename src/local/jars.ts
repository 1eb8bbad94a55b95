import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LocalError } from './errors.js';
import { jarFileName, type LockedJar } from './lock.js';
import { getJars, type JarTool } from './maven.js';
import type { LocalProgress } from './model.js';
import { stagingBeside } from './tool.js';

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Whether the file is this very jar. The size is looked at first, for it is cheap. */
async function isJar(file: string, jar: LockedJar): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.size === jar.size && (await hashOf(file)) === jar.sha256;
}

/** Those of the jars that `dir` has not, or has damaged. Every byte is read: 75 MB take 0.2 s. */
export async function missingJars(dir: string, jars: readonly LockedJar[]): Promise<LockedJar[]> {
  const good = await Promise.all(jars.map((jar) => isJar(join(dir, jarFileName(jar)), jar)));
  return jars.filter((_, index) => good[index] !== true);
}

/**
 * Fetches what is missing or damaged, verifies it and puts it in place jar by jar, each by a rename:
 * what an interrupted fetch has verified, the next one does not fetch again.
 * @throws LocalError when the registry is out of reach, or has something else under one of these names
 */
export async function fetchJars(
  dir: string,
  missing: readonly LockedJar[],
  tool: JarTool,
  options: { readonly report: (progress: LocalProgress) => void; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { report, signal } = options;
  await mkdir(dir, { recursive: true });
  const staging = await stagingBeside(dir, 'jars');
  const total = missing.length;
  let done = 0;
  const onJar = (name: string): void => {
    done = Math.min(done + 1, total);
    report({ step: 'jars', message: name, done, total });
  };
  report({ step: 'jars', message: `fetching ${total} jars with ${tool.kind}`, done, total });
  let failure: unknown;
  try {
    await getJars(tool, missing, staging, { onJar, signal }).catch((error: unknown) => (failure = error));
    const wrong: string[] = [];
    for (const jar of missing) {
      const file = join(staging, jarFileName(jar));
      if (await isJar(file, jar)) await rename(file, join(dir, jarFileName(jar)));
      else if (await stat(file).catch(() => undefined)) wrong.push(jar.at);
    }
    if (failure !== undefined) throw failure;
    if (wrong.length > 0) {
      throw new LocalError(
        `${wrong.length} fetched jars are not what the lock file names, first ${wrong[0] ?? ''}: ` +
          'a damaged local Maven repository, or a mirror that alters files',
      );
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  const still = await missingJars(dir, missing);
  if (still[0] !== undefined) throw new LocalError(`${still.length} jars did not arrive, first ${still[0].at}`);
}
