import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { consumer, installed, run, tarball } from './installed.js';

const listing = await run('tar', ['-tzf', tarball]);
const files = String(listing.stdout).split('\n');

test('the tarball holds what is built, the sample jobs and the papers, and nothing else', (t) => {
  const expected =
    /^package\/(package\.json|README\.md|CHANGELOG\.md|LICENSE|jobs\/|docs\/(?!proof\/)|dist\/(?!meta\/))/;
  t.deepEqual(
    files.filter((file) => !expected.test(file)),
    [],
  );
  const notices = ['cli', 'report', 'lambda'].map((folder) => `dist/${folder}/THIRD-PARTY-LICENSES.txt`);
  for (const paper of ['README.md', 'CHANGELOG.md', 'LICENSE', ...notices]) {
    t.true(files.includes(`package/${paper}`), paper);
  }
});

test('no path of the machine that built it is inside', async (t) => {
  const { stdout } = await run('grep', ['-rlF', '-e', process.cwd(), '-e', `${homedir()}/`, installed]);
  t.is(stdout, '');
});

test('nothing that npm installed with it wants to run a script', async (t) => {
  const lock = JSON.parse(await readFile(join(consumer, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  t.true('node_modules/livywire' in lock.packages);
  t.deepEqual(
    Object.keys(lock.packages).filter((name) => lock.packages[name]?.hasInstallScript),
    [],
  );
});

test('every package inlined in the command line is named with a licence', async (t) => {
  const text = await readFile(join(installed, 'dist/cli/THIRD-PARTY-LICENSES.txt'), 'utf8');
  const meta = JSON.parse(await readFile('dist/meta/cli.json', 'utf8')) as {
    outputs: Record<string, { inputs: Record<string, unknown> }>;
  };
  const inputs = Object.values(meta.outputs).flatMap((output) => Object.keys(output.inputs));
  const inlined = new Set(
    inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1] ?? []),
  );
  t.true(inlined.size > 0);
  for (const name of inlined) t.regex(text, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+\\S* \\(.+\\)$`, 'm'));
});
