import { findTold, type Match, type Rule } from '../rule.js';
import type { View } from '../view.js';

const ABOVE =
  /Required (?:executor|AM) memory.{1,300}is above the max threshold.{1,80}of this cluster|Required executor \w{1,20} \(?\d.{1,200}above the max/;
const INVALID = /Invalid resource request.{1,300}/;
const STARVED = /^Initial job has not accepted any resources/;
const GOT = /^(?:Starting task|Finished task|Registered executor|Added broadcast)/;

/** No machine of the cluster can give what one container asks for, or nobody came to give anything. */
export const noResources: Rule = {
  code: 'NO_RESOURCES',
  about: 'A container asks for more memory or cores than any machine may give, or executors never came.',
  transient: 'sometimes',
  next: [
    'Ask for less: --executor-memory, --executor-cores, --driver-memory, and the memoryOverhead that is added to them',
    'Or raise the limit, yarn.scheduler.maximum-allocation-mb or -vcores, where the machines have as much',
  ],
  match: (view) =>
    findTold(
      view,
      [ABOVE, INVALID].map((says) => ({ says, title: ([words]: RegExpExecArray) => words })),
    ) ?? starved(view),
};

/** Waited for executors until it ended, and never had one. */
function starved({ lines, thrown, verdict }: View): Match | undefined {
  if (verdict.kind === undefined || thrown.length > 0) return undefined;
  const waiting = lines.filter(({ event, isJobs }) => event && !isJobs && STARVED.test(event.message));
  if (waiting.length < 2 || lines.some(({ event }) => event && GOT.test(event.message))) return undefined;
  return {
    lines: waiting.slice(-1),
    title: 'No executor ever came: the job waited for resources until it ended',
    place: 'none',
    transient: true,
    next: [
      'See what holds the queue: the scheduler page of the ResourceManager, and livywire ls',
      'Ask for executors that fit beside what runs: --num-executors, --executor-memory, --executor-cores',
    ],
  };
}
