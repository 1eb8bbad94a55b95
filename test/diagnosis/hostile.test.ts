import { readFileSync } from 'node:fs';
import test from 'ava';
import type { DiagnosisLine } from '../../src/core/index.js';
import { codes, diagnose } from '../../src/diagnosis/index.js';

const failed = { raw: 'dead', state: 'failed' } as const;
const MEGABYTE = 1_000_000;

/** Each repeats a piece of what the patterns look for, without the end that they need. */
const pieces = [
  'a.',
  ' at ',
  'Caused by: ',
  'a.b.C: ',
  '26/11/23 ',
  '  File "',
  'Lost task 1',
  '[',
  ': ',
  'x',
  '((((',
  'token=',
  'java.lang.OutOfMemoryError',
];

for (const piece of pieces) {
  test(`2,000 lines and one of a megabyte of ${JSON.stringify(piece)} are read without getting stuck`, (t) => {
    const lines: DiagnosisLine[] = Array.from({ length: 2_000 }, (_, i) => ({
      source: 'stderr',
      line: i + 1,
      text: piece.repeat(200),
    }));
    lines.push({ source: 'stderr', line: 2_001, text: piece.repeat(MEGABYTE / piece.length) });
    const { title, lines: proof } = diagnose({ status: failed, lines });
    t.true(title.length < 500);
    t.true(proof.every(({ text }) => text.length <= 400));
  });
}

test('a secret in an exception is in no title and no proof', (t) => {
  const text =
    'Traceback (most recent call last):\n  File "/j.py", line 3, in f\nValueError: password=hunter2 is wrong';
  const lines = text.split('\n').map((line, i) => ({ source: 'stdout', line: i + 1, text: line }));
  const diagnosis = diagnose({ status: failed, lines });
  t.is(diagnosis.code, 'PYTHON_EXCEPTION');
  t.notRegex(JSON.stringify(diagnosis), /hunter2/);
});

test("a job's own words are not taken for what they name", (t) => {
  for (const words of ['Access Denied (Status Code: 403)', 'No space left on device', 'Path does not exist: s3://a']) {
    const text = `Traceback (most recent call last):\n  File "/j.py", line 3, in f\nValueError: ${words}`;
    const lines = text.split('\n').map((line) => ({ source: 'stdout', text: line }));
    t.is(diagnose({ status: failed, lines }).code, 'PYTHON_EXCEPTION', words);
  }
});

test('the documentation names every code, once, with what it means', (t) => {
  const doc = readFileSync(new URL('../../docs/diagnosis.md', import.meta.url), 'utf8').replace(/\s+/g, ' ');
  for (const { code, about } of codes) t.true(doc.includes(`| \`${code}\``) && doc.includes(about), code);
  t.is(new Set(codes.map(({ code }) => code)).size, codes.length);
});
