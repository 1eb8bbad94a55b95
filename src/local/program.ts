import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from './paths.js';

/** A program in Python of ours: beside this file in the sources, in dist/cli as it was built. */
export function pythonProgram(name: string): string {
  const file = fileURLToPath(new URL(`./${name}.py`, import.meta.url));
  return existsSync(file) ? file : join(packageRoot(), 'dist', 'cli', `${name}.py`);
}

/**
 * The arguments with which Node runs one of our programs: from the sources by tsx, from the package as it was built.
 * @param source `aws-router-main`: a file beside this one
 * @param built `aws-router`: its name in dist/cli
 */
export function programArgs(source: string, built: string): [string, ...string[]] {
  const file = fileURLToPath(new URL(`./${source}.ts`, import.meta.url));
  if (existsSync(file)) return [`--import=${import.meta.resolve('tsx')}`, file];
  return [join(packageRoot(), 'dist', 'cli', `${built}.js`)];
}
