import { type AttemptRecord, isLivywireError, LedgerConflictError, type RunRef } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { attemptIn, withLast } from './records.js';

const WRITE_TRIES = 10;

/**
 * Adds to the record of an attempt what its readers will need. A claim on it is left alone. Resolves with the
 * attempt as it stands; `undefined` when this ledger does not hold it as its newest, or could not be written.
 */
export async function amend(
  { ledger, clock, logger }: Pick<EngineDeps, 'ledger' | 'clock' | 'logger'>,
  ref: RunRef,
  change: Partial<AttemptRecord>,
): Promise<AttemptRecord | undefined> {
  let problem = 'its record keeps changing';
  for (let i = 0; i < WRITE_TRIES; i++) {
    try {
      const entry = await ledger.get(ref.key);
      const attempt = entry && attemptIn(entry.record.attempts.slice(-1), ref);
      if (!entry || !attempt) return undefined; // started elsewhere
      const next = withLast(entry.record, change, new Date(clock.now()).toISOString());
      const wanted = { ...attempt, ...change };
      if (JSON.stringify(wanted) === JSON.stringify(attempt)) return attempt;
      await ledger.update(next, entry.version);
      return wanted;
    } catch (error) {
      if (error instanceof LedgerConflictError) continue;
      if (!isLivywireError(error)) throw error;
      problem = error.message;
      break;
    }
  }
  const fields = Object.keys(change).join(', ');
  logger.warn(`${fields} could not be written to the ledger`, { key: ref.key, error: problem });
  return undefined;
}
