import { type AttemptRecord, LedgerConflictError, type RunOutcome, type RunStatus } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { attemptIn, knownFrom, lastAttempt } from './records.js';

const WRITE_TRIES = 10;

/** The outcome that counts after a write. */
export interface Written {
  readonly outcome: RunOutcome;
  /** What goes with it is still to be made, from this reading. */
  readonly unfinished?: RunStatus | undefined;
  /** As the ledger held it before; absent where it holds none. */
  readonly attempt?: AttemptRecord | undefined;
  /** It could not be written, and that was said. */
  readonly isUnwritten?: boolean | undefined;
}

/**
 * Writes the outcome, unless another process was first with one that is as good: whoever was first has the word on how
 * it ended. `unfinished`: only that it ended, and how; the rest is written by a second call, also to an attempt that a newer
 * one has followed meanwhile. `isUnwritten`: that it could not be was said already. Never rejects for a ledger that fails: the outcome is known, and that must not hide it.
 */
export async function writeOutcome(
  { ledger, clock, logger }: Pick<EngineDeps, 'ledger' | 'clock' | 'logger'>,
  outcome: RunOutcome,
  { unfinished, isUnwritten = false }: Pick<Written, 'unfinished' | 'isUnwritten'> = {},
): Promise<Written> {
  const { ref } = outcome;
  let problem = 'its record keeps changing';
  for (let i = 0; i < WRITE_TRIES; i++) {
    try {
      const entry = await ledger.get(ref.key);
      const attempt = entry && attemptIn(entry.record.attempts, ref);
      if (!entry || !attempt) return { outcome, unfinished };
      const standing = attempt.outcome;
      if (standing && (standing.kind !== 'lost' || outcome.kind === 'lost')) {
        const isAddition = unfinished === undefined && attempt.unfinished && standing.kind === outcome.kind;
        if (!isAddition) return { outcome: standing, unfinished: attempt.unfinished, attempt };
      } else if (attempt !== lastAttempt(entry.record)) {
        return { outcome, unfinished, attempt }; // not ours to write
      }
      const { unfinished: _before, ...rest } = attempt;
      const ended = { ...rest, phase: 'ended', outcome, ...knownFrom(ref), ...(unfinished && { unfinished }) } as const;
      const attempts = entry.record.attempts.map((one) => (one === attempt ? ended : one));
      await ledger.update({ ...entry.record, attempts, updatedAt: new Date(clock.now()).toISOString() }, entry.version);
      return { outcome, unfinished, attempt };
    } catch (error) {
      if (error instanceof LedgerConflictError) continue;
      problem = (error as Error).message;
      break;
    }
  }
  if (!isUnwritten) logger.warn(`the outcome could not be written to the ledger (${problem})`, { key: ref.key });
  return { outcome, unfinished, isUnwritten: true };
}
