import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../core/index.js';

/** The handlers as the package brings them: found upwards, for this file is at another depth in the sources than in the package. */
export function packagedHandlers(): string {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    const folder = join(dir, 'dist', 'lambda');
    if (existsSync(folder)) return folder;
    if (dirname(dir) === dir)
      throw new ConfigError('The functions are not built: from sources, npm run build makes them', {
        field: 'bundles',
      });
  }
}
