import test from 'ava';
import { ConfigError } from '../../src/core/index.js';
import { memoryLedger, testLivywire } from '../../src/testing/index.js';
import { attemptOf } from '../helpers/engine.js';

const code = 'ab'.repeat(32);

test('the ledger keeps which code an attempt runs, and another code under the key is no conflict by itself', async (t) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  await lw.submit({ file: 's3://b/j.py' }, { key: 'k', codeSha256: code });
  t.is((await attemptOf(ledger, 'k')).codeSha256, code);
  t.is((await lw.submit({ file: 's3://b/j.py' }, { key: 'k', codeSha256: 'cd'.repeat(32) })).how, 'adopted');
  t.is((await attemptOf(ledger, 'k')).codeSha256, code);
});

test('what is no checksum is refused', async (t) => {
  const submitting = testLivywire().submit({ file: 's3://b/j.py' }, { codeSha256: 'ABC' });
  t.is((await t.throwsAsync(submitting, { instanceOf: ConfigError }))?.field, 'codeSha256');
});
