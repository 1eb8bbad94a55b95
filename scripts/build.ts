/**
 * Builds what the package ships, into dist/:
 *  - the library, one file per entrance in package.json's exports, our code only: packages stay imports;
 *  - the command line, everything inlined but the AWS SDK, each verb a chunk of its own that is read when it is called;
 *  - the Lambda handlers, a folder each with everything in it but the AWS SDK;
 *  - the report page's script and style, which only `livywire report` reads;
 *  - the type declarations;
 *  - the licences of what was inlined.
 * The same sources give the same bytes. `npm run build [folder]`.
 */
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { execa } from 'execa';
import { bundlePage } from '../src/report/bundle-page.js';
import { buildLambdas } from './gate/lambda-bundles.js';
import { inlinedPackages, licenceText } from './gate/licences.js';
import { doingItLater, LEFT_OUT_OF_AXIOS, leavingOut } from './gate/lighter-packages.js';
import { manifest, root } from './gate/project.js';
import { dropUnreached } from './gate/unreached.js';

const dist = resolve(root, process.argv[2] ?? 'dist');

/** `./testing` in package.json's exports is src/testing/index.ts; `.` is src/index.ts. */
function libraryEntries(): Record<string, string> {
  const entrances = Object.entries(manifest.exports).filter(([, target]) => typeof target === 'object');
  return Object.fromEntries(
    entrances.map(([name]) =>
      name === '.' ? ['index', 'src/index.ts'] : [name.slice(2), `src/${name.slice(2)}/index.ts`],
    ),
  );
}

const shared: BuildOptions & { metafile: true } = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
  charset: 'utf8',
  define: { __LIVYWIRE_VERSION__: JSON.stringify(manifest.version) },
};

async function buildLibrary(): Promise<Metafile> {
  const { metafile } = await build({
    ...shared,
    entryPoints: libraryEntries(),
    outdir: dist,
    packages: 'external',
    sourcemap: true,
  });
  await dropUnreached(metafile, Object.values(libraryEntries()));
  return metafile;
}

/** In the place of the module that bundles the page's script from sources: one that reads what is bundled below. */
const readyPageAssets: Plugin = {
  name: 'ready page assets',
  setup: (builder) =>
    builder.onLoad({ filter: /[\\/]report[\\/]page-assets\.ts$/ }, () => ({
      // From dist/cli/chunks, where every verb's code is.
      contents: `import { readFile } from 'node:fs/promises';
const read = (name) => readFile(new URL('../../report/' + name, import.meta.url), 'utf8');
export const pageAssets = async () => ({ script: await read('page.js'), style: await read('page.css') });`,
      loader: 'js',
    })),
};

async function buildPage(): Promise<Metafile> {
  const { script, style, metafile } = await bundlePage();
  await mkdir(join(dist, 'report'), { recursive: true });
  await writeFile(join(dist, 'report/page.js'), script);
  await writeFile(join(dist, 'report/page.css'), style);
  return metafile;
}

async function buildCommandLine(): Promise<Metafile> {
  const { metafile } = await build({
    ...shared,
    // The others are what `local` starts as processes of their own.
    entryPoints: {
      bin: 'src/cli/bin.ts',
      'aws-router': 'src/local/aws-router-main.ts',
      'lambda-node': 'src/local/lambda-node-main.ts',
    },
    outdir: join(dist, 'cli'),
    // 25 MB that are installed with the package, and read only where AWS is asked.
    external: ['@aws-sdk/*', '@smithy/*'],
    plugins: [readyPageAssets, leavingOut(LEFT_OUT_OF_AXIOS), doingItLater],
    // ESM first where a package has both, so that what is unused falls away.
    mainFields: ['module', 'main'],
    // Names stay whole, so that a stack trace in a bug report can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none', // THIRD-PARTY-LICENSES.txt has them, whole
    // Inlined CommonJS packages call require() for Node's own modules, and an ES module has none.
    banner: {
      js: "import{createRequire as livywireRequire}from'node:module';const require=livywireRequire(import.meta.url);",
    },
  });
  return metafile;
}

await rm(dist, { recursive: true, force: true });
const types = execa('tsc', ['-p', 'tsconfig.build.json', '--outDir', join(dist, 'types')], {
  cwd: root,
  preferLocal: true,
  stdio: 'inherit',
});
const [library, commandLine, page, lambdas] = await Promise.all([
  buildLibrary(),
  buildCommandLine(),
  buildPage(),
  buildLambdas(shared, join(dist, 'lambda')),
  types,
]);

await chmod(join(dist, 'cli/bin.js'), 0o755);
await copyFile(join(root, 'src/local/moto-server.py'), join(dist, 'cli/moto-server.py'));
const inlined = await inlinedPackages(commandLine);
await writeFile(join(dist, 'cli/THIRD-PARTY-LICENSES.txt'), licenceText('The livywire command line', inlined));
const drawing = await inlinedPackages(page);
await writeFile(join(dist, 'report/THIRD-PARTY-LICENSES.txt'), licenceText('A page of livywire report', drawing));
const inFunctions = (await Promise.all(lambdas.map(({ metafile }) => inlinedPackages(metafile)))).flat();
await writeFile(
  join(dist, 'lambda/THIRD-PARTY-LICENSES.txt'),
  licenceText('The Lambda handlers of livywire', [...new Map(inFunctions.map((one) => [one.name, one])).values()]),
);

// For the size budgets and the package's tests; not shipped.
for (const [name, metafile] of Object.entries({
  library,
  cli: commandLine,
  report: page,
  ...Object.fromEntries(lambdas.map(({ handler, metafile }) => [`lambda-${handler}`, metafile])),
})) {
  const path = join(dist, 'meta', `${name}.json`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(metafile)}\n`);
}

const size = async (file: string): Promise<string> =>
  `${Math.ceil((await readFile(join(dist, file))).length / 1024)} kB`;
console.log(
  `built ${dist}: index.js ${await size('index.js')}, cli/bin.js ${await size('cli/bin.js')}, report/page.js ${await size('report/page.js')}, ${inlined.length} packages inlined in the command line`,
);
