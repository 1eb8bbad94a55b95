import { isLivywireError, type Ledger, type RunOutcome, type RunRef } from '../core/index.js';
import type { Run, Runs } from '../app/index.js';

/** The run under a key; `undefined` where the ledger has none. @throws LedgerError */
export async function runInLedger(runs: Runs, key: string): Promise<Run | undefined> {
  try {
    return await runs.find(key);
  } catch (error) {
    if (isLivywireError(error) && error.code === 'RUN_NOT_FOUND') return undefined;
    throw error;
  }
}

/** How an attempt ended as far as the ledger says, be it without the reason. @throws LedgerError */
export async function endInLedger(ledger: Ledger, { key, name }: RunRef): Promise<RunOutcome | undefined> {
  const entry = await ledger.get(key);
  return entry?.record.attempts.find((attempt) => attempt.name === name)?.outcome;
}
