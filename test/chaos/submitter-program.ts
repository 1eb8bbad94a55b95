/** The submitter as one file of plain JavaScript: a process of it starts in a tenth of the time that its sources take. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Some packages in it are CommonJS and ask for Node's own modules by `require`. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Writes it into the folder and gives its path. */
export async function submitterProgram(folder: string): Promise<string> {
  const outfile = join(folder, 'submitter.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./submitter.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
  return outfile;
}
