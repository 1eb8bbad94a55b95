import { isLivywireError } from '../core/index.js';
import type { ClaimHolder } from './claims.js';
import type { EngineDeps } from './deps.js';
import { neverBegan } from './lookout.js';

/**
 * Removes what a refused request of ours left behind under its name; `false` when the backend would not.
 * @throws ClaimLostError when the claim was taken over: whoever did so may have started it for good by now
 */
export async function discardLeftover(
  { backend, logger }: Pick<EngineDeps, 'backend' | 'logger'>,
  holder: ClaimHolder,
  name: string,
): Promise<boolean> {
  await holder.write({});
  try {
    const held = await backend.find(name);
    if (held && neverBegan(held)) await backend.discard(name);
    return true;
  } catch (error) {
    if (!isLivywireError(error)) throw error;
    logger.warn('what a refused submit left behind could not be removed', { name, error: error.message });
    return false;
  }
}
