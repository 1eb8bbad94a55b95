import { access, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError } from '../../core/index.js';
import { byName } from './local-files.js';
import { type ZipEntry, zipOf } from './zip.js';

/** What Python, editors and version control leave in a folder. */
const LEFT_OUT = ['**/__pycache__/**', '**/*.pyc', '**/*.pyo'];

/** The files of a folder that count, by name, with slashes. Hidden ones do not. */
export async function filesIn(folder: string, ignore: readonly string[] = []): Promise<readonly string[]> {
  const { glob } = await import('tinyglobby');
  const names = await glob('**/*', { cwd: folder, dot: false, onlyFiles: true, ignore: [...LEFT_OUT, ...ignore] });
  return names.sort(byName);
}

/**
 * A folder of Python modules as a zip for PYTHONPATH. A folder that is a package itself (it has an `__init__.py`) is
 * imported under its own name; of any other, what is in it.
 * @throws ConfigError for a folder without Python files
 */
export async function moduleZip(folder: string): Promise<Uint8Array> {
  const names = await filesIn(folder);
  if (!names.some((name) => /\.py$/i.test(name))) {
    throw new ConfigError(`pyFiles: ${folder} holds no Python file`, { field: 'pyFiles' });
  }
  const isPackage = await access(join(folder, '__init__.py')).then(
    () => true,
    () => false,
  );
  const top = isPackage ? `${basename(folder)}/` : '';
  const entries = names.map((name): ZipEntry => ({ name: top + name, read: () => readFile(join(folder, name)) }));
  const pieces: Uint8Array[] = [];
  for await (const piece of zipOf(entries, 0o644)) pieces.push(piece);
  return Buffer.concat(pieces);
}
