import { stat } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Clock,
  ConfigError,
  type OutputMarkers,
  redactText,
  systemClock,
  UnreachableError,
} from '../core/index.js';
import { within } from './within.js';

/** A mount whose server is gone answers never. Well under a claim's lease, which is not renewed meanwhile. */
const LIMIT_MS = 20_000;

const wrong = (path: string, why: string): ConfigError =>
  new ConfigError(`The output ${JSON.stringify(redactText(path))} ${why}`, { field: 'output' });
const CAN = 'this version looks at files: an absolute path, or file:///…, that is the same here and for the job';

/** `_SUCCESS` files on a file system that this machine and the job share. */
export function fileMarkersOver({ look = lookAt, clock = systemClock }: FileMarkersOptions): OutputMarkers {
  // Each look at a hung mount holds one of the few threads that all files of this process share.
  const hung = new Set<string>();
  const unanswered = (marker: string) =>
    new UnreachableError(`${marker} cannot be read: its file system does not answer`, 'no');
  return {
    source: () => 'file',
    accept,
    markerOf: (path) => join(path, '_SUCCESS'),
    async read(path, { signal } = {}) {
      const marker = join(path, '_SUCCESS');
      if (hung.has(marker)) throw unanswered(marker);
      const looking = look(marker);
      try {
        const version = await within(clock, LIMIT_MS, looking, signal);
        if (version !== undefined) return { kind: 'present', version };
      } catch (error) {
        signal?.throwIfAborted();
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
        if (code === 'EACCES' || code === 'EPERM') {
          throw new ConfigError(`${marker} may not be read by this user (${code}); the output cannot be checked`, {
            field: 'output',
            cause: error,
          });
        }
        throw new UnreachableError(`${marker} cannot be read: ${message}`, 'no', { cause: error });
      }
      hung.add(marker);
      const answered = () => hung.delete(marker);
      looking.then(answered, answered);
      throw unanswered(marker);
    },
  };
}

/** The machine's own. */
export const fileMarkers = fileMarkersOver({});

interface FileMarkersOptions {
  /** What tells one `_SUCCESS` from another. */
  readonly look?: (marker: string) => Promise<string>;
  readonly clock?: Clock;
}

async function lookAt(marker: string): Promise<string> {
  const { mtimeNs, size } = await stat(marker, { bigint: true });
  return `${mtimeNs}-${size}`;
}

function accept(path: string): string {
  let local = path;
  if (/^file:/i.test(path)) {
    try {
      local = fileURLToPath(path);
    } catch {
      throw wrong(path, `names no file of this machine; write file:///…`);
    }
  } else if (/^[a-z][a-z0-9+.-]*:/i.test(path)) throw wrong(path, `cannot be checked; ${CAN}`);
  if (!isAbsolute(local) || local.includes('\0')) throw wrong(path, `is not an absolute path; ${CAN}`);
  const kept = normalize(local).replace(/(?<=.)\/+$/, '');
  // It is written down as it is, and looked at by whoever comes later.
  if (redactText(kept) !== kept) throw wrong(path, 'holds what looks like a secret, and would stand in the ledger');
  return kept;
}
