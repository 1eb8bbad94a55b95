import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import type { PageAssets } from './page.js';

/** Observable Plot and what it is made of travel with every page, so their notice does, too. */
const NOTICE =
  '/* Charts: Observable Plot, (c) Observable, Inc.; D3, (c) Mike Bostock; interval-tree-1d, binary-search-bounds, ' +
  '(c) Mikola Lysenko; isoformat, (c) Mike Bostock. ISC and MIT licences: THIRD-PARTY-LICENSES.txt in livywire/dist/report. */';

/** The page's script with everything it needs, and its style. Only the build, tests and runs from sources come here. */
export async function bundlePage(): Promise<PageAssets & { readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('browser/main.ts', import.meta.url))],
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: ['chrome100', 'firefox100', 'safari16'],
    minify: true,
    charset: 'ascii', // the same bytes, whatever a mail program or a proxy makes of the file's encoding
    legalComments: 'none',
    banner: { js: NOTICE },
    metafile: true,
    logLevel: 'silent',
  });
  // Inside an HTML page nothing may look like the script's end.
  const script = (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const style = await readFile(new URL('page.css', import.meta.url), 'utf8');
  return { script, style: tidyStyle(style), metafile };
}

const tidyStyle = (css: string): string =>
  css
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s*\n\s*/g, '\n')
    .trim();
