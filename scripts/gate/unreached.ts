import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from './project.js';

/** esbuild writes a chunk for every import(), also for those whose caller fell away as unused: those go. */
export async function dropUnreached({ outputs }: Metafile, entryPoints: readonly string[]): Promise<void> {
  const entries = new Set(entryPoints);
  const reached = new Set(Object.keys(outputs).filter((path) => entries.has(outputs[path]?.entryPoint ?? '')));
  // A Set yields what is added while it is walked.
  for (const path of reached)
    for (const found of outputs[path]?.imports ?? []) if (!found.external) reached.add(found.path);
  for (const path of Object.keys(outputs)) {
    if (reached.has(path.replace(/\.map$/, ''))) continue;
    await rm(resolve(root, path));
    delete outputs[path];
  }
}
