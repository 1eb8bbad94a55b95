/**
 * Faults by the thousand around a real Livy. It takes hours, so it goes on where it was left: what was run on this very
 * src is kept in .work/chaos. CHAOS_KEYS, CHAOS_SEED and CHAOS_MINUTES (then it stops for now) are read from the environment.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { execa } from 'execa';
import { type FaultKind, plansOf } from '../../test/chaos/plan.js';
import { chaosTable, MARKS } from '../../test/chaos/report.js';
import { figuresOf } from '../../test/chaos/table.js';
import { trial, type TrialResult } from '../../test/chaos/trial.js';
import { startWorld, type World } from '../../test/chaos/world.js';
import { putBetween } from '../gate/page.js';
import { root } from '../gate/project.js';
import type { Proof } from './proof.js';

const KEYS = Number(process.env.CHAOS_KEYS ?? 20_000);
const SEED = Number(process.env.CHAOS_SEED ?? 20_260);
const MINUTES = Number(process.env.CHAOS_MINUTES ?? Infinity);
/** Keys that are run, or lost with a stop, together. The next ones begin when the last of them have begun. */
const ROUND = 500;
/** The plain client need not fail by the thousand. */
const PLAIN_KEYS = 120;

/** So many keys of a seed's plans, by a client. */
interface Wanted {
  readonly seed: number;
  readonly keys: number;
  readonly client: 'livywire' | 'plain';
}
/** As JSON has it. */
interface Round extends Wanted, Omit<TrialResult, 'counts'> {
  readonly counts: readonly (readonly [FaultKind, number])[];
}
const isOurs = ({ client }: Wanted): boolean => client === 'livywire';
const resultOf = (round: Round): TrialResult => ({ ...round, counts: new Map(round.counts) });

/** What was run before on the same src and the same harness. */
async function progressFile(): Promise<string> {
  const trees = await execa('git', ['rev-parse', 'HEAD:src', 'HEAD:test/chaos'], { cwd: root });
  const changed = await execa('git', ['status', '--porcelain', '--', 'src', 'test/chaos'], { cwd: root });
  const state = trees.stdout
    .split('\n')
    .map((tree) => tree.slice(0, 10))
    .join('-');
  const folder = join(root, '.work/chaos');
  await mkdir(folder, { recursive: true });
  return join(folder, `${state}${changed.stdout === '' ? '' : `-changed-${process.pid}`}.json`);
}

async function readRounds(file: string): Promise<Round[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Round[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function oneRound(
  world: World,
  { seed, keys, client }: Wanted,
  { say, onLast }: { readonly say: (line: string) => void; readonly onLast: () => void },
): Promise<Round> {
  const result = await trial(world, plansOf(seed, keys), { seed, client, onLast });
  for (const { index, problems } of result.verdicts) {
    if (client === 'livywire' && problems.length > 0) say(`seed ${seed}, key ${index}: ${problems.join('; ')}`);
  }
  for (const stranger of result.strangers) say(`seed ${seed}: an application of nobody's, ${stranger}`);
  return { seed, keys, client, ...result, counts: [...result.counts] };
}

export const proof: Proof = {
  name: 'chaos',
  claim: `${KEYS} keys through faults: one application per attempt, no outcome lost or wrong; a plain client fails`,
  async run(say) {
    const file = await progressFile();
    const rounds = await readRounds(file);
    if (rounds.length > 0) say(`${rounds.length} rounds were run before`);
    const start = performance.now();
    const wanted: Wanted[] = [{ seed: SEED, keys: Math.min(PLAIN_KEYS, KEYS), client: 'plain' }];
    for (let i = 0; i * ROUND < KEYS; i++) {
      wanted.push({ seed: SEED + i, keys: Math.min(ROUND, KEYS - i * ROUND), client: 'livywire' });
    }
    const left = wanted.filter(
      (one) => !rounds.some((r) => r.seed === one.seed && r.keys === one.keys && r.client === one.client),
    );
    const minutes = (): number => Math.round((performance.now() - start) / 60_000);
    const keep = async (round: Round): Promise<void> => {
      rounds.push(round);
      // Two may end at once, and a stop may come at any time.
      await writeFile(`${file}.${round.client}-${round.seed}`, JSON.stringify(rounds));
      await rename(`${file}.${round.client}-${round.seed}`, file);
      const { keys, duplicates, lost, wrong } = figuresOf(rounds.filter(isOurs).map(resultOf));
      say(`${keys} keys after ${minutes()} minutes: ${duplicates} twice, ${lost} lost, ${wrong} wrong`);
    };
    // One world for all of them: YARN comes to drop its oldest applications, and Livy its batches.
    let world: World | undefined;
    const underWay: Promise<void>[] = [];
    try {
      for (const round of left) {
        if (performance.now() - start > MINUTES * 60_000) break;
        const there = (world ??= await startWorld());
        await new Promise<void>((resolve, reject) => {
          const work = oneRound(there, round, { say, onLast: resolve }).then(keep);
          underWay.push(work);
          work.catch(reject);
        });
      }
      await Promise.all(underWay);
    } finally {
      await Promise.allSettled(underWay);
      await world?.close();
    }
    const ours = rounds.filter(isOurs);
    const livywire = figuresOf(ours.map(resultOf));
    const plain = figuresOf(rounds.filter((round) => !isOurs(round)).map(resultOf));
    const seeds = ours.map(({ seed }) => seed);
    const table = chaosTable({ seeds, livywire, plain });
    await putBetween('docs/reliability.md', MARKS, table);
    for (const line of table.split('\n')) say(line);
    const problems = ours.flatMap(({ seed, verdicts }) =>
      verdicts
        .filter((one) => one.problems.length > 0)
        .map((one) => ({ seed, key: one.index, problems: one.problems })),
    );
    const missed = [
      ...(['duplicates', 'lost', 'wrong'] as const).flatMap((what) =>
        livywire[what] > 0 ? [`${livywire[what]} ${what}`] : [],
      ),
      ...(livywire.strangers > 0 ? [`${livywire.strangers} applications of nobody's`] : []),
      ...(livywire.keys < KEYS ? [`${livywire.keys} of ${KEYS} keys were run; the same command goes on`] : []),
      ...(plain.duplicates > 0 && plain.lost + plain.wrong > 0 ? [] : ['the plain client did not fail']),
    ];
    return { figures: { seeds, livywire, plain, problems }, missed };
  },
};
