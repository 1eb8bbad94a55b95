/** docs/benchmarks.md out of the figures: a table for each measure, between marks, on a page that is written by hand. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { putBetween } from '../gate/page.js';
import { root } from '../gate/project.js';
import { barChart, curveChart } from './charts.js';
import { figure } from './figures.js';
import type { Entry } from './record.js';
import type { Measure, Row, Subject } from './row.js';
import { ratios, samplesOf, spread } from './summary.js';

const PAGE = 'docs/benchmarks.md';
const CHARTS = 'docs/benchmarks';
/** Of one minute, per core: above it somebody else was at work. */
const QUIET = 0.35;

const marksOf = (name: string) => ({ begin: `<!-- ${name}: begin -->`, end: `<!-- ${name}: end -->` });
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const line = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

const rangeOf = (samples: readonly number[]): string => {
  const { min, median, max } = spread(samples);
  return samples.length === 1 ? figure(median) : `${figure(min)} / **${figure(median)}** / ${figure(max)}`;
};

function subjectLine(subject: Subject, floor: readonly number[] | undefined): string {
  const { name } = subject;
  if ('cannot' in subject) return line(name, `cannot: ${subject.cannot}`, ...(floor ? [''] : []));
  const { samples, note } = subject;
  const named = note === undefined ? name : `${name} (${note})`;
  return line(named, rangeOf(samples), ...(floor ? [rangeOf(ratios(samples, floor))] : []));
}

function tableOf(measure: Measure): string {
  const { unit, better = 'less', subjects, against } = measure;
  const floor = against === undefined ? undefined : samplesOf(measure, against);
  const isOne = subjects.every((one) => 'cannot' in one || one.samples.length === 1);
  const heads = ['', `${unit}${isOne ? '' : ', min / median / max'}; ${better} is better`];
  if (against !== undefined) heads.push(`× ${against}`);
  return [line(...heads), line(...heads.map(() => '---')), ...subjects.map((one) => subjectLine(one, floor))].join(
    '\n',
  );
}

const aimTable = (aims: Entry['aims']): string =>
  [
    line('aim', 'seen', ''),
    line('---', '---', '---'),
    ...aims.map(({ aim, seen, met }) => line(aim, seen, met ? 'met' : '**missed**')),
  ].join('\n');

function provenance({ commit, uncommittedChanges, date, versions, machine, seconds }: Entry): string {
  const busy = machine.loadBefore / machine.cores > QUIET;
  return [
    `Measured ${date.slice(0, 10)} at commit ${commit.slice(0, 10)}${uncommittedChanges ? ' with changes on top' : ''}`,
    `in ${figure(seconds)} s, on ${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB, ${machine.system}`,
    `load ${figure(machine.loadBefore)} before it began${busy ? ': **provisional, others were at work on the machine**' : ''}`,
    `${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
  ].join('; ');
}

/** Draws its charts, and gives its part of the page. */
async function sectionOf(entry: Entry): Promise<string> {
  const { row, measures, curves, aims, notes } = entry;
  const parts: string[] = [];
  if (aims.length > 0) parts.push(aimTable(aims));
  const draw = async (name: string, title: string, svg: string): Promise<void> => {
    const file = `${row}-${name}.svg`;
    await writeFile(join(root, CHARTS, file), svg);
    parts.push(`![${title}](benchmarks/${file})`);
  };
  for (const [i, measure] of measures.entries()) {
    parts.push(`**${measure.title}**`, tableOf(measure));
    if (measure.chart) await draw(String(i + 1), measure.title, barChart(measure));
  }
  for (const [i, curve] of curves.entries()) await draw(`curve-${i + 1}`, curve.title, curveChart(curve));
  return [...parts, ...notes, `<sub>${provenance(entry)}</sub>`].join('\n\n');
}

/** A row that the page does not know yet comes at its end. */
async function makePlace({ name, question }: Row): Promise<void> {
  const path = join(root, PAGE);
  const text = await readFile(path, 'utf8');
  const { begin, end } = marksOf(name);
  if (text.includes(begin)) return;
  await writeFile(path, `${text.trimEnd()}\n\n## ${question}\n\n${begin}\n${end}\n`);
}

export async function writePage(rows: readonly Row[], entries: readonly Entry[]): Promise<void> {
  await mkdir(join(root, CHARTS), { recursive: true });
  const summary: string[] = [];
  for (const row of rows) {
    const entry = entries.find((one) => one.row === row.name);
    if (!entry) continue;
    await makePlace(row);
    await putBetween(PAGE, marksOf(row.name), await sectionOf(entry));
    summary.push(...entry.aims.map(({ aim, seen, met }) => line(row.name, aim, seen, met ? 'met' : '**missed**')));
  }
  const heads = ['row', 'aim', 'seen', ''];
  await putBetween(PAGE, marksOf('aims'), [line(...heads), line(...heads.map(() => '---')), ...summary].join('\n'));
}
