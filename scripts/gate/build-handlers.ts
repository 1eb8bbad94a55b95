/** The Lambda handlers as the package ships them, made for a test or a demo. */
import { join } from 'node:path';
import { buildLambdas } from './lambda-bundles.js';
import { root } from './project.js';

/** @returns the folder with one for each handler; below the project, from where the AWS SDK is found */
export async function buildHandlers(name: string): Promise<string> {
  const folder = join(root, '.work', name);
  await buildLambdas(
    {
      absWorkingDir: root,
      bundle: true,
      format: 'esm',
      platform: 'node',
      splitting: true,
      metafile: true,
      logLevel: 'warning',
      charset: 'utf8',
      define: { __LIVYWIRE_VERSION__: '"0.0.0-local"' },
    },
    folder,
  );
  return folder;
}
