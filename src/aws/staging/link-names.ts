import { posix } from 'node:path';
import { ConfigError } from '../../core/index.js';

export interface Linked {
  readonly field: string;
  /** As the person wrote it. */
  readonly given: string;
  readonly uri: string;
}

/** The name under which the cluster puts it into the job's folder. */
function linkOf(uri: string): string {
  const [place = '', alias] = uri.split('#');
  return alias ?? posix.basename(place);
}

/**
 * YARN links what a job brings by its last name, and of two that share one it silently takes the first.
 * @throws ConfigError
 */
export function checkLinkNames(all: readonly Linked[]): void {
  const taken = new Map<string, Linked>();
  for (const one of all) {
    const link = linkOf(one.uri);
    const other = taken.get(link);
    if (other && other.uri !== one.uri) {
      throw new ConfigError(
        `${other.field}: ${other.given} and ${one.field}: ${one.given} are both called ${link} on the cluster, where only one would be there; ` +
          'rename one, or give files and archives another name behind #',
        { field: one.field },
      );
    }
    taken.set(link, one);
  }
}
