/** One folder for each Lambda handler, with everything it needs but the AWS SDK, which Lambda's runtimes have. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { dropUnreached } from './unreached.js';

const LAMBDA_HANDLERS = ['submit', 'status', 'cancel', 'diagnose', 'watch'] as const;

export interface LambdaBundle {
  readonly handler: string;
  readonly metafile: Metafile;
}

/** What is inlined whole, but AWS's own: 25 MB that Lambda has already. */
const SDK = ['@aws-sdk/*', '@smithy/*'];

/**
 * What a function has no use for, and what stands in its place: together it weighs more than all the rest.
 * What a module exports can be called, and says that it is not there.
 */
const LEFT_OUT: readonly { readonly path: RegExp; readonly why: string }[] = [
  { path: /[\\/]src[\\/]app[\\/]settings-file\.ts$/, why: 'A function reads no config file; set LIVYWIRE_… variables' },
  {
    path: /[\\/]src[\\/]aws[\\/]ec2[\\/]index\.ts$/,
    why: 'A function looks at no security groups; livywire doctor does',
  },
  { path: /[\\/]src[\\/]aws[\\/]staging[\\/]index\.ts$/, why: 'A function stages no files; stage them before' },
];

/** The names of a module's values. */
async function exportedValues(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8');
  const listed = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list = '']) => list.split(','));
  const declared = [...text.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)].map(
    ([, name = '']) => name,
  );
  return [...listed.map((one) => one.trim()).filter((one) => /^\w+$/.test(one)), ...declared];
}

const leaner: Plugin = {
  name: 'without what no function needs',
  setup: (builder) => {
    for (const { path: filter, why } of LEFT_OUT) {
      builder.onLoad({ filter }, async ({ path }) => {
        const names = (await exportedValues(path)).map((name) => `none as ${name}`);
        const none = `const none = () => { throw new Error(${JSON.stringify(why)}) };`;
        return { contents: `${none} export { ${names.join(', ')} };`, loader: 'js' };
      });
    }
    // Uploads of forms, and with them the list of all types of files: for us axios sends JSON.
    builder.onLoad({ filter: /[\\/]node_modules[\\/]form-data[\\/]lib[\\/]form_data\.js$/ }, () => ({
      contents: 'module.exports = globalThis.FormData;',
      loader: 'js',
    }));
  },
};

/** `sdk`: `inlined` for functions that bring their own. */
export async function buildLambdas(
  shared: BuildOptions & { metafile: true },
  into: string,
  { sdk = 'external' }: { readonly sdk?: 'external' | 'inlined' } = {},
): Promise<readonly LambdaBundle[]> {
  return Promise.all(
    LAMBDA_HANDLERS.map(async (handler) => {
      const entry = `src/lambda/${handler}.ts`;
      const { metafile } = await build({
        ...shared,
        entryPoints: { index: entry },
        outdir: join(into, handler),
        outExtension: { '.js': '.mjs' },
        target: 'node22',
        external: sdk === 'external' ? SDK : [],
        mainFields: ['module', 'main'],
        plugins: [leaner],
        // Names, too: a function's log shows errors by their name and words, and no places in our code.
        minify: true,
        legalComments: 'none',
        banner: {
          js: "import{createRequire as livywireRequire}from'node:module';const require=livywireRequire(import.meta.url);",
        },
      });
      await dropUnreached(metafile, [entry]);
      return { handler, metafile };
    }),
  );
}
