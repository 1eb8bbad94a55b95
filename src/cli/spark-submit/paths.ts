import { posix } from 'node:path';

/** What decides how a path is read. */
export interface Surroundings {
  readonly cwd: string;
  /** Whether Livy runs on this machine, so that both see the same files. `unknown`: no address was given. */
  readonly livy: 'here' | 'elsewhere' | 'unknown';
  readonly exists: (path: string) => boolean;
}

export type ReadPath =
  | { readonly kind: 'ok'; readonly path: string; readonly note?: string }
  | { readonly kind: 'refused'; readonly reason: string };

const hasScheme = /^[a-z][a-z0-9+.-]*:/i;

/**
 * A path as Livy needs it: with a scheme, or absolute. spark-submit would upload a local file; Livy cannot, so a
 * relative path only means something to a Livy that sees the same files.
 */
export function readPath(given: string, { cwd, livy, exists }: Surroundings): ReadPath {
  if (given === '') return { kind: 'refused', reason: 'an empty path' };
  if (hasScheme.test(given)) return { kind: 'ok', path: given };
  const hash = given.indexOf('#');
  const path = hash < 0 ? given : given.slice(0, hash);
  const alias = hash < 0 ? '' : given.slice(hash);
  if (path.startsWith('/')) {
    const note =
      livy !== 'here' && exists(path)
        ? `${path} is on this machine, but the cluster will look for it in its own default file system (HDFS on EMR)`
        : undefined;
    return { kind: 'ok', path: given, ...(note !== undefined && { note }) };
  }
  const absolute = posix.join(cwd, path);
  if (livy === 'here') {
    if (exists(absolute)) return { kind: 'ok', path: `${absolute}${alias}` };
    return { kind: 'refused', reason: `${given} is not there (${absolute})` };
  }
  const base = posix.basename(path);
  return {
    kind: 'refused',
    reason:
      `${given} is a path on this machine, and Livy can only start what the cluster can read; ` +
      `upload it (aws s3 cp ${path} s3://<bucket>/${base}) and name it s3://<bucket>/${base}${alias}`,
  };
}

/** Split as Spark splits: at commas, trimmed, empty parts dropped. */
export const splitList = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Whether an address is this very machine's. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d+){3}$/.test(hostname)
  );
}
