import test from 'ava';
import { isComplete, type ShellKind } from '../../src/cli/shell/is-complete.js';

const cases: Readonly<Record<ShellKind, { readonly whole: readonly string[]; readonly open: readonly string[] }>> = {
  pyspark: {
    whole: [
      '1 + 1',
      '',
      'x = [1,\n  2]',
      'def f():\n  return 1\n',
      'for i in range(3): print(i)',
      'if x:\n  f(\n1)\n',
      "print('(')",
      "print('it is')  # (",
      'x = """a\n  b"""',
      '%json x',
      "print('oops",
      'd = {"a": 1}',
      'x = 1 + \\\n 2',
      'lambda: (1)',
      ')',
    ],
    open: [
      'def f():',
      'def f(:',
      'def f():\n  return 1',
      'f(1,',
      'x = """a',
      "x = '''a\n'",
      'x = 1 + \\',
      '@udf',
      'if x:\n  f(\n1)',
      'd = {"a": [1,',
      'class A:  # a comment',
      'for i in (1,\n 2):',
    ],
  },
  spark: {
    whole: [
      '1 + 1',
      'val x = 1',
      'def f(a: Int) = {\n a }',
      'val s = "("',
      "val c = '('",
      '// (',
      'val t = """a\nb"""',
      '/* ( */ 1',
      'x.map(_ + 1)',
    ],
    open: ['val x =', 'def f = {', 'x.map(', '"""a', '/* a', 'x.', 'if (a) b else', 'val y = 1 +'],
  },
  sparkr: {
    whole: ['1 + 1', 'x <- c(1, 2)', 'f <- function(a) {\n a }', '# (', 'x$`(`'],
    open: ['x <-', 'f <- function(a) {', 'c(1,', '"a', 'x %>%', 'x |>', 'y +'],
  },
  sql: {
    whole: ['select 1;', "select ';';", 'select 1; select 2;', '-- only a comment', ''],
    open: ['select 1', "select ';", 'select 1; select 2', 'select /* ;', 'select 1 -- ;'],
  },
};

for (const [kind, { whole, open }] of Object.entries(cases) as [ShellKind, (typeof cases)[ShellKind]][]) {
  test(`${kind}: what is whole is sent, what is open waits for another line`, (t) => {
    for (const text of whole) t.true(isComplete(text, kind), JSON.stringify(text));
    for (const text of open) t.false(isComplete(text, kind), JSON.stringify(text));
  });
}
