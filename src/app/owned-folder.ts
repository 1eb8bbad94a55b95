import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../core/index.js';

/** A file to write, by its name below the folder. */
export interface OwnFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Says which files are ours, and what was in them: so that nobody's changes are lost. */
const LIST = '.livywire-synth.json';

type Sums = Readonly<Record<string, string>>;

const sumOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

async function ownSums(folder: string): Promise<Sums> {
  try {
    return (JSON.parse(await readFile(join(folder, LIST), 'utf8')) as { readonly files?: Sums }).files ?? {};
  } catch {
    return {};
  }
}

/**
 * Writes the files, and removes those of ours that are no longer among them. Where a file is there that is not ours, or ours and
 * changed since, nothing at all is written.
 * @param force overwrites whatever is there
 * @throws ConfigError naming the files
 */
export async function writeOwned(folder: string, files: readonly OwnFile[], force: boolean): Promise<void> {
  const before = await ownSums(folder);
  const sumThere = async (name: string): Promise<string | undefined> => {
    const there = await readFile(join(folder, name)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw unwritable(folder, error);
    });
    return there && sumOf(there);
  };
  const sums: Sums = Object.fromEntries(files.map(({ name, content }) => [name, sumOf(content)]));
  const inTheWay: string[] = [];
  for (const { name } of force ? [] : files) {
    const there = await sumThere(name);
    if (there !== undefined && there !== before[name] && there !== sums[name]) inTheWay.push(name);
  }
  if (inTheWay.length > 0)
    throw new ConfigError(
      `--output: in ${folder} ${inTheWay.join(', ')} ${inTheWay.length === 1 ? 'was' : 'were'} not written by livywire, or changed since; name another folder, or overwrite with --force`,
      { field: '--output' },
    );
  try {
    for (const { name, content } of files) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    for (const [name, sum] of Object.entries(before))
      if (!Object.hasOwn(sums, name) && isBelow(name) && (await sumThere(name)) === sum) await rm(join(folder, name));
    await writeFile(join(folder, LIST), `${JSON.stringify({ v: 1, files: sums }, undefined, 2)}\n`);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** The list is a file that anybody can write. */
const isBelow = (name: string): boolean => !name.startsWith('/') && !name.split(/[\\/]/).includes('..');

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

function unwritable(folder: string, error: unknown): ConfigError {
  const why = error instanceof Error ? error.message : String(error);
  return new ConfigError(`--output: ${folder} cannot be written: ${why}`, { field: '--output', cause: error });
}
