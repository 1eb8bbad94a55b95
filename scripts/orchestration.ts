/**
 * What each way of waiting for a job costs and when it knows the end, by simulation: `npx tsx scripts/orchestration.ts`. Writes
 * docs/orchestration.json, from which the tables of docs/orchestration.md are taken. The machine is ours, in an interpreter that counts as Step
 * Functions does; the handlers are stand-ins at the engine's real pace (test/workflow).
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { lengths, measure, type Row, SAMPLES, stepRows, ways } from './orchestration/ways.js';
import { root } from './gate/project.js';

const rows: Row[] = [];
for (const way of Object.entries(ways))
  for (const length of Object.entries(lengths)) rows.push(await measure(way, length));
rows.push(...stepRows());

const file = join(root, 'docs', 'orchestration.json');
await writeFile(
  file,
  await format(JSON.stringify({ v: 1, samples: SAMPLES, rows }), { parser: 'json', printWidth: 120 }),
);
console.log(
  [
    '| way | job | knows after (mean / most) | Lambda calls | transitions | events | executions |',
    '|---|---|---|---|---|---|---|',
  ]
    .concat(
      rows.map((row) => {
        const delay = row.ends
          ? `${row.delayMeanS ?? 0} s / ${row.delayMostS ?? 0} s`
          : `never: its history is full after ${row.fullAfterH ?? 0} h`;
        return `| ${row.way} | ${row.length} | ${delay} | ${row.lambdaCalls} | ${row.transitions} | ${row.events} | ${row.executions} |`;
      }),
    )
    .join('\n'),
);
