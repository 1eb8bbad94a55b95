// Adds words of its own to a record, so many, against others who do the same. Run as a process of its own.
import process from 'node:process';
import { LedgerConflictError } from '../../src/core/index.js';
import { fileLedger } from '../../src/run/index.js';

const [folder = '', times = '0'] = process.argv.slice(2);
const ledger = fileLedger(folder);
for (let done = 0; done < Number(times);) {
  const word = `${process.pid}-${done}`;
  const entry = await ledger.get('words');
  if (!entry) throw new Error('the record is gone');
  const { record, version } = entry;
  const words = record.spec.args ?? [];
  if (words.includes(word)) {
    done++;
    continue;
  }
  try {
    await ledger.update({ ...record, spec: { ...record.spec, args: [...words, word] } }, version);
  } catch (error) {
    if (!(error instanceof LedgerConflictError)) throw error;
  }
}
process.stdout.write(await ledger.namespace());
