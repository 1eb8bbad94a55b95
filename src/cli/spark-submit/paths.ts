import { posix } from 'node:path';
import { isLoopback } from '../../app/index.js';

/** What decides how a path is read. */
export interface Surroundings {
  readonly cwd: string;
  /** Whether Livy's address is this machine's; it may be a tunnel's end all the same. `unknown`: no address was given. */
  readonly livy: 'here' | 'elsewhere' | 'unknown';
  readonly exists: (path: string) => boolean;
  /** Paths of this machine are put into S3 before the job is sent. */
  readonly stages?: boolean;
}

export type ReadPath =
  | { readonly kind: 'ok'; readonly path: string; readonly note?: string }
  | { readonly kind: 'refused'; readonly reason: string };

const hasScheme = /^[a-z][a-z0-9+.-]*:/i;

/**
 * A path as Livy needs it: with a scheme, or absolute. spark-submit would upload a local file; Livy cannot, so a
 * relative path only means something to a Livy that sees the same files.
 */
export function readPath(given: string, { cwd, livy, exists, stages = false }: Surroundings): ReadPath {
  if (given === '') return { kind: 'refused', reason: 'an empty path' };
  if (stages) return { kind: 'ok', path: given };
  const local = /^file:(?:\/\/)?(\/[^#]*)/i.exec(given)?.[1];
  if (local !== undefined && livy !== 'here' && exists(local)) {
    return {
      kind: 'ok',
      path: given,
      note: `${local} is on this machine, but the cluster will look for it on its own; --stage s3://<bucket>/<prefix> brings it there`,
    };
  }
  if (hasScheme.test(given)) return { kind: 'ok', path: given };
  const hash = given.indexOf('#');
  const path = hash < 0 ? given : given.slice(0, hash);
  const alias = hash < 0 ? '' : given.slice(hash);
  if (path.startsWith('/')) {
    const note =
      livy !== 'here' && exists(path)
        ? `${path} is on this machine, but the cluster will look for it in its own default file system (HDFS on EMR); --stage s3://<bucket>/<prefix> brings it there`
        : undefined;
    return { kind: 'ok', path: given, ...(note !== undefined && { note }) };
  }
  const absolute = posix.join(cwd, path);
  if (livy === 'here') {
    if (exists(absolute)) {
      const note = `as ${absolute}, which is right if Livy runs on this machine; through a tunnel give an s3:// path`;
      return { kind: 'ok', path: `${absolute}${alias}`, note };
    }
    return { kind: 'refused', reason: `${given} is not there (${absolute})` };
  }
  const base = posix.basename(path);
  return {
    kind: 'refused',
    reason:
      `${given} is a path on this machine, and Livy can only start what the cluster can read; ` +
      `add --stage s3://<bucket>/<prefix> to have it put there, or upload it (aws s3 cp ${path} s3://<bucket>/${base}) ` +
      `and name it s3://<bucket>/${base}${alias}`,
  };
}

/** Split as Spark splits: at commas, trimmed, empty parts dropped. */
export const splitList = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** A list of paths, each read as {@link readPath} reads it. */
export function readPaths(
  list: string,
  surroundings: Surroundings,
): { readonly paths: readonly string[]; readonly refused: readonly string[]; readonly notes: readonly string[] } {
  const read = splitList(list).map((path) => readPath(path, surroundings));
  return {
    paths: read.flatMap((one) => (one.kind === 'ok' ? [one.path] : [])),
    refused: read.flatMap((one) => (one.kind === 'refused' ? [one.reason] : [])),
    notes: read.flatMap((one) => (one.kind === 'ok' && one.note !== undefined ? [one.note] : [])),
  };
}

/** Whose files Livy sees, by its address. */
export const livyPlace = (url: string | undefined): Surroundings['livy'] =>
  url === undefined ? 'unknown' : isLoopback(new URL(url).hostname) ? 'here' : 'elsewhere';
