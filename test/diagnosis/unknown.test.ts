import test from 'ava';
import type { RunStatus } from '../../src/core/index.js';
import { diagnose } from '../../src/diagnosis/index.js';

const status: RunStatus = { raw: 'dead', state: 'failed', source: 'livy', links: {} };
const linesOf = (...texts: string[]) => texts.map((text) => ({ source: 'stderr', text }));

test('where no rule knows the reason, the telling lines are shown and nothing is pretended', (t) => {
  const diagnosis = diagnose({
    status,
    lines: linesOf(
      'INFO all is well',
      'ERROR Executor: lost it',
      'INFO going on',
      'Caused by: java.io.IOException: gone',
    ),
  });
  t.is(diagnosis.code, 'UNKNOWN');
  t.false(diagnosis.transient);
  t.deepEqual(
    diagnosis.lines.map(({ text }) => text),
    ['ERROR Executor: lost it', 'Caused by: java.io.IOException: gone'],
  );
  t.regex(diagnosis.title, /^It ended as dead: Caused by/);
  t.regex(diagnosis.next.join(), /livywire logs/);
});

test('the server’s own words come first in the title', (t) => {
  const { title } = diagnose({
    status: { ...status, message: '\n\nAM exited with 143\nmore' },
    lines: linesOf('ERROR x'),
  });
  t.is(title, 'It ended as dead: AM exited with 143');
});

test('without telling lines the last ones are shown, and never more than eight', (t) => {
  const { lines } = diagnose({ status, lines: linesOf(...Array.from({ length: 50 }, (_, i) => `line ${i}`), '') });
  t.is(lines.length, 8);
  t.is(lines.at(-1)?.text, 'line 49');
});

test('nothing at all is said as such', (t) => {
  t.is(diagnose({ status, lines: [] }).title, 'It ended as dead, and nothing says why');
});
