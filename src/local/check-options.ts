import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../core/index.js';
import { properties } from './conf.js';
import type { UpOptions } from './model.js';

/**
 * What is wrong with the options themselves, told before anything is fetched, written or started.
 * @throws ConfigError
 */
export function checkOptions({ port, allow = [], conf = {}, sparkConf = {} }: UpOptions): void {
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
