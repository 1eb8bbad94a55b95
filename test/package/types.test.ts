import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import test from 'ava';
import ts from 'typescript';
import { consumer, installed, run } from './installed.js';

const tsc = resolve('node_modules/typescript/bin/tsc');
const nodeTypes = resolve('node_modules/@types');

async function compile(name: string, files: Readonly<Record<string, string>>, options: object) {
  const folder = join(consumer, name);
  await mkdir(folder, { recursive: true });
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: false,
    typeRoots: [nodeTypes],
    types: ['node'],
    ...options,
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  await Promise.all(Object.entries(files).map(([file, text]) => writeFile(join(folder, file), text)));
  const { exitCode, stdout } = await run(process.execPath, [tsc, '-p', folder], { timeout: 110_000 });
  return { exitCode, stdout: String(stdout) };
}

const esm = `
import { createLivywire, memoryLedger, type JobSpec, type RunOutcome } from 'livywire';
import * as testing from 'livywire/testing';

export async function nightly(spec: JobSpec): Promise<RunOutcome> {
  const lw = createLivywire({ url: 'http://127.0.0.1:8998', ledger: memoryLedger() });
  const run = await lw.submit(spec, { key: 'nightly' });
  for await (const event of run.events()) if (event.type === 'line') console.log(event.text);
  const outcome = await run.wait({ timeoutMs: 1_000 });
  await lw.close();
  return outcome;
}
// @ts-expect-error A job without a file is no job.
void nightly({ name: 'no-file' });
export const names: string[] = Object.keys(testing);
`;
const cjs = `
import livywire = require('livywire');
export const open: typeof livywire.createLivywire = livywire.createLivywire;
`;
const manners = {
  NodeNext: { module: 'NodeNext', moduleResolution: 'NodeNext', exactOptionalPropertyTypes: true },
  Bundler: { module: 'ESNext', moduleResolution: 'Bundler', target: 'ES2022' },
};

for (const [name, options] of Object.entries(manners)) {
  test.serial(`a strict TypeScript program compiles against the package with module resolution ${name}`, async (t) => {
    const { exitCode, stdout } = await compile(`types-${name.toLowerCase()}`, { 'main.mts': esm }, options);
    t.is(exitCode, 0, stdout);
  });
}

test.serial('a CommonJS TypeScript program compiles against the package', async (t) => {
  const { exitCode, stdout } = await compile('types-cjs', { 'main.cts': cjs }, manners.NodeNext);
  t.is(exitCode, 0, stdout);
});

test.serial('a wrong name is seen, so the types are not any', async (t) => {
  const text = `import { createLivywire } from 'livywire';\ncreateLivywire(42);\nimport { noSuchName } from 'livywire';\n`;
  const { exitCode, stdout } = await compile('types-wrong', { 'main.mts': text }, manners.NodeNext);
  t.not(exitCode, 0);
  t.regex(stdout, /TS2345|TS2559/);
  t.regex(stdout, /noSuchName/);
});

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
