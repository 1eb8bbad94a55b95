/**
 * livywire beside its peers: `npm run bench` measures every row of scripts/bench/rows, `npm run bench -- start reads` those
 * named, and leaves the others as they were. The figures go to docs/proof/bench.json, the tables between the marks of
 * docs/benchmarks.md, the charts to docs/benchmarks. `--short` tries whether each row still gives a figure and writes
 * nothing; `--page` writes the page and the charts anew, out of the figures that are there.
 */
import process from 'node:process';
import { measureRow } from './bench/measure-row.js';
import { writePage } from './bench/page.js';
import { keep, kept } from './bench/record.js';
import { loadRows } from './bench/rows.js';

const words = process.argv.slice(2);
const [flags, wanted] = [words.filter((word) => word.startsWith('--')), words.filter((word) => !word.startsWith('--'))];
const rows = await loadRows();
const unknown = [
  ...wanted.filter((name) => !rows.some((row) => row.name === name)),
  ...flags.filter((flag) => flag !== '--short' && flag !== '--page'),
];

if (unknown.length > 0) {
  console.log(`no row is called ${unknown.join(', ')}; there are: ${rows.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
} else if (flags.includes('--page')) {
  await writePage(rows, await kept());
} else {
  const short = flags.includes('--short');
  const failures: string[] = [];
  for (const row of rows.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    try {
      const entry = await measureRow(row, short);
      if (short) continue;
      await keep(entry);
      await writePage(rows, await kept());
      failures.push(...entry.aims.filter(({ met }) => !met).map(({ aim, seen }) => `${row.name}: ${aim}: ${seen}`));
    } catch (error) {
      console.log(error);
      failures.push(`${row.name}: ended with an error`);
    }
  }
  for (const failure of failures) console.log(`MISSED  ${failure}`);
  // A server that a row left behind must not hold the shell.
  process.exit(failures.length > 0 ? 1 : 0);
}
