import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { ConfigError } from '../core/index.js';
import type { LocalLock } from './lock.js';
import type { LocalProgress } from './model.js';
import { makePipFolder, pinsKey } from './pip-folder.js';

/** The oldest Python 3 that moto runs on; Spark's own is one older. */
const oldest = 10;

/** @throws ConfigError before anything is fetched */
export function checkMotoPython(version: string): void {
  const [, minor = 0] = version.split('.').map(Number);
  if (minor >= oldest) return;
  throw new ConfigError(`The local S3 needs a Python 3.${oldest} to 3.13, and this one is ${version}`, {
    field: 'python',
  });
}

/** The folder that `moto` (S3 and the EMR API) is imported from; unpacked the first time. */
export async function ensureMoto(
  root: string,
  lock: LocalLock,
  python: { readonly executable: string; readonly version: string },
  options: { readonly report: (progress: LocalProgress) => void; readonly signal?: AbortSignal | undefined },
): Promise<string> {
  // Two of its wheels are made for one Python each.
  const minor = python.version.split('.').slice(0, 2).join('.');
  const dir = join(root, `moto-${pinsKey(lock.pypi.moto)}-${minor}-${process.platform}-${process.arch}`);
  if ((await stat(join(dir, 'moto', 'server.py')).catch(() => undefined)) !== undefined) return dir;
  options.report({ step: 'python', message: 'moto, for S3 and the EMR API' });
  await makePipFolder({ dir, step: 'python', pins: lock.pypi.moto, python: python.executable, ...options });
  return dir;
}
