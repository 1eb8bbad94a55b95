import { join } from 'node:path';
import { execa } from 'execa';
import { filled, peerFolder, type Say } from './folder.js';

export const PYLIVY_VERSION = '0.8.0';

/** Fetches it once, in an environment of its own. @returns its Python */
export async function installPylivy(say: Say): Promise<string> {
  const folder = peerFolder(`pylivy-${PYLIVY_VERSION}`);
  const python = join(folder, 'bin/python');
  await filled(folder, PYLIVY_VERSION, async () => {
    say(`fetching pylivy ${PYLIVY_VERSION}`);
    await execa('python3', ['-m', 'venv', folder]);
    await execa(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `livy==${PYLIVY_VERSION}`]);
  });
  return python;
}
