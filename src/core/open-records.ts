import type { Ledger, RunRecord } from './ledger-port.js';
import { isOpen } from './ledger-text.js';

/** The runs that have not ended, or whose end is not explained; a ledger that cannot tell them apart is read whole. */
export async function* openRecords(ledger: Ledger): AsyncGenerator<RunRecord, void> {
  for await (const record of ledger.open?.() ?? ledger.list()) if (isOpen(record)) yield record;
}
