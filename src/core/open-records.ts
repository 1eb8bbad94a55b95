import type { Ledger, RunRecord } from './ledger-port.js';
import { isOpen } from './ledger-text.js';

/** The runs that have not ended, whose end is not explained, or of which somebody is still to be told; a ledger that cannot tell them apart is read whole. */
export async function* openRecords(ledger: Ledger): AsyncGenerator<RunRecord, void> {
  for await (const record of ledger.open?.() ?? ledger.list()) if (isOpen(record)) yield record;
}
