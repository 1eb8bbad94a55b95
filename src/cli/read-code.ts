import { resolve } from 'node:path';
import { ConfigError } from '../core/index.js';
import type { Context } from './define.js';
import { connectionOptions, outputOptions } from './options.js';
import { sessionOptions } from './session-flags.js';
import { formatOption } from './statement-view.js';

/** The flags of verbs that run code in a session and write what comes of it. */
export const codeOptions = { ...formatOption, ...sessionOptions, ...connectionOptions, ...outputOptions } as const;

/** What `-e` gives, else the file: of this machine, or stdin for `-`. @throws ConfigError for both, neither, or no such file */
export async function readCodes(
  { execute, rest }: { readonly execute: readonly string[]; readonly rest: readonly string[] },
  { io, readFile }: Context,
): Promise<readonly string[]> {
  const [file] = rest;
  if ((file === undefined) === (execute.length === 0)) {
    throw new ConfigError('Give code with -e, or a file (- for stdin), and not both', { field: '-e' });
  }
  if (file === undefined) return execute;
  if (file === '-') return [await io.readStdin()];
  const text = await readFile(resolve(io.cwd, file));
  if (text === undefined) throw new ConfigError(`There is no file ${file}`, { field: file });
  return [text];
}
