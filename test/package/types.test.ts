import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { consumer, run } from './installed.js';

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
  const { exitCode, stdout } = await run(process.execPath, [tsc, '-p', folder]);
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
  test(`a strict TypeScript program compiles against the package with module resolution ${name}`, async (t) => {
    const { exitCode, stdout } = await compile(`types-${name.toLowerCase()}`, { 'main.mts': esm }, options);
    t.is(exitCode, 0, stdout);
  });
}

test('a CommonJS TypeScript program compiles against the package', async (t) => {
  const { exitCode, stdout } = await compile('types-cjs', { 'main.cts': cjs }, manners.NodeNext);
  t.is(exitCode, 0, stdout);
});

test('a wrong name is seen, so the types are not any', async (t) => {
  const text = `import { createLivywire } from 'livywire';\ncreateLivywire(42);\nimport { noSuchName } from 'livywire';\n`;
  const { exitCode, stdout } = await compile('types-wrong', { 'main.mts': text }, manners.NodeNext);
  t.not(exitCode, 0);
  t.regex(stdout, /TS2345|TS2559/);
  t.regex(stdout, /noSuchName/);
});
