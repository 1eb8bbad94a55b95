/** The figures as the page shows them. */
import type { Figures } from './table.js';

export interface ChaosFigures {
  readonly seeds: readonly number[];
  readonly livywire: Figures;
  /** The same seeds' first plans, by a client as they are commonly written. */
  readonly plain: Figures;
}

const WORDS: Readonly<Record<string, string>> = {
  refuse: 'connection refused',
  'reset-before': 'connection reset before the server acted',
  'reset-after': 'connection reset after the server acted',
  'drop-reply': 'the server acted, its answer never came',
  'half-open': 'nothing ever came, nor did the server act',
  late: 'the server acted when its client had given up',
  delay: 'a slow answer',
  '500-before': '500, and the server had not acted',
  '500-after': '500, and the server had acted',
  '503-before': '503, and the server had not acted',
  '503-after': '503, and the server had acted',
  truncate: 'connection reset half-way through the answer',
  garble: 'half an answer that looks whole',
  twice: 'one request sent on twice',
  'crash-after': 'Livy acted and was killed before it could say so',
  'page-404': 'a 404 that was not the server’s',
  'launcher-dies': '`spark-submit` died, its application went on',
  'launcher-contradicts': '`spark-submit` exited with 1 though its application had succeeded',
  'submitter-killed': 'our process killed, another goes on',
  'submitter-stopped': 'our process stopped for up to 16 s, others go on',
  'rival-submitter': 'another process submits the same key meanwhile',
  'clock-jump': 'our clock set by up to 5 minutes',
  'livy-killed': 'Livy killed and restarted without its memory',
  'livy-unreachable': 'Livy out of reach for up to 8 s',
  'yarn-unreachable': 'YARN out of reach for up to 8 s',
  'yarn-recovering': 'YARN restarted: away, then without its applications, then with them',
  'yarn-forgets': 'YARN restarted without its memory: what ran is killed and forgotten',
  'none of its own': 'none of its own',
};

export const MARKS = { begin: '<!-- chaos table: begin -->', end: '<!-- chaos table: end -->' };

const cells = ({ duplicates, lost, wrong }: Pick<Figures, 'duplicates' | 'lost' | 'wrong'>): string =>
  `${duplicates} | ${lost} | ${wrong}`;

/** Markdown. */
export function chaosTable({ seeds, livywire, plain }: ChaosFigures): string {
  const plainRow = (fault: string) => plain.byFault.find((row) => row.fault === fault);
  const rows = livywire.byFault.map((row) => {
    const there = plainRow(row.fault);
    const other = there && there.keys > 0 ? `${there.keys} | ${cells(there)}` : '– | – | – | –';
    return `| ${WORDS[row.fault] ?? row.fault} | ${row.times || '–'} | ${row.keys} | ${cells(row)} | ${other} |`;
  });
  const { p50, p99 } = livywire.detectionSeconds;
  const from = seeds.length > 1 ? `seeds ${Math.min(...seeds)} to ${Math.max(...seeds)}` : `seed ${seeds.join()}`;
  return [
    `${livywire.keys} keys (${from}), ${livywire.attempts} attempts; ` +
      `from the true end of an application to the word of it: p50 ${p50} s, p99 ${p99} s of livywire's time. ` +
      (plain.keys > 0 ? `The plain client had ${plain.keys} keys of the same plans.` : ''),
    '',
    `A restart of YARN took the truth about ${livywire.forgotten} keys along before anybody had read it: they were said to be lost, rightly, and are not counted as *lost*. ` +
      `${livywire.forced} keys whose request had no answer stayed undecided for the same reason, until they were sent when told to (\`--force-resend\`). ` +
      `Of ${livywire.beyond} keys Livy forgot a \`spark-submit\` that was on its way for longer than the settle time: the window that remains, not counted either. ` +
      `${livywire.lostAtFirst} keys were said to be lost before they were found, ${livywire.errors['WaitTimeoutError'] ?? 0} waits ended at their limit; ` +
      `${livywire.strangers} applications had no tag or one that nobody gave out. ${livywire.processes} processes of livywire's were started.`,
    '',
    '| | | **livywire** | | | | **plain client** | | | |',
    '|---|---|---|---|---|---|---|---|---|---|',
    '| what happened | times | keys | twice | lost | wrong | keys | twice | lost | wrong |',
    ...rows,
    `| **all** | | **${livywire.keys}** | **${livywire.duplicates}** | **${livywire.lost}** | **${livywire.wrong}** | **${plain.keys}** | **${plain.duplicates}** | **${plain.lost}** | **${plain.wrong}** |`,
  ].join('\n');
}
