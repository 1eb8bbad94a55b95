import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError } from '../core/index.js';

/** Writes the file that a flag names. @throws ConfigError naming the flag */
export async function writeNamed(flag: string, name: string, text: string, cwd: string): Promise<void> {
  const path = resolve(cwd, name);
  await writeFile(path, text).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${flag}: ${path} cannot be written: ${why}`, { field: flag, cause: error });
  });
}
