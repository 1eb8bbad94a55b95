import test from 'ava';
import { diagnose } from '../../src/diagnosis/index.js';
import { readRecorded, recordedIn } from '../helpers/recorded-failures.js';

const set = new URL('../fixtures/failures/', import.meta.url).pathname;
const names = recordedIn(set);

test('there are recorded failures', (t) => {
  t.true(names.length > 0);
});

for (const name of names) {
  const { code, facts } = readRecorded(set, name);
  test(`${name} is ${code ?? 'nothing to explain'}`, (t) => {
    const diagnosis = diagnose(facts);
    t.is(diagnosis.code, code ?? 'UNKNOWN');
    t.regex(diagnosis.title, /^[^\n]{1,420}$/);
    // What proves it stands where the diagnosis says it does.
    const texts = facts.lines.map(({ source, line, text }) => `${source}:${line ?? ''}:${text.trimEnd()}`);
    for (const { source, line, text } of diagnosis.lines)
      t.true(
        texts.some((one) => one.startsWith(`${source}:${line ?? ''}:${text.replace(/…$/, '')}`)),
        text,
      );
    t.notRegex(diagnosis.title, /^(?:\w+: )?(?:Job aborted|An error occurred while calling)/);
  });
}
