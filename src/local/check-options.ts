import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { ConfigError } from '../core/index.js';
import { properties } from './conf.js';
import type { UpOptions } from './model.js';

/**
 * What is wrong with the options themselves, told before anything is fetched, written or started.
 * @throws ConfigError
 */
export function checkOptions(options: UpOptions): void {
  const { port, allow = [], conf = {}, sparkConf = {}, primaries = 1 } = options;
  if (!(Number.isInteger(primaries) && primaries >= 1 && primaries <= 3)) {
    throw new ConfigError(`A cluster has 1 to 3 primaries, not ${primaries}`, { field: 'primaries' });
  }
  if (primaries > 1 && (options.aws !== true || process.platform !== 'linux')) {
    throw new ConfigError('Several primaries need aws, and the many local addresses of Linux', { field: 'primaries' });
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new ConfigError(`The port must be a whole number from 1 to 65535, not ${port}`, { field: 'port' });
  }
  for (const dir of allow) {
    if (statSync(resolve(dir), { throwIfNoEntry: false })?.isDirectory() === true) continue;
    throw new ConfigError(`There is no folder ${resolve(dir)} to allow jobs from`, { field: 'allow' });
  }
  properties(conf);
  properties(sparkConf);
}
