/** What happens to real jobs on a real YARN, as plain data made from a seed. */
import type { RequestFault } from '../plan.js';
import { random } from '../schedule.js';

/** What strikes a round: everything that runs in it has to live with it. */
export const depthFaults = [
  'livy-killed-forgets',
  'livy-killed-recovers',
  'livy-stopped-forgets',
  'livy-stopped-recovers',
  'yarn-recovers',
  'yarn-forgets',
  'node-restarted',
  'submitter-killed',
] as const;
export type DepthFault = (typeof depthFaults)[number];

/** How a job is made to end. `second-try`: its driver fails, and YARN starts it again. */
const endings = ['succeeds', 'second-try', 'fails', 'cancelled'] as const;
export type Ending = (typeof endings)[number];

/** `sent`: to Livy · `accepted`: YARN has it · `running`: its driver is at work. */
const milestones = ['sent', 'accepted', 'running'] as const;
export type Milestone = (typeof milestones)[number];

export interface DepthRun {
  readonly ending: Ending;
  /** What happens to its POSTs. */
  readonly posts: readonly RequestFault[];
  /** Submitted so long after the first one, in milliseconds; `after-strike`: once the servers are back. */
  readonly starts: number | 'after-strike';
  /** How long its driver sleeps, in seconds. */
  readonly seconds: number;
  /** After its submit, in milliseconds. */
  readonly cancelAfterMs?: number | undefined;
}

export interface DepthRound {
  readonly fault: DepthFault;
  /** It strikes so long after the first of these jobs has come so far, in milliseconds. */
  readonly strike: { readonly when: Milestone; readonly afterMs: number };
  readonly runs: readonly DepthRun[];
}

/** Livy acted, and what it said did not arrive; the last one also kills it. */
const lostAnswers: readonly RequestFault[] = ['reset-after', '500-after', 'drop-reply', 'truncate', 'crash-after'];

/** Rounds of up to four jobs at once, one for each fault, until there are so many runs. */
export function roundsOf(seed: number, runs: number): readonly DepthRound[] {
  const chance = random(seed);
  const between = (min: number, max: number): number => Math.round(min + chance() * (max - min));
  const rounds: DepthRound[] = [];
  for (let left = runs, i = 0; left > 0; i++, left -= endings.length) {
    const fault = depthFaults[i % depthFaults.length]!;
    // What YARN has not heard of it cannot forget.
    const when = fault === 'yarn-forgets' ? 'running' : milestones[between(0, milestones.length - 1)]!;
    const strike = { when, afterMs: between(0, 6_000) };
    const some = endings.slice(0, left).map((ending, n): DepthRun => {
      const post = lostAnswers[between(0, lostAnswers.length - 1)]!;
      // An application that YARN has forgotten proves nothing: a request without an answer would stay open for ever.
      const isHit = chance() < 0.5 && fault !== 'yarn-forgets';
      return {
        ending,
        posts: isHit ? [post] : [],
        starts: n === 2 && fault.startsWith('livy') ? 'after-strike' : n * 1_500,
        seconds: between(2, 12),
        cancelAfterMs: ending === 'cancelled' ? between(0, 20_000) : undefined,
      };
    });
    rounds.push({ fault, strike, runs: some });
  }
  return rounds;
}
