import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { root } from '../gate/project.js';
import { figure } from './figures.js';
import type { Entry } from './record.js';
import type { Row, RowResult } from './row.js';
import { spread } from './summary.js';

async function git(...args: string[]): Promise<string> {
  return (await execa('git', args, { cwd: root })).stdout;
}

const load = (): number => loadavg()[0] ?? Number.NaN;

/** @throws Error where livywire itself has no figure in one of the tables */
function check({ measures }: RowResult): void {
  if (measures.length === 0) throw new Error('no figure was measured');
  for (const { title, subjects } of measures) {
    const ours = subjects.filter(({ name }) => name.startsWith('livywire'));
    for (const one of ours.length > 0 ? ours : subjects) {
      if ('cannot' in one) throw new Error(`${title}: no figure for ${one.name}: ${one.cannot}`);
      if (one.samples.length === 0 || one.samples.some((sample) => !Number.isFinite(sample)))
        throw new Error(`${title}: no figure for ${one.name}`);
    }
  }
}

/** Runs one row, prints what it found, and notes when, where and of what. */
export async function measureRow(row: Row, short: boolean): Promise<Entry> {
  console.log(`\n== ${row.name}: ${row.question}`);
  const folder = await mkdtemp(join(tmpdir(), `livywire-bench-${row.name}-`));
  const [loadBefore, started, date] = [load(), performance.now(), new Date().toISOString()];
  try {
    const result = await row.run({ short, folder, say: (line) => console.log(`   ${line}`) });
    check(result);
    const { measures, versions = {}, aims = [], notes = [], curves = [] } = result;
    for (const { title, unit, subjects } of measures) {
      console.log(`   ${title}, ${unit}`);
      for (const one of subjects) {
        const said =
          'cannot' in one ? `cannot: ${one.cannot}` : Object.values(spread(one.samples)).map(figure).join(' / ');
        console.log(`      ${one.name}: ${said}`);
      }
    }
    if (!short) for (const { aim, seen, met } of aims) console.log(`   ${met ? 'met' : 'MISSED'}: ${aim}: ${seen}`);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    console.log(`-- ${row.name}: ${seconds} s`);
    return {
      row: row.name,
      command: `npm run bench -- ${row.name}`,
      commit: await git('rev-parse', 'HEAD'),
      uncommittedChanges: (await git('status', '--porcelain', '--', 'src', 'scripts', 'package-lock.json')) !== '',
      date,
      seconds,
      machine: {
        system: `${process.platform} ${process.arch}`,
        cpu: cpus()[0]?.model ?? '',
        cores: cpus().length,
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        loadBefore,
        loadAfter: load(),
      },
      versions: { node: process.version, ...versions },
      aims,
      measures,
      curves,
      notes,
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
