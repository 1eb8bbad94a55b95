import { type AttemptRecord, isLivywireError, LedgerConflictError, type RunRef } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { attemptIn } from './records.js';

const WRITE_TRIES = 10;

/** What to write; a field that is `undefined` is taken back. */
type Changes = { readonly [Field in keyof AttemptRecord]?: AttemptRecord[Field] | undefined };
/** Of the attempt as it stands, where it depends on that. */
type Amendment = Changes | ((attempt: AttemptRecord) => Changes);

/**
 * Adds to the record of an attempt what its readers will need. A claim on it is left alone. Resolves with the
 * attempt as it stands; `undefined` when this ledger does not hold it as its newest (`anyAttempt`: at all), or could not be
 * written.
 */
export async function amend(
  { ledger, clock, logger }: Pick<EngineDeps, 'ledger' | 'clock' | 'logger'>,
  ref: Pick<RunRef, 'key' | 'attempt' | 'name'>,
  amendment: Amendment,
  { anyAttempt = false }: { readonly anyAttempt?: boolean } = {},
): Promise<AttemptRecord | undefined> {
  let problem = 'its record keeps changing';
  let change: Changes = {};
  for (let i = 0; i < WRITE_TRIES; i++) {
    try {
      const entry = await ledger.get(ref.key);
      const attempt = entry && attemptIn(anyAttempt ? entry.record.attempts : entry.record.attempts.slice(-1), ref);
      if (!entry || !attempt) return undefined; // started elsewhere
      change = typeof amendment === 'function' ? amendment(attempt) : amendment;
      const wanted = amended(attempt, change);
      if (JSON.stringify(wanted) === JSON.stringify(attempt)) return attempt;
      const attempts = entry.record.attempts.map((one) => (one === attempt ? wanted : one));
      const next = { ...entry.record, attempts, updatedAt: new Date(clock.now()).toISOString() };
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
  logger.warn(`${fields} could not be written to the ledger (${problem})`, { key: ref.key });
  return undefined;
}

const amended = (attempt: AttemptRecord, change: Changes): AttemptRecord =>
  Object.fromEntries(
    Object.entries({ ...attempt, ...change }).filter(([, value]) => value !== undefined),
  ) as unknown as AttemptRecord;
