import { findThrown, type Match, type Rule } from '../rule.js';
import type { View } from '../view.js';
import { innermost } from './java-exception.js';
import { oneLine, thrownWords } from '../words.js';

const ABORTED = /^Job aborted due to stage failure: (?:Task \S{1,40} in stage \S{1,20} failed (\d{1,4}) times)?/;

/** Spark tried as often as it may. Rules that know why stand before. */
export const stageRetriesExhausted: Rule = {
  code: 'STAGE_RETRIES_EXHAUSTED',
  about: 'A task or a stage failed as often as it may, of something that no other code stands for.',
  transient: 'sometimes',
  next: [
    'See whether it is always the same task: then it is its data, and the exception above says what of it',
    "See what the tasks say themselves: livywire logs --executors, and the failed stage in Spark's UI",
    'Allow more tries where machines come and go: spark.task.maxFailures (4), spark.stage.maxConsecutiveAttempts (4)',
  ],
  match: (view) =>
    findThrown(view, [{ says: /has failed the maximum allowable number of times: \d{1,4}/, transient: true }]) ??
    ofTask(view),
};

/** The task's own exception is the reason, not that Spark gave up. */
function ofTask(view: View): Match | undefined {
  const aborted = view.thrown.find(({ message }) => ABORTED.test(message));
  if (!aborted) return undefined;
  const thrown = innermost(view) ?? aborted;
  const tries = Number(ABORTED.exec(aborted.message)?.[1] ?? '1');
  return {
    thrown,
    title: `${oneLine(thrownWords(thrown))}${tries > 1 ? `, in each of ${tries} tries of a task` : ''}`,
  };
}
