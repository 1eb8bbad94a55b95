/** The package as scripts/check-package.ts installed it, and the ways to run something against it. */
import process from 'node:process';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { z } from 'zod';

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: these tests are run by \`npm run check:package\``);
  return value;
}

/** The folder that the tarball was installed in. */
export const consumer = given('LIVYWIRE_CONSUMER');
export const tarball = given('LIVYWIRE_TARBALL');
export const installed = join(consumer, 'node_modules/livywire');

const Nodes = z.array(z.object({ line: z.string(), path: z.string(), version: z.string() }));
/** The Node that runs these tests, and every other line that could be had. */
export const nodes = [
  { line: 'this', path: process.execPath, version: process.version },
  ...Nodes.parse(JSON.parse(given('LIVYWIRE_NODES'))),
];

// What a person has who just installed it: no LIVYWIRE_… settings, and nothing of the test runner's.
const keep = ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap((name) => {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value] as const];
});

/** Runs a program in the consumer's folder. Never throws for an exit code. */
export function run(file: string, args: readonly string[], options: Options = {}) {
  return execa(file, args, {
    cwd: consumer,
    env: Object.fromEntries(keep),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: 60_000,
    ...options,
  });
}
