/** The figures of trials: what struck, what came of it. */
import { type FaultKind, eventKinds, requestFaults } from './plan.js';
import type { TrialResult } from './trial.js';
import type { Verdict } from './verdict.js';

export interface Row {
  readonly fault: string;
  /** How often it struck. */
  readonly times: number;
  /** Keys that it struck. */
  readonly keys: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly wrong: number;
}

export interface Figures {
  readonly keys: number;
  readonly attempts: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly wrong: number;
  /** Said to be lost while faults lasted, found on asking again. */
  readonly lostAtFirst: number;
  /** Said to be lost, because YARN had lost its memory: the truth. */
  readonly forgotten: number;
  /** Not sent again before somebody said `--force-resend`. */
  readonly forced: number;
  /** Livy forgot a `spark-submit` that took longer than the settle time: outside the promise. */
  readonly beyond: number;
  /** Applications that are no key's. */
  readonly strangers: number;
  /** Submitter processes that were started. */
  readonly processes: number;
  /** What submitters were told instead of an outcome, and came back from with the same key. */
  readonly errors: Readonly<Record<string, number>>;
  /** From the true end to the word of it, in seconds of the client's time. */
  readonly detectionSeconds: { readonly p50: number; readonly p99: number };
  readonly byFault: readonly Row[];
}

const kinds: readonly FaultKind[] = [...requestFaults, 'launcher-dies', 'launcher-contradicts', ...eventKinds];

export function figuresOf(results: readonly TrialResult[]): Figures {
  const all = results.flatMap(({ verdicts }) => verdicts);
  const errors: Record<string, number> = {};
  for (const name of all.flatMap((one) => one.errors)) errors[name] = (errors[name] ?? 0) + 1;
  const delays = all.flatMap(({ delaysMs }) => delaysMs).sort((a, b) => a - b);
  const byFault = kinds.map((fault): Row => {
    const times = results.reduce((sum, { counts }) => sum + (counts.get(fault) ?? 0), 0);
    const hit = all.filter(({ faults }) => faults.includes(fault));
    return { fault, times: times === 0 ? hit.length : times, keys: hit.length, ...sums(hit) };
  });
  const calm = all.filter(({ faults }) => faults.length === 0);
  return {
    keys: all.length,
    attempts: delays.length,
    ...sums(all),
    lostAtFirst: all.filter(({ wasLostAtFirst }) => wasLostAtFirst).length,
    forgotten: all.filter(({ isForgotten }) => isForgotten).length,
    forced: all.filter(({ isForced }) => isForced).length,
    beyond: all.filter((one) => one.isBeyond).length,
    strangers: results.reduce((sum, { strangers }) => sum + strangers.length, 0),
    processes: results.reduce((sum, { processes }) => sum + processes, 0),
    errors,
    detectionSeconds: { p50: at(delays, 0.5), p99: at(delays, 0.99) },
    byFault: [
      ...byFault.filter(({ keys }) => keys > 0),
      { fault: 'none of its own', times: 0, keys: calm.length, ...sums(calm) },
    ],
  };
}

const sums = (verdicts: readonly Verdict[]) => ({
  duplicates: verdicts.reduce((sum, { duplicates }) => sum + duplicates, 0),
  lost: verdicts.filter(({ isLost }) => isLost).length,
  wrong: verdicts.filter(({ isWrong }) => isWrong).length,
});

const at = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 100) / 10;
