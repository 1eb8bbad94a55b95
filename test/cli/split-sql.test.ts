import test from 'ava';
import fc from 'fast-check';
import { splitSql, statementsOf } from '../../src/cli/split-sql.js';

test('a file is taken apart at its semicolons, and the last statement needs none', (t) => {
  t.deepEqual(statementsOf('select 1;\nselect 2;;\n\n select 3 '), ['select 1', 'select 2', 'select 3']);
});

test('a semicolon in quotes or a comment ends nothing', (t) => {
  for (const one of [
    `select 'a;b'`,
    `select "a;b"`,
    'select `a;b` from t',
    `select 'it''s; ok'`,
    String.raw`select 'it\'s; ok'`,
    String.raw`select "a\"; b"`,
    String.raw`select r'\', 1`,
    String.raw`select R"\", 1`,
    'select 1 -- one; two\n + 2',
    'select /* a; b */ 1',
    'select /* a /* b; */ c; */ 1',
    "select 1 -- it's\n",
    'select `a``b;c`',
    `select 'a' ';' 'b'`,
  ]) {
    t.deepEqual(statementsOf(`${one}; select 2`), [one.trim(), 'select 2'], one);
  }
});

test('what holds nothing but comments is no statement', (t) => {
  t.deepEqual(statementsOf('-- nothing\n; /* nor this */ ;; select 1; -- the end'), ['select 1']);
  t.deepEqual(statementsOf(' \n'), []);
});

test('a comment before a statement stays with it', (t) => {
  t.deepEqual(statementsOf('-- totals\nselect 1;'), ['-- totals\nselect 1']);
});

test('quotes and comments that are not closed are told, so that a person can go on', (t) => {
  for (const open of [
    "select 'a;",
    'select "a;',
    'select `a;',
    'select /* a;',
    'select /* /* */ ;',
    "select r'",
    "select '",
  ]) {
    t.true(splitSql(open).isOpen, open);
    t.deepEqual(splitSql(open), { statements: [], rest: open, isOpen: true });
  }
  t.deepEqual(splitSql("select 'a'"), { statements: [], rest: "select 'a'", isOpen: false });
});

test('statements put together by semicolons come apart again', (t) => {
  const piece = fc
    .array(fc.constantFrom('select ', "'a;\\''", '"b;"', '`c;`', '/* d; */', '-- e;\n', '1', ' '), { minLength: 1 })
    .map((parts) => `select ${parts.join('')}`.trim());
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      t.deepEqual(statementsOf(pieces.map((one) => `${one}\n;`).join('')), pieces);
    }),
  );
});
