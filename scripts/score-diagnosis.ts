/**
 * Counts how often the rules are right, and writes the tables of docs/diagnosis.md.
 *
 *     npx tsx scripts/score-diagnosis.ts [failures|held-out]
 *
 * Without an argument only the recorded failures that the rules were written from are counted.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { diagnose } from '../src/diagnosis/index.js';
import { readRecorded, recordedIn } from '../test/helpers/recorded-failures.js';
import { triedTable } from '../test/helpers/tried-codes.js';
import { root } from './gate/project.js';

const sets = { failures: 'test/fixtures/failures', 'held-out': 'test/held-out' } as const;
const NOTHING = 'UNKNOWN';

interface Score {
  expected: number;
  said: number;
  right: number;
}

const name = process.argv[2] === 'held-out' ? 'held-out' : 'failures';
const set = join(root, sets[name]);
const scores = new Map<string, Score>();
const of = (code: string): Score => {
  const score = scores.get(code) ?? { expected: 0, said: 0, right: 0 };
  scores.set(code, score);
  return score;
};
const wrong: string[] = [];
let total = 0;
for (const one of recordedIn(set)) {
  const { code, also, facts } = readRecorded(set, one);
  const answer = diagnose(facts).code;
  const expected = also.includes(answer) ? answer : (code ?? 'nothing');
  // Of a success nothing is to be said, and UNKNOWN is nothing.
  const said = code === null && answer === NOTHING ? 'nothing' : answer;
  total++;
  of(expected).expected++;
  of(said).said++;
  if (said === expected) of(said).right++;
  else wrong.push(`${one}: expected ${expected}, said ${said}`);
}
const share = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(2));
const rows = [...scores].sort(([a], [b]) => (a < b ? -1 : 1));
const table = [
  '| code | logs | precision | recall |',
  '|---|---:|---:|---:|',
  ...rows.map(([code, { expected, said, right }]) => `| ${code === 'nothing' ? '(a success: nothing)' : `\`${code}\``} | ${expected} | ${share(right, said)} | ${share(right, expected)} |`), // prettier-ignore
  `| all | ${total} | ${share(total - wrong.length, total)} | ${share(total - wrong.length, total)} |`,
];
const path = join(root, 'docs/diagnosis.md');
const more = wrong.length === 0 ? [] : ['', 'Not as expected:', '', ...wrong.map((line) => `- ${line}`)];

/** Puts lines in the place of those between the marks of that name. */
function between(text: string, mark: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- ${mark} table: begin -->`, `<!-- ${mark} table: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/diagnosis.md has no ${begin}`);
  return `${text.slice(0, from)}${begin}\n\n${lines.join('\n')}\n\n${text.slice(to)}`;
}

const scored = between(await readFile(path, 'utf8'), name, [...table, ...more]);
await writeFile(path, between(scored, 'tried', triedTable()));
console.log([...table, ...wrong].join('\n'));
