import test from 'ava';
import { compile, manners } from './compile.js';

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
