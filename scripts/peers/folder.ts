/** Folders of peers: each has its own, and none of them is a dependency of ours. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { root } from '../gate/project.js';

export type Say = (line: string) => void;

export const peerFolder = (name: string): string => join(root, '.work/peers', name);

/** Fills a peer's folder, unless it was filled for the same `stamp` before. A half-filled one is emptied first. */
export async function filled(folder: string, stamp: string, fill: () => Promise<void>): Promise<void> {
  const mark = join(folder, 'filled');
  if ((await readFile(mark, 'utf8').catch(() => undefined)) === stamp) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await fill();
  await writeFile(mark, stamp);
}

/** What a user has after `npm install` in an empty folder. */
export async function npmInstall(folder: string, packages: readonly string[], args: readonly string[] = []) {
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await execa('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...args, ...packages], {
    cwd: folder,
    stdin: 'ignore',
    all: true,
    timeout: 300_000,
  });
}
