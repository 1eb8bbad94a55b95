// Claims keys against others who claim the same: a process of its own, told the ledger's folder and how many keys. Says which it won.
import process from 'node:process';
import { LedgerConflictError, type RunRecord } from '../../src/core/index.js';
import { fileLedger } from '../../src/run/index.js';

const [folder = '', count = '0', template = ''] = process.argv.slice(2);
const record = JSON.parse(template) as RunRecord;
const ledger = fileLedger(folder);
const won: string[] = [];
for (let i = 0; i < Number(count); i++) {
  const key = `claimed-${i}`;
  try {
    await ledger.create({ ...record, key });
    won.push(key);
  } catch (error) {
    if (!(error instanceof LedgerConflictError)) throw error;
  }
}
process.stdout.write(JSON.stringify(won));
