import { resolve } from 'node:path';
import { ConfigError } from '../core/index.js';
import type { Context } from './define.js';

/** A file of this machine, or stdin for `-`. @throws ConfigError when there is none */
export async function readCode(file: string, { io, readFile }: Context): Promise<string> {
  if (file === '-') return io.readStdin();
  const text = await readFile(resolve(io.cwd, file));
  if (text === undefined) throw new ConfigError(`There is no file ${file}`, { field: file });
  return text;
}
