/** Other lines of Node to try the package on: the registry holds the binaries as packages of their own. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { root } from './project.js';

export interface NodeBinary {
  /** As asked for: `22`. */
  readonly line: string;
  readonly path: string;
  /** As it says itself: `v22.1.0`. */
  readonly version: string;
}

/** The newest Node of a line, kept under node_modules/.cache; throws where it cannot be had for this machine. */
export async function fetchNode(line: string): Promise<NodeBinary> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(root, 'node_modules/.cache/livywire', `node-${line}`);
  const path = join(folder, 'node_modules', name, 'bin/node');
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (!there) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
    await execa('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-save', `${name}@${line}`], {
      cwd: folder,
      stdin: 'ignore',
      all: true,
      timeout: 180_000,
    });
  }
  const { stdout } = await execa(path, ['--version']);
  return { line, path, version: stdout };
}
