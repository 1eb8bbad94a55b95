import { findThrown, findTold, type Match, type Rule } from '../rule.js';
import type { View } from '../view.js';
import { oneLine } from '../words.js';

/** Executors went away, and it was not their memory. */
export const executorLost: Rule = {
  code: 'EXECUTOR_LOST',
  about: 'Executors were lost so often that Spark gave up: their machine went away, or they died.',
  transient: 'sometimes',
  next: [
    'See what they died of: livywire logs --executors; and whether their machines were taken (spot, scaling down)',
    'If they were only slow to answer (heartbeat timed out): more memory against long garbage collections, or spark.network.timeout=600s',
    'Allow more losses where machines are taken away: spark.task.maxFailures, spark.yarn.max.executor.failures',
  ],
  match(view) {
    const found = lostIn(view);
    return found && { ...found, transient: isTransient(found.thrown?.message ?? found.title ?? '') };
  },
};

const MOST_FAILURES = /Max number of executor failures \(\d{1,9}\) reached/;

const lostIn = (view: View): Match | undefined =>
  findThrown(view, [
    { type: /ExecutorLostFailure$/, title: ({ message }) => `An executor was lost: ${reasonIn(message)}` },
    { says: MOST_FAILURES, title: (_, words) => words?.[0] ?? '' },
    { says: /Executor heartbeat timed out after \d{1,12} ms/, title: (_, words) => words?.[0] ?? '' },
  ]) ?? findTold(view, [{ says: MOST_FAILURES, title: ([words]) => withReason(words, view) }]);

const TAKEN = /lost\W{0,3} node|preempted|decommission/i;
/** Of its own: 143 is a SIGTERM, of a machine that goes down or of a full heap; -100 and below are YARN's. */
const OWN_EXIT = /[Ee]xit(?:ed with exit)? (?:status|code):? ?(?:is )?(?!143\b)\d/;

/** One that ended itself with a code will most likely do so again. Where a machine went, the same job may come through. */
const isTransient = (words: string): boolean => TAKEN.test(words) || !OWN_EXIT.test(words);

const reasonIn = (message: string): string => oneLine(/Reason: ([\s\S]*)/.exec(message)?.[1] ?? message, 180);

/** What the log says of the last one that went. */
function withReason(words: string, { lines }: View): string {
  const lost = lines.findLast(({ event, isJobs }) => event && !isJobs && event.level !== 'INFO' && /^(?:Lost executor|Container .{0,80}(?:exited|marked as failed))/.test(event.message)); // prettier-ignore
  return lost?.event ? `${words}: ${oneLine(lost.event.message, 140)}` : words;
}
