import test from 'ava';
import { LedgerConflictError } from '../../src/core/index.js';
import { memoryLedger } from '../../src/run/index.js';
import { ledgerContract, recordOf } from '../helpers/ledger-contract.js';

ledgerContract('in memory', () => {
  const ledger = memoryLedger();
  return () => ledger;
});

test('an update of a key that is not there is a conflict', async (t) => {
  const ledger = memoryLedger();
  await ledger.create(recordOf('k'));
  await t.throwsAsync(ledger.update(recordOf('other'), '1'), { instanceOf: LedgerConflictError });
});

test('two ledgers are two namespaces, unless one is given', async (t) => {
  t.not(await memoryLedger().namespace(), await memoryLedger().namespace());
  t.is(await memoryLedger({ namespace: 'n' }).namespace(), 'n');
});
