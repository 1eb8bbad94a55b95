import { findThrown, type Match, type Rule } from '../rule.js';
import type { View } from '../view.js';
import { oneLine } from '../words.js';

const OVERHEAD =
  'Give executors more room beside their heap: --conf spark.executor.memoryOverhead=2g (10 % of the heap by default; Python workers live there)';
const HEAP = 'Give executors more heap: --executor-memory 8g';
const SMALLER =
  'Or make tasks smaller: more partitions (spark.sql.shuffle.partitions), fewer tasks at once (--executor-cores)';

const KILLED = /Container killed by YARN for exceeding (?:physical|virtual)? ?memory limits\.[^.]{0,120}(?:\.\d[^.]{0,80}){0,4}memory used|running beyond the '?(?:PHYSICAL|VIRTUAL)'? memory limit|[Cc]ontainer \[pid=.{1,200}is running .{0,60}beyond .{0,60}memory limit/; // prettier-ignore
const SIGKILLED = /[Ee]xit (?:code|status):? (?:is )?137\b|exitCode: 137\b/;
const EXIT_OOM = /[Ee]xit (?:code|status):? (?:is )?52\b|exited with exit code 52\b/;
/** Of executors' containers; the first one is the driver's. */
const OF_EXECUTOR = /executor|container_\w{1,60}_0{0,6}(?!0*1\b)\d{1,7}\b|Lost task|Lost executor/i;

/** An executor died of its memory: taken by YARN or the kernel, or out of its own heap. */
export const executorMemoryKilled: Rule = {
  code: 'EXECUTOR_MEMORY_KILLED',
  about: 'Executors were killed for using more memory than their container has, or ran out of their own heap.',
  transient: false,
  next: [OVERHEAD, SMALLER],
  match: (view) =>
    findThrown(view, [
      { type: /ExecutorLostFailure$/, says: KILLED, title: ({ message }) => words(message, KILLED) },
      { type: /ExecutorLostFailure$/, says: EXIT_OOM, title: () => 'An executor ran out of heap and stopped itself (exit code 52)', next: [HEAP, SMALLER] }, // prettier-ignore
      { type: /ExecutorLostFailure$/, says: SIGKILLED, title: () => 'An executor was killed (exit code 137), as is done to what needs too much memory', next: [OVERHEAD, HEAP, SMALLER] }, // prettier-ignore
    ]) ??
    ofHeap(view) ??
    seenInLog(view),
};

/** A task's own OutOfMemoryError, not where driver and executor are one. */
function ofHeap(view: View): Match | undefined {
  const home = view.ending.find(({ throwables }) => throwables.some(({ type }) => type.endsWith('OutOfMemoryError')));
  const thrown = home?.throwables.findLast(({ type }) => type.endsWith('OutOfMemoryError'));
  const isTasks = home?.throwables.some(({ role, line }) => role === 'task' && /Lost task/.test(line.text));
  const isLocal = view.lines.some(({ text }) => /Lost task .{0,120}executor driver\)/.test(text));
  return thrown && isTasks && !isLocal ? { thrown, next: [HEAP, SMALLER] } : undefined;
}

/** The job ended by what follows from lost executors, and the log says what they were lost of. */
function seenInLog(view: View): Match | undefined {
  const isConsequence = view.thrown.some(
    ({ type, message }) =>
    /FetchFailed|ExecutorLostFailure|MetadataFetchFailed/.test(type) || /Max number of executor failures|has failed the maximum allowable/.test(message), // prettier-ignore
  );
  const isTold = view.told.some(({ text }) => /Max number of executor failures/.test(text));
  if (!isConsequence && !isTold) return undefined;
  const line = view.lines.find(({ event, isJobs, text }) => event && !isJobs && event.level !== 'INFO' && OF_EXECUTOR.test(text) && (KILLED.test(text) || SIGKILLED.test(text) || EXIT_OOM.test(text))); // prettier-ignore
  if (!line) return undefined;
  return { lines: [line], title: words(line.text, KILLED), next: [OVERHEAD, HEAP, SMALLER] };
}

const words = (text: string, pattern: RegExp): string => {
  const [found] = pattern.exec(text) ?? [];
  return found === undefined ? `An executor was killed for its memory: ${oneLine(text, 160)}` : `An executor's ${found.replace(/^Container/, 'container was').replace(/^container was killed/, 'container was killed')}`; // prettier-ignore
};
