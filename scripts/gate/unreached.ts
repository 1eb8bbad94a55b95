import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from './project.js';

/** What a build wrote that importing its entries can lead to. */
function reachedOutputs({ outputs }: Metafile, entryPoints: readonly string[]): ReadonlySet<string> {
  const entries = new Set(entryPoints);
  const reached = new Set(Object.keys(outputs).filter((path) => entries.has(outputs[path]?.entryPoint ?? '')));
  // A Set yields what is added while it is walked.
  for (const path of reached)
    for (const found of outputs[path]?.imports ?? []) if (!found.external) reached.add(found.path);
  return reached;
}

/** Sources that are named by an import() only whose caller fell away as unused, and of which nothing is used elsewhere. */
export function unreachedSources(metafile: Metafile, entryPoints: readonly string[]): readonly string[] {
  const outputs = Object.entries(metafile.outputs);
  const reached = reachedOutputs(metafile, entryPoints);
  const used = new Set(outputs.flatMap(([path, { inputs }]) => (reached.has(path) ? Object.keys(inputs) : [])));
  return outputs.flatMap(([path, { entryPoint }]) =>
    entryPoint === undefined || reached.has(path) || used.has(entryPoint) ? [] : [entryPoint],
  );
}

/** esbuild writes a chunk for every import(), also for those whose caller fell away as unused: those go. */
export async function dropUnreached(metafile: Metafile, entryPoints: readonly string[]): Promise<void> {
  const { outputs } = metafile;
  const reached = reachedOutputs(metafile, entryPoints);
  for (const path of Object.keys(outputs)) {
    if (reached.has(path.replace(/\.map$/, ''))) continue;
    await rm(resolve(root, path));
    delete outputs[path];
  }
}
