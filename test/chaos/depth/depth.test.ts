import process from 'node:process';
import test from 'ava';
import { type Ground, startGround } from './ground.js';
import { depthFaults, type DepthRound, roundsOf } from './plan.js';
import { depthRound, labelOf } from './round.js';
import { depthTable } from './table.js';

// DEPTH_FAULT=yarn-forgets tries that alone, with all four jobs; DEPTH_SEED=… other instants.
const seed = Number(process.env.DEPTH_SEED ?? 7);
const wanted = process.env.DEPTH_FAULT;

let ground: Ground | undefined;
test.before(async (t) => {
  t.timeout(900_000); // the first time YARN is fetched
  ground = await startGround();
});
test.after.always(async () => ground?.close());

/** The POST's answer is lost with a Livy that knows its batches again: it is found by its name. */
const shortRecovers: DepthRound = {
  fault: 'livy-killed-recovers',
  strike: { when: 'accepted', afterMs: 500 },
  runs: [{ ending: 'succeeds', posts: ['crash-after'], starts: 0, seconds: 2 }],
};
/** One job whose POST was answered by a crash, one whose driver runs twice, one that takes the batch id of another. */
const short: DepthRound = {
  fault: 'livy-killed-forgets',
  strike: { when: 'running', afterMs: 1_000 },
  runs: [
    { ending: 'succeeds', posts: ['crash-after'], starts: 0, seconds: 4 },
    { ending: 'second-try', posts: [], starts: 9_000, seconds: 1 },
    { ending: 'fails', posts: ['reset-after'], starts: 'after-strike', seconds: 1 },
  ],
};
const rounds =
  wanted === undefined
    ? [shortRecovers, short]
    : roundsOf(seed, 4 * depthFaults.length).filter(({ fault }) => wanted.split(',').includes(fault));

for (const [at, round] of rounds.entries()) {
  test.serial(`real jobs on a real YARN end as YARN says, and once: ${round.fault}`, async (t) => {
    t.timeout(900_000);
    const verdicts = await depthRound(ground!, round, { seed, at });
    t.log(`\n${depthTable({ seed, verdicts })}`);
    for (const { ending, errors, notes } of verdicts) {
      if (errors.length + notes.length > 0) t.log(`${ending}: ${[...errors, ...notes].join('; ')}`);
    }
    t.deepEqual(
      verdicts.flatMap(({ problems }, n) => problems.map((one) => `${labelOf(round.fault, round.runs[n]!)}: ${one}`)),
      [],
    );
    const what = verdicts.map(({ applications, drivers, said }) => [applications, drivers, said]);
    if (round === shortRecovers) t.deepEqual(what, [[1, 1, 'succeeded']]);
    if (round !== short) return;
    t.deepEqual(what, [
      [1, 1, 'succeeded'],
      [1, 2, 'succeeded'],
      [1, 1, 'failed'],
    ]);
  });
}
