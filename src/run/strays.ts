import { isFinal, isLivywireError, type RunRef } from '../core/index.js';
import type { EngineDeps } from './deps.js';

/**
 * Looks for applications that carry an attempt's tag beside the one that the ledger knows, and stops them: a
 * request that was given up as lost came through after all. Resolves with what to say about it, a line for each.
 */
export async function stopStrays(deps: EngineDeps, ref: RunRef, signal?: AbortSignal): Promise<string[]> {
  const { registry, logger } = deps;
  if (!registry || ref.appId === undefined) return [];
  const said: string[] = [];
  try {
    const search = await registry.byTag(ref.name, signal && { signal });
    for (const app of search.kind === 'found' ? search.apps : []) {
      if (app.appId === ref.appId) continue;
      const end = isFinal(app)
        ? `ended as ${app.raw}`
        : `was killed (${await registry.kill(app.appId, signal && { signal })})`;
      said.push(`a second application, ${app.appId}, ran under this name; it ${end}`);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    logger.warn('YARN could not be asked for a second application', { name: ref.name, error: error.message });
  }
  for (const line of said) logger.warn(line, { name: ref.name });
  return said;
}
