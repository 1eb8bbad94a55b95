/** The submitter as plain JavaScript: a process of it starts in a quarter of the time that its sources take. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Some packages in it are CommonJS and ask for Node's own modules by `require`. */
const REQUIRE =
  "import { createRequire as requireFrom__ } from 'node:module'; const require = requireFrom__(import.meta.url);";

/** Writes it into the folder and gives its path. What is read by import() stays apart, and is not read before that. */
export async function submitterProgram(folder: string): Promise<string> {
  const outdir = join(folder, 'submitter');
  await build({
    entryPoints: [fileURLToPath(new URL('./submitter.ts', import.meta.url))],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
  return join(outdir, 'submitter.mjs');
}
