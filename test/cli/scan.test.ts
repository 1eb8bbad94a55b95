import test from 'ava';
import type { OptionTable } from '../../src/cli/option-spec.js';
import { nearest, scan } from '../../src/cli/scan.js';

const table = {
  conf: { type: 'list', alias: 'c', describe: '' },
  name: { type: 'string', describe: '' },
  verbose: { type: 'boolean', alias: 'v', describe: '' },
  'driver-java-options': { type: 'string', describe: '' },
} as const satisfies OptionTable;

const values = (words: readonly string[], stopAtFirstWord = false) =>
  scan(words, table, { stopAtFirstWord }).given.map(({ name, value }) =>
    value === undefined ? name : `${name}=${value}`,
  );

test('a flag that takes a value takes the next word, whatever it looks like', (t) => {
  t.deepEqual(values(['--driver-java-options', '-Xmx2g -Dx=y', '--conf', '-x', '--name', '--verbose']), [
    'driver-java-options=-Xmx2g -Dx=y',
    'conf=-x',
    'name=--verbose',
  ]);
});

test('a value after = is kept as it is, with its own =, its quotes and its emptiness', (t) => {
  t.deepEqual(values(['--conf=spark.a=b=c', '--name="quoted"', '--name=']), [
    'conf=spark.a=b=c',
    'name="quoted"',
    'name=',
  ]);
});

test('flags and words may be mixed where the verb allows it', (t) => {
  const { given, rest } = scan(['a', '--verbose', 'b', '-c', 'x=y'], table);
  t.deepEqual(rest, ['a', 'b']);
  t.is(given.length, 2);
});

test('with stopAtFirstWord everything behind the first word is left alone, flags of ours and -- included', (t) => {
  const { given, rest, help } = scan(['-v', 'job.py', '--name', 'x', '--help', '--', '-c'], table, {
    stopAtFirstWord: true,
  });
  t.deepEqual(
    given.map(({ name }) => name),
    ['verbose'],
  );
  t.deepEqual(rest, ['job.py', '--name', 'x', '--help', '--', '-c']);
  t.false(help);
});

test('-- ends the flags', (t) => {
  t.deepEqual(scan(['--verbose', '--', '--name', 'x'], table).rest, ['--name', 'x']);
});

test('a lone dash is a word', (t) => {
  t.deepEqual(scan(['-'], table).rest, ['-']);
});

test('a switch takes no value', (t) => {
  t.throws(() => scan(['--verbose=maybe'], table), { message: /--verbose takes no value/ });
  t.deepEqual(values(['--verbose=false']), []);
});

test('an unknown flag is refused by its name, its value unsaid', (t) => {
  const error = t.throws(() => scan(['--pasword=hunter2'], table));
  t.notRegex(error.message, /hunter2/);
});

test('nearest knows typos and beginnings, and stays silent where nothing is near', (t) => {
  t.is(nearest('qeue', ['queue', 'quiet']), 'queue');
  t.is(nearest('exec', ['executor-cores', 'name']), 'executor-cores');
  t.is(nearest('xyz', ['queue', 'name']), undefined);
});
