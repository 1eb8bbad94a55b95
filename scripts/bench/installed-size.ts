/** What an installation takes of a disk. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The sum of its files' sizes, in bytes; links are not followed. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sizes = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return bytesIn(path);
    return entry.isFile() ? (await stat(path)).size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** How many packages npm has put into a folder. */
export async function npmPackagesIn(folder: string): Promise<number> {
  const { packages } = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: object;
  };
  return Object.keys(packages).length;
}

/** How many packages pip has put into an environment, without pip's own, and where they are. */
export async function pythonPackagesIn(
  environment: string,
): Promise<{ readonly folder: string; readonly count: number }> {
  const lib = join(environment, 'lib');
  const [version = ''] = (await readdir(lib)).filter((name) => name.startsWith('python'));
  const folder = join(lib, version, 'site-packages');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.dist-info'));
  return { folder, count: names.filter((name) => !/^(?:pip|setuptools)-/.test(name)).length };
}
