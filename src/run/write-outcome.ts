import { type AttemptRecord, LedgerConflictError, type RunOutcome, type RunStatus } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { Patience } from './patience.js';
import { attemptIn, knownFrom, lastAttempt } from './records.js';

const WRITE_TRIES = 10;

/** How long a ledger that hangs may hold an outcome back, over all that is read and written there. */
const LEDGER_WITHIN_MS = 30_000;
export const ledgerPatience = ({ clock }: Pick<EngineDeps, 'clock'>): Patience => new Patience(clock, LEDGER_WITHIN_MS);

/** The outcome that counts after a write. */
export interface Written {
  readonly outcome: RunOutcome;
  /** What goes with it is still to be made, from this reading. */
  readonly unfinished?: RunStatus | undefined;
  /** As the ledger held it before; absent where it holds none. */
  readonly attempt?: AttemptRecord | undefined;
  /** It could not be written, and that was said. */
  readonly isUnwritten?: boolean | undefined;
  /** Why. */
  readonly problem?: string;
}

export interface WriteOptions extends Pick<Written, 'unfinished' | 'isUnwritten'> {
  /** How long a store that does not answer is waited for; the write itself goes on. @defaultValue `ledgerPatience` */
  readonly patience?: Patience;
}

/**
 * Writes the outcome, unless another process was first with one that is as good: whoever was first has the word on how
 * it ended. `unfinished`: only that it ended, and how; the rest is written by a second call, also to an attempt that a newer
 * one has followed meanwhile. `isUnwritten`: that it could not be was said already. Never rejects for a ledger that fails, and does
 * not wait for ever for one that hangs: the outcome is known, and that must not hide it.
 */
export async function writeOutcome(
  deps: Pick<EngineDeps, 'ledger' | 'clock' | 'logger'>,
  outcome: RunOutcome,
  { unfinished, isUnwritten = false, patience = ledgerPatience(deps) }: WriteOptions = {},
): Promise<Written> {
  const done = await patience.with(written(deps, outcome, unfinished));
  if (done && !('problem' in done)) return done;
  const problem = done?.problem ?? 'it did not answer in time';
  if (!isUnwritten)
    deps.logger.warn(`the outcome could not be written to the ledger (${problem})`, { key: outcome.ref.key });
  return { outcome, unfinished, isUnwritten: true, problem };
}

/** What a caller is told of an outcome that is in no ledger. */
export function toldOf({ outcome, isUnwritten, problem = 'unknown' }: Written): RunOutcome {
  if (isUnwritten !== true) return outcome;
  const note = `this could not be written to the ledger (${problem}): the next look asks the servers again`;
  return { ...outcome, notes: [...(outcome.notes ?? []), note] };
}

async function written(
  { ledger, clock }: Pick<EngineDeps, 'ledger' | 'clock'>,
  outcome: RunOutcome,
  unfinished: RunStatus | undefined,
): Promise<Written | { readonly problem: string }> {
  const { ref } = outcome;
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
      const { unfinished: _before, yarnOutage: _outage, ...rest } = attempt;
      const ended = { ...rest, phase: 'ended', outcome, ...knownFrom(ref), ...(unfinished && { unfinished }) } as const;
      const attempts = entry.record.attempts.map((one) => (one === attempt ? ended : one));
      await ledger.update({ ...entry.record, attempts, updatedAt: new Date(clock.now()).toISOString() }, entry.version);
      return { outcome, unfinished, attempt };
    } catch (error) {
      if (error instanceof LedgerConflictError) continue;
      return { problem: (error as Error).message };
    }
  }
  return { problem: 'its record keeps changing' };
}
