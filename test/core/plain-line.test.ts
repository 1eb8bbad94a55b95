import fc from 'fast-check';
import test from 'ava';
import { plainLine } from '../../src/core/index.js';

const ESC = '\u001b';
const nasty = fc.constantFrom(
  ESC,
  '\u009b',
  '\u009d',
  '\u0090',
  '\u0007',
  '\r',
  '\n',
  '\b',
  '\u007f',
  '\u0085',
  '\u202e',
  '[',
  ']',
  'm',
  '3',
  ';',
  '\\',
  'x',
);

test('no control character but tab is ever left', (t) => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(nasty).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(anyText, (line) => !/[^\P{Cc}\t]|[\u202a-\u202e\u2066-\u2069]/u.test(plainLine(line))),
    { numRuns: 2_000 },
  );
  t.pass();
});

test('a line without control characters stays as it is', (t) => {
  const clean = fc.string({ unit: 'grapheme' }).filter((line) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(line));
  fc.assert(fc.property(clean, (line) => plainLine(line) === line));
  t.is(plainLine('a\tb ä 😀'), 'a\tb ä 😀');
});

test('colours, titles and links go without litter', (t) => {
  t.is(plainLine(`${ESC}[1;31mred${ESC}[0m`), 'red');
  t.is(plainLine(`${ESC}]0;owned\u0007title`), 'title');
  t.is(plainLine(`${ESC}]8;;http://evil${ESC}\\link${ESC}]8;;${ESC}\\`), 'link');
  t.is(plainLine(`${ESC}[2J${ESC}[Hx`), 'x');
  t.is(plainLine('50%\rdone'), '50%done');
});
