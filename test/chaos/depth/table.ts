/** The runs on the real YARN as the page shows them. */
import { type DepthFault, depthFaults } from './plan.js';
import type { DepthVerdict } from './verdict.js';

const WORDS: Readonly<Record<DepthFault, string>> = {
  'livy-killed-forgets': 'Livy killed, restarted without recovery: its batch ids begin at 0 again',
  'livy-killed-recovers': 'Livy killed, restarted with recovery',
  'livy-stopped-forgets': 'Livy stopped in good order, restarted without recovery',
  'livy-stopped-recovers': 'Livy stopped in good order, restarted with recovery',
  'yarn-recovers': 'the ResourceManager killed, restarted with its state store',
  'yarn-forgets': 'the ResourceManager killed, restarted with an empty state store',
  'node-restarted': 'the NodeManager killed and restarted',
  'submitter-killed': 'our process killed, another goes on',
};

const WORDLESS = ['forgotten', 'never there'];

export interface DepthFigures {
  readonly seed: number;
  readonly verdicts: readonly DepthVerdict[];
}

const count = (verdicts: readonly DepthVerdict[], is: (one: DepthVerdict) => boolean): number =>
  verdicts.filter(is).length;
const sum = (verdicts: readonly DepthVerdict[], of: (one: DepthVerdict) => number): number =>
  verdicts.reduce((total, one) => total + of(one), 0);

/** Markdown. */
export function depthTable({ seed, verdicts }: DepthFigures): string {
  const row = (words: string, some: readonly DepthVerdict[]): string =>
    `| ${[
      words,
      some.length,
      sum(some, ({ applications }) => applications),
      sum(some, ({ drivers }) => drivers),
      count(some, ({ said, truth }) => said !== undefined && said === truth),
      count(some, ({ truth, isLost, isWrong }) => WORDLESS.includes(truth ?? '') && !isLost && !isWrong),
      sum(some, ({ duplicates }) => duplicates),
      count(some, ({ isLost }) => isLost),
      count(some, ({ isWrong }) => isWrong),
    ].join(' | ')} |`;
  const delays = verdicts.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs])).sort((a, b) => a - b);
  const at = (share: number): number => Math.round((delays[Math.floor(delays.length * share)] ?? 0) / 100) / 10;
  return [
    `${verdicts.length} runs (seed ${seed}); from YARN's end to the word of it: median ${at(0.5)} s, longest ${at(0.999)} s.`,
    '',
    '| what happened | runs | applications | drivers started | ended as YARN says | YARN had forgotten or never had it, and that was said | twice | lost | wrong |',
    '|---|---|---|---|---|---|---|---|---|',
    ...depthFaults.flatMap((fault) => {
      const some = verdicts.filter((one) => one.fault === fault);
      return some.length > 0 ? [row(WORDS[fault], some)] : [];
    }),
    row('**all**', verdicts),
  ].join('\n');
}

export const DEPTH_MARKS = { begin: '<!-- depth table: begin -->', end: '<!-- depth table: end -->' };
