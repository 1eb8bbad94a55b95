import { type AppReport, type AttemptPlan, isLivywireError, KeyConflictError } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { specTagPrefix } from './names.js';
import type { Sighting } from './lookout.js';

/** The tag of another spec that an application carries under our name; `none` where it carries no such tag at all. */
function otherSpec({ tags }: AppReport, wanted: string): { readonly tag: string } | 'none' | undefined {
  if (tags.includes(wanted)) return undefined;
  const tag = tags.find((one) => one.startsWith(specTagPrefix));
  return tag === undefined ? 'none' : { tag };
}

/**
 * An attempt that is about to be adopted must have been started from this spec: a ledger that was restored from a backup
 * hands out a name twice. YARN's second tag tells, where YARN can be asked; where it cannot, the end is looked at again.
 * @throws KeyConflictError
 */
export async function checkSpecOf(
  { registry, logger }: EngineDeps,
  key: string,
  { name, tags }: AttemptPlan,
  { status, app }: Extract<Sighting, { kind: 'found' }>,
  signal?: AbortSignal,
): Promise<void> {
  const wanted = tags.find((tag) => tag.startsWith(specTagPrefix));
  if (!registry || wanted === undefined) return;
  let seen = app;
  try {
    if (!seen && status.appId !== undefined) seen = await registry.byId(status.appId, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    logger.warn('YARN could not be asked which spec this was started from', { name, error: error.message });
  }
  if (!seen?.tags.includes(name)) return;
  const other = otherSpec(seen, wanted);
  if (other === 'none') logger.warn(`${seen.appId} carries no tag of its spec; taken for ours by its name`, { name });
  else if (other) {
    throw new KeyConflictError(key, [
      `spec: ${seen.appId} runs under this name and was started from another one (tag ${other.tag} there, ${wanted} here)`,
    ]);
  }
}

/** The same comparison at the end, where it can only be told. */
export function specNote(app: AppReport, name: string, wanted: string): string | undefined {
  if (!app.tags.includes(name)) return undefined;
  const other = otherSpec(app, wanted);
  if (other === 'none') return `${app.appId} carries no tag of the spec it was started from`;
  return (
    other && `${app.appId} was started from another spec than this ledger's (tag ${other.tag} there, ${wanted} here)`
  );
}
