/** livywire as its users have it: built, packed and installed in an empty folder, anew for each state of the sources. */
import { createHash } from 'node:crypto';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { tool } from '../gate/command.js';
import { manifest, root } from '../gate/project.js';
import { filled, npmInstall, peerFolder, type Say } from './folder.js';

export interface InstalledLivywire {
  readonly dist: string;
}

const PACKED = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'docs', 'jobs'];

async function stamp(): Promise<string> {
  const sources = ['--', 'src', 'scripts/build.ts', 'scripts/gate', 'package.json', 'package-lock.json'];
  const git = async (...args: string[]) => (await execa('git', args, { cwd: root, stripFinalNewline: false })).stdout;
  const state = await Promise.all([
    git('rev-parse', `HEAD:src`),
    git('diff', 'HEAD', ...sources),
    git('hash-object', 'package.json', 'package-lock.json'),
  ]);
  return createHash('sha256').update(state.join('\n')).digest('hex');
}

/** Its dist/ is one of its own, so that nobody's build is touched. */
export async function installLivywire(say: Say): Promise<InstalledLivywire> {
  const folder = peerFolder('livywire');
  const packed = join(folder, 'packed');
  const tarball = join(folder, `${manifest.name}-${manifest.version}.tgz`);
  await filled(folder, await stamp(), async () => {
    say('building, packing and installing livywire');
    await mkdir(packed);
    for (const part of PACKED) await cp(join(root, part), join(packed, part), { recursive: true });
    await tool('tsx', ['scripts/build.ts', join(packed, 'dist')]);
    await tool('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: packed });
    await npmInstall(folder, [tarball]);
  });
  return { dist: join(folder, 'node_modules/livywire/dist') };
}
