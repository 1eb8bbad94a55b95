import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../core/index.js';
import type { LocalPlaces } from './model.js';

// The XDG specification: a relative path in these variables is to be ignored.
const xdg = (value: string | undefined, ...fallback: string[]): string =>
  value !== undefined && isAbsolute(value) ? value : join(homedir(), ...fallback);

/** Where fetched software is kept. */
export const cacheRoot = (places: LocalPlaces = {}): string =>
  resolve(places.cacheDir ?? join(xdg(process.env.XDG_CACHE_HOME, '.cache'), 'livywire'));

/** Where running instances are kept. */
export const stateRoot = (places: LocalPlaces = {}): string =>
  resolve(places.stateDir ?? join(xdg(process.env.XDG_STATE_HOME, '.local', 'state'), 'livywire', 'local'));

/** An instance's folder. @throws ConfigError for a name that cannot be a folder's */
export function instanceDir(name: string, places: LocalPlaces = {}): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(name)) {
    throw new ConfigError(
      `${JSON.stringify(name)} cannot name a local instance: up to 40 letters, digits, "-" and "_", a letter or digit first`,
      { field: 'name' },
    );
  }
  return join(stateRoot(places), name);
}

/**
 * The installed package: it holds `jobs/` and the licence's text, which the demo counts words in.
 * Found upwards, for this file is at another depth in the source tree than in the bundle.
 */
export function packageRoot(): string {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'jobs'))) return dir;
    if (dirname(dir) === dir) throw new ConfigError('livywire is not installed whole: its jobs folder is missing');
  }
}
