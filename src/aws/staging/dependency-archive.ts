import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConfigError } from '../../core/index.js';
import { checkMarkers } from './marker-check.js';
import { filesIn } from './module-zip.js';
import { pipInstall, sourcesOf, versionOf } from './pip.js';
import { readRequirements, type Requirements } from './requirements-file.js';
import { type TargetOptions, type WheelTarget, wheelTarget } from './wheel-platform.js';
import { type ZipEntry, zipOf } from './zip.js';

export interface RequirementsOptions extends TargetOptions {
  /** The requirements file, as pip reads it. */
  readonly file: string;
  /** The Python whose pip fetches the wheels. @defaultValue the cluster's version where this machine has it, else `python3` */
  readonly python?: string;
  /** Where archives are kept, by what they were made from. @defaultValue `~/.cache/livywire` */
  readonly cacheFolder?: string;
  /** Told what pip says, line by line. */
  readonly onLine?: (line: string) => void;
}

export interface DependencyArchive {
  readonly path: string;
  /** What a person should know about how it was made. */
  readonly notes: readonly string[];
}

/** Raised when an archive of the same requirements is made in another way. */
const FORMAT = 1;

/** Besides what no folder of modules brings: programs that name this machine's Python, and lists that name them. */
const LEFT_OUT = ['bin/**', '*.dist-info/RECORD', '*.dist-info/direct_url.json'];

/**
 * The packages of a requirements file as a zip for the cluster, made once for the same requirements, platform, Python and
 * indexes.
 * @throws ConfigError that names the package which the cluster cannot have
 */
export async function dependencyArchive(
  { file, python, cacheFolder = join(homedir(), '.cache', 'livywire'), onLine, ...of }: RequirementsOptions,
  { cwd, signal }: { readonly cwd: string; readonly signal?: AbortSignal | undefined },
): Promise<DependencyArchive> {
  const target = wheelTarget(of);
  const requirements = await readRequirements(resolve(cwd, file));
  const notes = notesOn(requirements);
  const whose = await pythonFor(python, target, signal);
  const sources = await sourcesOf(whose.program, signal);
  const path = join(cacheFolder, 'deps', keyOf(requirements, target, sources), 'deps.zip');
  const isKept = requirements.local.length === 0 && (await isThere(path));
  if (isKept) return { path, notes };
  const work = await mkdtemp(join(tmpdir(), 'livywire-deps-'));
  try {
    const folder = join(work, 'packages');
    await mkdir(folder);
    await pipInstall({ file: requirements.path, target, into: folder, python: whose.program, onLine, signal });
    await checkMarkers({ folder, requirements, target, python: whose.program, pipVersion: whose.version, signal });
    await pack(folder, path);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { path, notes };
}

const keyOf = ({ texts }: Requirements, { python, platforms }: WheelTarget, sources: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([FORMAT, texts, python, platforms, ...(sources.length > 0 ? [sources] : [])]))
    .digest('hex');

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function pythonFor(
  wish: string | undefined,
  { python }: WheelTarget,
  signal: AbortSignal | undefined,
): Promise<{ readonly program: string; readonly version: string }> {
  for (const program of wish === undefined ? [`python${python}`, 'python3', 'python'] : [wish]) {
    const version = await versionOf(program, signal);
    if (version !== undefined) return { program, version };
  }
  throw new ConfigError(
    `--requirements needs a Python with pip on this machine, and ${wish ?? 'python3'} is none (on Debian and Ubuntu: apt install python3-pip)`,
    { field: '--requirements' },
  );
}

/** Beside its place first: another process may make the same one. */
async function pack(folder: string, path: string): Promise<void> {
  const names = await filesIn(folder, LEFT_OUT);
  if (names.length === 0) throw new ConfigError('The requirements come to no files', { field: '--requirements' });
  // Some packages start programs of their own.
  const entries = names.map((name): ZipEntry => ({ name, read: () => readFile(join(folder, name)) }));
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  try {
    await pipeline(Readable.from(zipOf(entries, 0o755)), createWriteStream(draft, { flush: true }));
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

function notesOn({ loose, path }: Requirements): string[] {
  if (loose.length === 0) return [];
  const names = loose.length > 5 ? `${loose.slice(0, 5).join(', ')} and ${loose.length - 5} more` : loose.join(', ');
  return [
    `${path} leaves the version to pip for ${names}: another day or machine may get other bytes, and a key then a conflict; pin them (pip freeze) or keep a lock (livywire stage --out)`,
  ];
}
