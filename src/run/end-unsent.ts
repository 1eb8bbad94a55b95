import { LedgerConflictError, type RunOutcome, type RunRef } from '../core/index.js';
import { nothingWasSent } from './decide.js';
import type { EngineDeps } from './deps.js';
import { attemptIn } from './records.js';

const WRITE_TRIES = 10;

/** The outcome of an attempt whose end was asked for before anything ran under it. */
export function cancelledUnsent(ref: RunRef, found: string, nowMs: number): RunOutcome {
  const at = new Date(nowMs).toISOString();
  return {
    v: 1,
    kind: 'cancelled',
    by: 'livywire',
    message: 'cancelled before it was started: no application came of it',
    ref,
    evidence: [{ source: 'ledger', asked: `key ${JSON.stringify(ref.key)}`, answer: found, at }],
    links: {},
    knownAt: at,
  };
}

/**
 * Ends an attempt of which nothing was sent yet. Written by compare-and-swap, as the intent to send is: whoever is
 * about to send it either was first, or finds that it has ended. `undefined` where there is something to stop at a server.
 */
export async function endUnsent({ ledger, clock }: EngineDeps, ref: RunRef): Promise<RunOutcome | undefined> {
  for (let i = 0; i < WRITE_TRIES; i++) {
    const entry = await ledger.get(ref.key);
    const attempt = entry && attemptIn(entry.record.attempts.slice(-1), ref);
    if (!entry || !attempt || attempt.phase !== 'claimed' || !nothingWasSent(attempt)) return undefined;
    const outcome = cancelledUnsent(ref, 'claimed, and nothing was sent', clock.now());
    const { claim: _claim, ...rest } = attempt;
    const ended = { ...rest, phase: 'ended', cancelAskedAt: outcome.knownAt, outcome } as const;
    const attempts = [...entry.record.attempts.slice(0, -1), ended];
    try {
      await ledger.update({ ...entry.record, attempts, updatedAt: outcome.knownAt }, entry.version);
      return outcome;
    } catch (error) {
      if (!(error instanceof LedgerConflictError)) throw error;
    }
  }
  return undefined;
}
