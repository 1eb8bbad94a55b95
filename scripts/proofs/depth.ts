/** Real jobs on a real YARN while its servers are killed around them. DEPTH_RUNS and DEPTH_SEED are read from the environment. */
import process from 'node:process';
import { startGround } from '../../test/chaos/depth/ground.js';
import { roundsOf } from '../../test/chaos/depth/plan.js';
import { depthRound, labelOf } from '../../test/chaos/depth/round.js';
import { DEPTH_MARKS, depthTable } from '../../test/chaos/depth/table.js';
import type { DepthVerdict } from '../../test/chaos/depth/verdict.js';
import { putBetween } from '../gate/page.js';
import type { Proof } from './proof.js';

const RUNS = Number(process.env.DEPTH_RUNS ?? 32);
const SEED = Number(process.env.DEPTH_SEED ?? 20_260);

export const proof: Proof = {
  name: 'depth',
  claim: `${RUNS} real jobs on a real YARN, its servers killed around them: one application each, and YARN's own word`,
  async run(say) {
    const verdicts: DepthVerdict[] = [];
    const runs: object[] = [];
    const ground = await startGround();
    try {
      for (const [at, round] of roundsOf(SEED, RUNS).entries()) {
        const done = await depthRound(ground, round, { seed: SEED, at });
        verdicts.push(...done);
        for (const [n, verdict] of done.entries()) {
          const { ending, said, truth, applications, drivers, delayMs, problems, errors, notes } = verdict;
          say(
            `${labelOf(round.fault, round.runs[n]!)}: ${said ?? 'nothing said'}${problems.length > 0 ? ` ! ${problems.join('; ')}` : ''}`,
          );
          runs.push({
            ...{ fault: round.fault, strike: round.strike, ending, posts: round.runs[n]!.posts },
            ...{ said, truth, applications, drivers, detectionMs: delayMs, errors, notes, problems },
          });
        }
      }
    } finally {
      await ground.close();
    }
    const table = depthTable({ seed: SEED, verdicts });
    await putBetween('docs/reliability.md', DEPTH_MARKS, table);
    for (const line of table.split('\n')) say(line);
    const count = (is: (one: DepthVerdict) => boolean): number => verdicts.filter(is).length;
    const missed = [
      `${count(({ duplicates }) => duplicates > 0)} started twice`,
      `${count(({ isLost }) => isLost)} lost`,
      `${count(({ isWrong }) => isWrong)} wrong`,
      `${count(({ problems }) => problems.length > 0)} with a problem`,
    ].filter((words) => !words.startsWith('0 '));
    return { figures: { seed: SEED, runs }, missed };
  },
};
