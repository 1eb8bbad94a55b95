import { isLivywireError, type RunStatus } from '../core/index.js';
import type { ClaimHolder } from './claims.js';
import type { EngineDeps } from './deps.js';
import { knownFrom } from './records.js';

const FIRST_PAUSE_MS = 1_000;
const TRIES = 4;

/** A ledger that fails now must not hide a run from its caller: its intent is written, so the next reader finds it by name. */
export async function noteStarted(
  { clock, logger }: Pick<EngineDeps, 'clock' | 'logger'>,
  holder: ClaimHolder,
  seen: RunStatus,
  signal: AbortSignal | undefined,
): Promise<void> {
  const change = { phase: 'started', ...knownFrom(seen) } as const;
  for (let i = 1, pause = FIRST_PAUSE_MS; ; i++, pause *= 2) {
    try {
      return await holder.close(change);
    } catch (error) {
      if (!isLivywireError(error)) throw error; // a store has its own: out of reach, credentials that ran out
      if (i >= TRIES) {
        const { name } = holder.attempt;
        logger.warn(`the start could not be written to the ledger (${error.message})`, { name });
        return holder.closeUnwritten(change);
      }
    }
    await clock.sleep(pause, signal);
  }
}
