/**
 * The long proofs: `npm run proof` runs all of scripts/proofs, `npm run proof -- log` those named. Each leaves
 * docs/proof/<name>.json: what was measured, at which commit, when, by which command.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import type { Proof } from './proofs/proof.js';
import { root } from './gate/project.js';

async function load(): Promise<readonly Proof[]> {
  const files = (await readdir(join(root, 'scripts/proofs'))).filter((file) => file !== 'proof.ts').sort();
  return Promise.all(
    files.map(async (file) => {
      const { proof } = (await import(`./proofs/${basename(file, '.ts')}.js`)) as { proof: Proof };
      return proof;
    }),
  );
}

async function git(...args: string[]): Promise<string> {
  return (await execa('git', args, { cwd: root })).stdout;
}

/** Runs one proof and keeps its result. Gives the aims that were missed. */
async function prove(proof: Proof): Promise<readonly string[]> {
  console.log(`\n== ${proof.name}: ${proof.claim}`);
  const commit = await git('rev-parse', 'HEAD');
  const changed = (await git('status', '--porcelain', '--', 'src', 'scripts', 'package-lock.json')) !== '';
  const date = new Date().toISOString();
  const { figures, missed } = await proof.run((line) => console.log(`   ${line}`));
  const result = {
    proof: proof.name,
    claim: proof.claim,
    command: `npm run proof -- ${proof.name}`,
    commit,
    uncommittedChanges: changed,
    date,
    node: process.version,
    machine: {
      system: `${process.platform} ${process.arch}`,
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      load: loadavg()[0], // above the number of cores, times say little
    },
    missed,
    figures,
  };
  const folder = join(root, 'docs/proof');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${proof.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  return missed;
}

const wanted = process.argv.slice(2);
const all = await load();
const unknown = wanted.filter((name) => !all.some((proof) => proof.name === name));
if (unknown.length > 0) {
  console.log(`no proof is called ${unknown.join(', ')}; there are: ${all.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
} else {
  const failures: string[] = [];
  for (const proof of all.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    try {
      failures.push(...(await prove(proof)).map((aim) => `${proof.name}: ${aim}`));
    } catch (error) {
      console.log(error);
      failures.push(`${proof.name}: ended with an error`);
    }
  }
  for (const failure of failures) console.log(`MISSED  ${failure}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
