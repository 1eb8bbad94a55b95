import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../core/index.js';
import { type LocalLock, requirements } from './lock.js';
import type { LocalProgress } from './model.js';
import { onPath, runTool, stagingBeside } from './tool.js';

/** A Python that a virtual environment can be made from. */
export interface Python {
  readonly executable: string;
  /** `3.11.7` */
  readonly version: string;
}

/** A virtual environment with PySpark in it. */
export interface SparkEnv {
  readonly python: string;
  readonly sparkHome: string;
}

/** 3.8 lost its security fixes; PySpark 3.5's pickling does not know 3.14's byte code. */
const oldest = 9;
const newest = 13;

export function pythonFits(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major === 3 && minor !== undefined && minor >= oldest && minor <= newest;
}

const question =
  'import sys, importlib.util as u; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3]); ' +
  'print("yes" if u.find_spec("venv") and u.find_spec("ensurepip") else "no")';

/**
 * The Python to use.
 * @throws ConfigError with what to install when there is none, or its venv module is missing
 */
export async function findPython(wish?: string): Promise<Python> {
  const names = wish === undefined ? ['python3', ...minors().map((minor) => `python3.${minor}`)] : [wish];
  const seen: string[] = [];
  let withoutVenv: Python | undefined;
  for (const name of names) {
    const program = wish ?? (await onPath(name));
    if (program === undefined) continue;
    // A version manager's shim is on the PATH for every version it ever had, and fails for the others.
    const answer = await runTool(program, ['-c', question]).catch(() => undefined);
    const [executable, version, venv] = answer?.split('\n') ?? [];
    if (executable === undefined || version === undefined) continue;
    seen.push(`${version} (${name})`);
    if (!pythonFits(version)) continue;
    const python = { executable: await realpath(executable), version };
    if (venv === 'yes') return python;
    withoutVenv ??= python;
  }
  if (withoutVenv !== undefined) {
    throw new ConfigError(
      `Python ${withoutVenv.version} cannot make a virtual environment, its venv module is missing ` +
        '(on Debian and Ubuntu: apt install python3-venv)',
      { field: 'python' },
    );
  }
  if (wish !== undefined && seen.length === 0) {
    throw new ConfigError(`${wish} is no Python that can be run`, { field: 'python' });
  }
  const found = seen.length === 0 ? 'none was found' : `found only ${seen.join(', ')}`;
  throw new ConfigError(`Spark needs a Python 3.${oldest} to 3.${newest} on the PATH; ${found}`, { field: 'python' });
}

// Those with most use of this Spark first.
const minors = (): number[] => [11, 12, 10, 13, 9];

interface Options {
  readonly report: (progress: LocalProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

const manifestName = 'livywire-manifest.json';

/** Where the environment for this lock and this Python is, or will be. */
export function sparkEnvDir(cache: string, lock: LocalLock, python: Python): string {
  const key = createHash('sha256')
    .update(JSON.stringify([python.executable, python.version, lock.pypi.build, lock.pypi.spark]))
    .digest('hex')
    .slice(0, 12);
  return join(cache, 'local', `python-${key}`);
}

/** The environment if it is there and whole: every file of Spark is there in its size. */
export async function openSparkEnv(dir: string): Promise<SparkEnv | undefined> {
  const text = await readFile(join(dir, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const manifest = JSON.parse(text) as { readonly spark: string; readonly files: Readonly<Record<string, number>> };
  const sparkHome = join(dir, manifest.spark);
  const python = join(dir, 'bin', 'python3');
  const sizes = await Promise.all(
    Object.keys(manifest.files).map((file) => stat(join(sparkHome, file)).catch(() => undefined)),
  );
  const whole = Object.values(manifest.files).every((size, index) => sizes[index]?.size === size);
  // The link's far end goes when the person removes or upgrades that Python.
  const linked = await stat(python).catch(() => undefined);
  return whole && linked !== undefined ? { python, sparkHome } : undefined;
}

/** Makes the environment beside `dir` and renames it into place when it is whole. */
export async function makeSparkEnv(dir: string, lock: LocalLock, python: Python, options: Options): Promise<SparkEnv> {
  const { report, signal } = options;
  const parent = join(dir, '..');
  await mkdir(parent, { recursive: true });
  const staging = await stagingBeside(parent, 'python');
  try {
    report({ step: 'python', message: `virtual environment of Python ${python.version}` });
    await runTool(python.executable, ['-m', 'venv', staging], { signal });
    const pip = async (pins: LocalLock['pypi']['spark'], ...more: string[]): Promise<void> => {
      const list = join(staging, 'requirements.txt');
      await writeFile(list, requirements(pins));
      await runTool(join(staging, 'bin', 'python3'), ['-m', 'pip', ...pipInstall, ...more, '-r', list], {
        signal,
        onLine: (line) => {
          const message = pipNews(line);
          if (message !== undefined) report({ step: 'python', message });
        },
      });
    };
    await pip(lock.pypi.build);
    // Spark comes as source: without isolation pip builds it with the pinned tools of the line above.
    await pip(lock.pypi.spark, '--no-build-isolation');
    const [lib = ''] = await readdir(join(staging, 'lib'));
    const spark = join('lib', lib, 'site-packages', 'pyspark');
    await writeFile(
      join(staging, manifestName),
      JSON.stringify({ spark, files: await fileSizes(join(staging, spark)) }),
    );
    await rm(dir, { recursive: true, force: true }); // a damaged one
    await rename(staging, dir); // works, for the environment is only ever used through bin/python3 and Spark's folder
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  const made = await openSparkEnv(dir);
  if (made === undefined) throw new ConfigError(`The virtual environment in ${dir} changed while it was made`);
  return made;
}

/** Nothing but the pinned files, each checked; the person's own index and mirror settings hold. */
export const pipInstall = ['install', '--no-input', '--no-deps', '--require-hashes', '--disable-pip-version-check'];

/** What of pip's talk is news to a person. */
export function pipNews(line: string): string | undefined {
  const got = /^\s*(?:Downloading|Using cached) (\S+).*?\(([\d.]+ [kMG]B)\)/.exec(line);
  if (got !== null) return `${(got[1] ?? '').split('/').pop() ?? ''} (${got[2] ?? ''})`;
  const build = /^\s*Building wheel for (\S+).*started/.exec(line);
  if (build !== null) return `unpacking ${build[1] ?? ''}`;
  return /^Installing collected packages/.test(line) ? 'installing' : undefined;
}

async function fileSizes(dir: string): Promise<Record<string, number>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const sizes: Record<string, number> = {};
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    // Python writes its caches anew as it likes.
    if (!entry.isFile() || file.includes('__pycache__')) continue;
    sizes[file.slice(dir.length + 1)] = (await stat(file)).size;
  }
  return sizes;
}
