import test from 'ava';
import { diagnose } from '../../src/diagnosis/index.js';
import { readRecorded, recordedIn } from '../helpers/recorded-failures.js';

const set = new URL('../fixtures/failures/', import.meta.url).pathname;

/** As Livy tells it: `dead`, and no exit code. */
function asLivyTells(name: string) {
  const { code, facts } = readRecorded(set, name);
  const { exitCode, ...rest } = facts;
  return { code, exitCode, facts: { ...rest, status: { raw: 'dead', state: 'failed' as const } } };
}

for (const name of recordedIn(set).filter((one) => one.endsWith('-local'))) {
  const { code, exitCode, facts } = asLivyTells(name);
  if (code === null || exitCode === undefined) continue;
  test(`${name} is ${code} also where its exit code is not known`, (t) => t.is(diagnose(facts).code, code));
}
