import { filled, npmInstall, peerFolder, type Say } from './folder.js';

/** Livy clients of the npm registry, and axios by itself. */
export const NPM_PEERS = {
  'livy-client': '1.0.1',
  '@azure/synapse-spark': '1.0.0-beta.4',
} as const;

/** Fetches a package once, in a version. @returns the folder that it was installed in */
export async function installNpm(name: string, version: string, say: Say): Promise<string> {
  const folder = peerFolder(`${name.replace('/', '-').replace('@', '')}-${version}`);
  await filled(folder, version, async () => {
    say(`fetching ${name} ${version}`);
    await npmInstall(folder, [`${name}@${version}`]);
  });
  return folder;
}
