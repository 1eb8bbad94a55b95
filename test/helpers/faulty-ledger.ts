import { type Ledger, LedgerError } from '../../src/core/index.js';

/** `before`: nothing was written · `after`: it was, and the answer is lost. */
export type LedgerFault = 'before' | 'after' | 'none';

/** A ledger whose next calls fail as told: reads in `reads`, writes in `writes`, each in order. */
export function faultyLedger(
  ledger: Ledger,
  { reads = [], writes = [] }: { readonly reads?: LedgerFault[]; readonly writes?: LedgerFault[] } = {},
): Ledger & { readonly writes: LedgerFault[]; readonly reads: LedgerFault[] } {
  const faulty = async <T>(fault: LedgerFault | undefined, call: () => Promise<T>): Promise<T> => {
    if (fault === 'before') throw new LedgerError('the ledger does not answer');
    const answer = await call();
    if (fault === 'after') throw new LedgerError('the ledger wrote, and its answer was lost');
    return answer;
  };
  return {
    reads,
    writes,
    namespace: () => ledger.namespace(),
    get: (key) => faulty(reads.shift(), () => ledger.get(key)),
    create: (record) => faulty(writes.shift(), () => ledger.create(record)),
    update: (record, version) => faulty(writes.shift(), () => ledger.update(record, version)),
    list: (options) => ledger.list(options),
  };
}
