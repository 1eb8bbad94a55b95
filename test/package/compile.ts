/** TypeScript programs against the installed package. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { consumer, run } from './installed.js';

const tsc = resolve('node_modules/typescript/bin/tsc');
const nodeTypes = resolve('node_modules/@types');

/** Compiles files in a folder of that name. */
export async function compile(name: string, files: Readonly<Record<string, string>>, options: object) {
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
  const { exitCode, stdout } = await run(process.execPath, [tsc, '-p', folder], { timeout: 290_000 });
  return { exitCode, stdout: String(stdout) };
}

/** How packages are resolved. */
export const manners = {
  NodeNext: { module: 'NodeNext', moduleResolution: 'NodeNext', exactOptionalPropertyTypes: true },
  Bundler: { module: 'ESNext', moduleResolution: 'Bundler', target: 'ES2022' },
};
