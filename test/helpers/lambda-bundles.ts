import { join } from 'node:path';
import { buildLambdas } from '../../scripts/gate/lambda-bundles.js';
import { root } from '../../scripts/gate/project.js';

/** The handlers as the package ships them, in a folder below the project, from where the AWS SDK is found. */
export async function lambdaBundles(name: string): Promise<string> {
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
      define: { __LIVYWIRE_VERSION__: '"0.0.0-test"' },
    },
    folder,
  );
  return folder;
}
