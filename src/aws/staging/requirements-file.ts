import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../../core/index.js';

/** What a requirements file asks for, with those it refers to. */
export interface Requirements {
  readonly path: string;
  /** The text of every file, in the order pip reads them: the same texts ask for the same. */
  readonly texts: readonly string[];
  /** Lines whose packages stand on this machine: their contents are in no text. */
  readonly local: readonly string[];
  /** Packages for which pip chooses a version by itself. */
  readonly loose: readonly string[];
}

const MOST_FILES = 50;

/** @throws ConfigError for a file that is not there or has no package in it */
export async function readRequirements(path: string): Promise<Requirements> {
  const texts: string[] = [];
  const lines: string[] = [];
  const pending = [{ file: resolve(path), isConstraint: false }];
  const seen = new Set<string>();
  for (const { file, isConstraint } of pending) {
    if (seen.has(file)) continue;
    if (seen.size >= MOST_FILES) throw wrong(path, `refers to more than ${MOST_FILES} files`);
    seen.add(file);
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw wrong(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    });
    texts.push(text);
    for (const line of logicalLines(text)) {
      const [, flag, other] = /^(-r|--requirement|-c|--constraint)[\s=]+(\S+)/.exec(line) ?? [];
      if (other === undefined) {
        if (!isConstraint) lines.push(line);
        continue;
      }
      if (/^\w{2,}:/.test(other)) throw wrong(file, `refers to ${other}; put that file beside it`);
      pending.push({ file: resolve(dirname(file), other), isConstraint: isConstraint || (flag ?? '').includes('c') });
    }
  }
  const packages = lines.filter((line) => !line.startsWith('-') || /^(-e|--editable)\b/.test(line));
  if (packages.length === 0) throw wrong(path, 'names no package');
  const local = packages.filter((line) => /^(?:-e|--editable|\.{0,2}\/|file:|.*@\s*file:)/.test(line));
  return {
    path,
    texts,
    local,
    loose: packages.filter((line) => !local.includes(line) && !/===?|\s@\s/.test(line)).map(nameOf),
  };
}

/** Without comments, and with what a backslash broke put together again. */
const logicalLines = (text: string): string[] =>
  text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

const nameOf = (line: string): string => /^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? line;

const wrong = (path: string, why: string): ConfigError =>
  new ConfigError(`--requirements: ${path} ${why}`, { field: '--requirements' });
