import { readFileSync } from 'node:fs';
import test from 'ava';
import { codes } from '../../src/diagnosis/index.js';
import { triedTable } from '../helpers/tried-codes.js';

const doc = readFileSync(new URL('../../docs/diagnosis.md', import.meta.url), 'utf8');

test('the documentation says of each code what was tried, as the recordings have it', (t) => {
  for (const row of triedTable()) t.true(doc.includes(`\n${row}\n`), row);
});

test('a code that no recorded run stands behind says what does', (t) => {
  t.deepEqual(
    triedTable().filter((row) => row.endsWith('| ? |')),
    [],
  );
  t.true(codes.length > 40);
});
