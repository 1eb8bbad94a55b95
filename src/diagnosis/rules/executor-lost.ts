import { findThrown, findTold, type Rule } from '../rule.js';
import type { View } from '../view.js';
import { oneLine } from '../words.js';

/** Executors went away, and it was not their memory. */
export const executorLost: Rule = {
  code: 'EXECUTOR_LOST',
  about: 'Executors were lost so often that Spark gave up: their machine went away, or they died.',
  transient: true,
  next: [
    'See what they died of: livywire logs --executors; and whether their machines were taken (spot, scaling down)',
    'If they were only slow to answer (heartbeat timed out): more memory against long garbage collections, or spark.network.timeout=600s',
    'Allow more losses where machines are taken away: spark.task.maxFailures, spark.yarn.max.executor.failures',
  ],
  match: (view) =>
    findThrown(view, [
      { type: /ExecutorLostFailure$/, title: ({ message }) => `An executor was lost: ${reasonIn(message)}` },
      { says: /Max number of executor failures \(\d{1,9}\) reached/, title: (_, words) => words?.[0] ?? '' },
      { says: /Executor heartbeat timed out after \d{1,12} ms/, title: (_, words) => words?.[0] ?? '' },
    ]) ??
    findTold(view, [{ says: /Max number of executor failures \(\d{1,9}\) reached/, title: ([words]) => withReason(words, view) }]), // prettier-ignore
};

const reasonIn = (message: string): string => oneLine(/Reason: ([\s\S]*)/.exec(message)?.[1] ?? message, 180);

/** What the log says of the last one that went. */
function withReason(words: string, { lines }: View): string {
  const lost = lines.findLast(({ event, isJobs }) => event && !isJobs && event.level !== 'INFO' && /^(?:Lost executor|Container .{0,80}(?:exited|marked as failed))/.test(event.message)); // prettier-ignore
  return lost?.event ? `${words}: ${oneLine(lost.event.message, 140)}` : words;
}
