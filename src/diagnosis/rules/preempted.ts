import { findTold, type Rule } from '../rule.js';

/** YARN took the driver's container for another queue. */
export const preempted: Rule = {
  code: 'PREEMPTED',
  about: 'YARN took the containers back for a queue that has a claim to them.',
  transient: true,
  next: [
    'Run it again: livywire run --retry-of failed, with the same key; --exit-retryable lets a scheduler do it',
    'Or run it in a queue from which nothing is taken: --queue, yarn.scheduler.capacity.<queue>.disable_preemption',
  ],
  unproven:
    'no driver was preempted (preempted executors fail nothing: recorded); the words are those of the ResourceManager',
  match: (view) =>
    findTold(view, [
      { says: /(?:AM Container|appattempt_).{0,200}exitCode: -102.{0,200}/, title: () => "YARN took the driver's container back: Container preempted by scheduler" }, // prettier-ignore
      { says: /Container preempted by scheduler.{0,100}/, title: ([words]) => words },
      { says: /ApplicationMaster .{0,100}preempted|Preempted by .{0,100}/i },
    ]),
};
