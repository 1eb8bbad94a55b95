import { posix } from 'node:path';
import { ConfigError } from '../../core/index.js';
import type { PathKind } from './job-paths.js';

/** Signs that Hadoop, Spark and Livy read in an address as they were written. */
const ODD = /[^A-Za-z0-9._=+@~-]/g;

/**
 * The last name at which a file is staged. It becomes the name of the link on the cluster, so where a job opens the
 * file by that name it is not changed.
 * @throws ConfigError for a name that would have to be
 */
export function stagedName(path: string, kind: PathKind, isFolder: boolean, alias: string | undefined): string {
  const name = posix.basename(path.replaceAll('\\', '/')) + (isFolder ? '.zip' : '');
  const safe = name.replace(ODD, '_').replace(/^\.+(?=.)/, '_');
  const isOpenedByName = alias === undefined && !isFolder && (kind === 'files' || kind === 'pyFiles');
  if (safe !== name && isOpenedByName) {
    throw new ConfigError(
      `${kind}: ${JSON.stringify(name)} has signs that an address in S3 loses on its way through Spark; rename it` +
        (kind === 'files' ? `, or give it another name: ${name}#${safe}` : ''),
      { field: kind },
    );
  }
  return safe;
}
