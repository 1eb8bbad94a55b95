/** Every job of jobs/failing through livywire, on a real Livy: over YARN, and over local mode where there is only Livy's ring to read. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { createLivywire, memoryLedger } from '../../src/index.js';
import { down, type UpOptions, up } from '../../src/local/index.js';
import { type CaseMode, type FailingCase, kindOf } from '../../test/integration/failing/case.js';
import { cases } from '../../test/integration/failing/cases.js';
import { strictYarn } from '../../test/integration/failing/cluster.js';
import { findMeans } from '../../test/integration/failing/means.js';
import { runAll, runCase } from '../../test/integration/failing/run-case.js';
import type { Proof } from './proof.js';

const AT_ONCE = 3;
/** Of the cases' names; to try a few. */
const ONLY = new RegExp(process.env.FAILURES_ONLY ?? '');

interface Row {
  readonly name: string;
  readonly mode: CaseMode;
  readonly expected: { readonly kind: string; readonly code: string | null };
  readonly kind?: string;
  readonly code?: string | null;
  readonly title?: string;
  readonly seconds?: number;
  readonly error?: string;
}

/** What is kept is not to hold the paths of a machine. */
const placeless = (title: string): string => title.replaceAll(/\/[\w.-]+(?:\/[\w.=-]+)+/g, '…');

/** Of what was cancelled or refused there is no diagnosis: that is known already. */
const isRight = ({ expected, kind, code }: Row): boolean =>
  kind === expected.kind && (kind !== 'failed' || code === expected.code);

/** Where no case says otherwise a task is tried once, as at Livy's own `local[*]`. */
const LOCAL = 'local[2]';

/** `master`: the one that its cases ask for, where Livy has no YARN behind it. */
async function prove(mode: CaseMode, options: UpOptions, say: (line: string) => void, master = LOCAL): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-proof-'));
  const places = { name: 'proof', stateDir: join(folder, 'state') };
  try {
    const instance = await up({ ...options, ...places });
    const { behind } = instance;
    const lw = createLivywire({
      url: instance.url,
      ledger: memoryLedger(),
      ...(behind && { yarn: { url: behind.resourceManager, logServerUrl: behind.jobHistory } }),
    });
    const settings = await readFile(join(instance.dir, 'conf/spark-defaults.conf'), 'utf8');
    const means = await findMeans(/^spark\.pyspark\.python = (.+)$/m.exec(settings)?.[1] ?? 'python3');
    const isPossible = ({ needs }: FailingCase): boolean => needs === undefined || means[needs] !== undefined;
    const isHere = ({ modes, master: wanted = LOCAL }: FailingCase): boolean =>
      modes.includes(mode) && (mode === 'cluster' || wanted === master);
    const list = cases.filter((one) => isHere(one) && isPossible(one) && ONLY.test(one.name));
    const verdicts = runAll(list, AT_ONCE, (one) =>
      runCase(one, { lw, means, ...(behind && { yarnUrl: behind.resourceManager }) }),
    );
    const rows: Row[] = [];
    for (const [one, verdict] of verdicts) {
      const known = { name: one.name, mode, expected: { kind: kindOf(one), code: one.code } };
      const row: Row = await verdict.then(
        (said) => ({ ...known, ...said, code: said.code ?? null, ...(said.title && { title: placeless(said.title) }) }),
        (error: unknown) => ({ ...known, error: String(error) }),
      );
      say(`${isRight(row) ? 'right' : 'WRONG'}  ${row.mode} ${row.name}: ${row.kind ?? row.error} ${row.code ?? ''}`);
      rows.push(row);
    }
    await lw.close();
    return rows;
  } finally {
    await down(places);
    await rm(folder, { recursive: true, force: true });
  }
}

export const proof: Proof = {
  name: 'failures',
  claim: 'Each failure that is made for real is told by its code, and of a noisy success nothing is said',
  async run(say) {
    const rows = await prove('cluster', strictYarn, say);
    const masters = new Set(cases.filter(({ modes }) => modes.includes('local')).map(({ master = LOCAL }) => master));
    for (const master of masters)
      rows.push(...(await prove('local', { conf: { 'livy.spark.master': master } }, say, master)));
    const codes = [...new Set(rows.map(({ expected }) => expected.code))];
    const byCode = Object.fromEntries(
      codes.map((code) => {
        const own = rows.filter(({ expected }) => expected.code === code);
        return [code ?? 'success', { cases: own.length, right: own.filter(isRight).length }];
      }),
    );
    const missed = rows
      .filter((row) => !isRight(row))
      .map(
        (row) =>
          `${row.name} (${row.mode}): ${row.expected.code ?? 'success'}, told ${row.code ?? row.kind ?? row.error}`,
      );
    return { figures: { only: ONLY.source, byCode, rows }, missed };
  },
};
