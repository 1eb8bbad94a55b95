import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import type { TestFn } from 'ava';

/** Puts a program, and what it needs beside it, before the real one on the PATH, for this test file. Gives its folder. */
export function useProgram(test: TestFn, name: string, files: Readonly<Record<string, string>>): () => string {
  let dir: string | undefined;
  test.before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'livywire-test-'));
    for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text);
    await chmod(join(dir, name), 0o755);
    process.env.PATH = `${dir}${delimiter}${process.env.PATH ?? ''}`;
  });
  test.after.always(async () => {
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });
  return () => dir ?? '';
}
