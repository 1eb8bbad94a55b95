import test from 'ava';
import { cleanText } from '../../src/report/index.js';
import { hostileReport } from '../helpers/run-report.js';

test('no secret, escape sequence or misleading separator is left anywhere in a report', async (t) => {
  const text = JSON.stringify(await hostileReport());
  t.false(text.includes('hunter2'));
  t.false(text.includes('abcdefgh'));
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  t.notRegex(text, /\\u001b|[\u0007\u2028\u2029\u202e]/);
  t.true(text.includes('before\\\\u2028after'), 'a separator is written out');
});

test('a line of a megabyte is cut, and says by how much', (t) => {
  const cut = cleanText('x'.repeat(1_000_000));
  t.true(cut.length < 5_000);
  t.regex(cut, /… \(\d+ more characters\)$/);
});

test('a secret that begins before the cut is masked before the line is cut', (t) => {
  const line = `${'x'.repeat(3_990)} password=${'z'.repeat(100)}`;
  t.false(cleanText(line).includes('zz'));
});

test('lines of a text stay lines', (t) => {
  t.is(cleanText('one\r\ntwo\n\tthree'), 'one\ntwo\n\tthree');
});
