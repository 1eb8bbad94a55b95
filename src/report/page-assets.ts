import type { PageAssets } from './page.js';

/**
 * From sources the page's script is bundled when a page is made. The build puts a module in the place of this one that reads
 * what it has bundled, from dist/report (scripts/build.ts).
 */
export async function pageAssets(): Promise<PageAssets> {
  const { bundlePage } = await import('./bundle-page.js');
  const { script, style } = await bundlePage();
  return { script, style };
}
