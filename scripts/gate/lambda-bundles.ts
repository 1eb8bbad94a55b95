/** One folder for each Lambda handler, with everything it needs but the AWS SDK, which Lambda's runtimes have. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { doingItLater, LEFT_OUT_OF_AXIOS, type LeftOut, leavingOut, pathOf } from './lighter-packages.js';
import { root } from './project.js';
import { dropUnreached, unreachedSources } from './unreached.js';

const LAMBDA_HANDLERS = ['submit', 'status', 'cancel', 'diagnose', 'watch'] as const;

export interface LambdaBundle {
  readonly handler: string;
  readonly metafile: Metafile;
}

/** What is inlined whole, but AWS's own: 25 MB that Lambda has already. */
const SDK = ['@aws-sdk/*', '@smithy/*'];

/**
 * What a function has no use for, and what stands in its place: together it weighs more than all the rest.
 * What a module exports can be called, and says that it is not there; `test/lambda/lean.test.ts` has requests and runs go past it.
 */
const LEFT_OUT: readonly LeftOut[] = [
  { path: ours('app/settings-file'), why: 'A function reads no config file; set LIVYWIRE_… variables' },
  { path: ours('aws/ec2/index'), why: 'A function looks at no security groups; livywire doctor does' },
  { path: ours('aws/staging/index'), why: 'A function stages no files; stage them before' },
  { path: ours('aws/emr/(?:overview|run-pages)'), why: 'A function shows no cluster; livywire emr does' },
  { path: ours('aws/execution-history'), why: 'A function draws no execution; livywire workflow graph does' },
  { path: ours('hadoop/(?:event-log|spark-facts)'), why: 'A function writes no report; livywire report does' },
  { path: ours('hadoop/spark-log-count'), why: 'A function shows no progress; livywire attach does' },
  ...LEFT_OUT_OF_AXIOS,
];

function ours(path: string): RegExp {
  return pathOf('src', path, 'ts');
}

/** For a build: leaves out what no function needs. */
export const leaner = leavingOut(LEFT_OUT);

/** For a build: nothing in the place of these files. */
const emptied = (sources: readonly string[]): Plugin => ({
  name: 'without rooms that are never entered',
  setup: (builder) => {
    const paths = new Set(sources.map((source) => join(root, source)));
    builder.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => (paths.has(path) ? { contents: '' } : undefined));
  },
});

/** Inlined CommonJS packages call require() for Node's own modules, and an ES module has none. */
const REQUIRE =
  "import{createRequire as livywireRequire}from'node:module';const require=livywireRequire(import.meta.url);\n";

/** esbuild puts it on every chunk; few have such a package in them. */
const withoutNeedlessRequire = (text: string): string => {
  const code = text.replace(REQUIRE, '');
  return /\brequire\b/.test(code) ? text : code;
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
      const options = {
        ...shared,
        entryPoints: { index: entry },
        outdir: join(into, handler),
        outExtension: { '.js': '.mjs' },
        target: 'node22',
        external: sdk === 'external' ? SDK : [],
        mainFields: ['module', 'main'],
        plugins: [leaner, doingItLater],
        // Names, too: a function's log shows errors by their name and words, and no places in our code.
        minify: true,
        legalComments: 'none',
        banner: { js: REQUIRE },
        write: false,
      } satisfies BuildOptions;
      // Once to see which rooms no function comes into, once without them: what they share with others would be in the way of all.
      const { metafile: seen } = await build(options);
      const empty = emptied(unreachedSources(seen, [entry]));
      const { metafile, outputFiles } = await build({ ...options, plugins: [empty, leaner, doingItLater] });
      for (const { path, text } of outputFiles) {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, withoutNeedlessRequire(text));
      }
      await dropUnreached(metafile, [entry]);
      return { handler, metafile };
    }),
  );
}
