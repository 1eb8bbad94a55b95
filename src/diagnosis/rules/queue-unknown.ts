import { findTold, type Rule } from '../rule.js';

/** YARN knows no such queue, or none that takes jobs. */
export const queueUnknown: Rule = {
  code: 'QUEUE_UNKNOWN',
  about: 'The YARN queue does not exist, or takes no jobs: it is a parent of others, or it is stopped.',
  transient: false,
  next: [
    'Name a queue that exists: --queue default, or spark.yarn.queue in --conf; the scheduler page of the ResourceManager lists them',
    'On EMR queues are set in the configuration classification capacity-scheduler',
  ],
  match: (view) =>
    findTold(view, [
      { says: /submitted by user\s?:?\s?\S{0,80} to (?:unknown|non-leaf) queue\s?:?\s?\S{1,200}/, title: ([words]) => words.replace(/\s?:\s?/g, ' ') }, // prettier-ignore
      { says: /Queue \S{1,200} is (?:STOPPED|DRAINING)\. Cannot accept submission/ },
      { says: /Can't find queue : \S{1,200}|queue \S{1,200} (?:is not|isn't) a leaf|queue named \S{1,200} not found/i },
    ]),
};
