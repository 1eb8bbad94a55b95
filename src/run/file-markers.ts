import { stat } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, type OutputMarkers, redactText, UnreachableError } from '../core/index.js';

const wrong = (path: string, why: string): ConfigError =>
  new ConfigError(`The output ${JSON.stringify(redactText(path))} ${why}`, { field: 'output' });
const CAN = 'this version looks at files: an absolute path, or file:///…, that is the same here and for the job';

/** `_SUCCESS` files on a file system that this machine and the job share. */
export const fileMarkers: OutputMarkers = {
  source: 'file',
  accept(path) {
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
  },
  markerOf: (path) => join(path, '_SUCCESS'),
  async read(path) {
    const marker = join(path, '_SUCCESS');
    try {
      const { mtimeNs, size } = await stat(marker, { bigint: true });
      return { kind: 'present', version: `${mtimeNs}-${size}` };
    } catch (error) {
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
  },
};
