import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import ts from 'typescript';
import { compile, manners } from './compile.js';
import { installed } from './installed.js';

/** The `ts` blocks of a Markdown text. */
const blocks = (markdown: string): string[] =>
  [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block ?? '');

/** What people can import from an entrance, with the `@example`s of each name and of its members. */
function exportsOf(
  entrance: string,
): readonly { readonly name: string; readonly value: boolean; readonly examples: readonly string[] }[] {
  const path = join(installed, 'dist/types', entrance);
  const program = ts.createProgram([path], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const module = source && checker.getSymbolAtLocation(source);
  return checker.getExportsOfModule(module!).map((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const members = [...(symbol.members?.values() ?? [])];
    const tags = [symbol, ...members]
      .flatMap((one) => one.getJsDocTags(checker))
      .filter(({ name }) => name === 'example');
    const examples = tags.map(({ text }) => ts.displayPartsToString(text).replaceAll(/^```.*$/gm, ''));
    return { name: exported.name, value: (symbol.flags & ts.SymbolFlags.Value) !== 0, examples };
  });
}

const numbered = (texts: readonly string[], head = ''): Record<string, string> =>
  Object.fromEntries(texts.map((text, i) => [`${i}.mts`, `${head}${text}\nexport {};\n`]));

test.serial('every TypeScript block of README compiles as it stands', async (t) => {
  const files = numbered(blocks(await readFile(join(installed, 'README.md'), 'utf8')));
  t.true(Object.keys(files).length > 0);
  const { exitCode, stdout } = await compile('types-readme', files, manners.NodeNext);
  t.is(exitCode, 0, stdout);
});

test.serial('every @example of an exported name compiles when it is pasted below the imports', async (t) => {
  const main = exportsOf('index.d.ts');
  const testing = exportsOf('testing/index.d.ts').filter(({ name }) => !main.some((one) => one.name === name));
  const head = Object.entries({ livywire: main, 'livywire/testing': testing })
    .map(
      ([entrance, names]) =>
        `import { ${names.map(({ name, value }) => (value ? name : `type ${name}`)).join(', ')} } from '${entrance}';\n`,
    )
    .join('');
  const examples = [...main, ...testing].flatMap((one) => one.examples);
  // What an example may take as given; in a block, so that one that makes its own can.
  const given = 'declare const livy: LivyClient, lw: Livywire, run: Run;\n';
  const files = numbered(
    examples.map((example) => `{\n${example}\n}`),
    head + given,
  );
  t.true(Object.keys(files).length > 0);
  const { exitCode, stdout } = await compile('types-examples', files, manners.NodeNext);
  t.is(exitCode, 0, stdout);
});
