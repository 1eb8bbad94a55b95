import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, plainLine } from '../../core/index.js';
import type { JobPath } from './job-paths.js';

/** A file or folder of this machine that a path of the job stands for. */
export interface LocalFile {
  /** Absolute. */
  readonly path: string;
  readonly isFolder: boolean;
  /** A pipe or a device: it has no size, and would pass for an empty file. */
  readonly isStream?: boolean;
  /** What stood behind `#`: the name of the link on the cluster. */
  readonly alias?: string;
}

interface Local {
  readonly path: string;
  readonly alias?: string;
}

/** `undefined` for what is elsewhere already: `s3://`, `hdfs://`, `http://`, `local:`. */
function asLocal(given: string, cwd: string): Local | undefined {
  const hash = given.indexOf('#');
  const place = hash < 0 ? given : given.slice(0, hash);
  const alias = hash < 0 ? {} : { alias: given.slice(hash + 1) };
  if (/^file:/i.test(place)) return { path: pathOfUri(place), ...alias };
  // One letter is a drive of Windows.
  if (/^[a-z][a-z0-9+.-]+:/i.test(place)) return undefined;
  return { path: resolve(cwd, place), ...alias };
}

/** `file:/a`, `file:///a`. */
function pathOfUri(uri: string): string {
  try {
    return fileURLToPath(uri.replace(/^file:\/?(?=\/[^/])/i, 'file://'));
  } catch (error) {
    throw new ConfigError(`${JSON.stringify(uri)} names no file of this machine`, { field: 'file', cause: error });
  }
}

/**
 * The files of this machine that a job names, by the path that names them. Everything that is wrong is said at once.
 * @throws ConfigError
 */
export async function findLocalFiles(
  paths: readonly JobPath[],
  cwd: string,
): Promise<ReadonlyMap<JobPath, readonly LocalFile[]>> {
  const found = new Map<JobPath, readonly LocalFile[]>();
  const problems: { readonly field: string; readonly text: string }[] = [];
  for (const path of paths) {
    const local = asLocal(path.given, cwd);
    if (!local) continue;
    const files = await look(local, cwd);
    const problem = problemWith(path, local, files);
    if (problem === undefined) found.set(path, files);
    else problems.push({ field: path.field, text: `${path.field}: ${plainLine(problem)}` });
  }
  if (problems.length === 0) return found;
  throw new ConfigError(problems.map(({ text }) => text).join('\n'), { field: problems[0]?.field ?? 'file' });
}

async function look({ path, alias }: Local, cwd: string): Promise<readonly LocalFile[]> {
  const known = await stat(path).catch(() => undefined);
  const more = alias === undefined ? {} : { alias };
  if (known) {
    const isStream = !known.isFile() && !known.isDirectory();
    return [{ path, isFolder: known.isDirectory(), ...(isStream && { isStream }), ...more }];
  }
  // What is there under this very name is meant, whatever signs it holds.
  const { glob, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(path)) return [];
  const all = await glob(path, { cwd, absolute: true, onlyFiles: true, expandDirectories: false });
  return all.sort(byName).map((one) => ({ path: resolve(one), isFolder: false, ...more }));
}

function problemWith(
  { kind, given }: JobPath,
  { path, alias }: Local,
  files: readonly LocalFile[],
): string | undefined {
  const [first] = files;
  if (!first) {
    const elsewhere = 'what the cluster has itself is named local:/…, hdfs:///… or s3://…';
    return `${given} is not there (${path}); ${elsewhere}`;
  }
  if (first.isStream === true) return `${given} is a pipe or a device; write it to a file first`;
  if (alias !== undefined && !/^[A-Za-z0-9._-]+$/.test(alias)) {
    return `${given}: behind # stands the name of a link, of letters, digits, dots, - and _`;
  }
  if (files.length > 1 && (kind === 'file' || alias !== undefined)) {
    return `${given} stands for ${files.length} files, and only one can be meant here`;
  }
  if (first.isFolder && kind !== 'pyFiles') {
    return `${given} is a folder; name its files${kind === 'archives' ? ', or pack it (tar czf)' : `, as in ${basename(path)}/*`}`;
  }
  return undefined;
}

/** The same order on every machine, whatever its language. */
export const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
