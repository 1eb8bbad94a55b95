import { findTold, type Rule } from '../rule.js';

/** The queue's ACL. */
export const queueDenied: Rule = {
  code: 'QUEUE_DENIED',
  about: 'The queue is there, and its ACL lets this user submit nothing to it.',
  transient: false,
  next: [
    'Take a queue that this user may use: --queue',
    'Or submit as a user who may: --proxy-user, or yarn.scheduler.capacity.<queue>.acl_submit_applications',
  ],
  unproven: 'no queue with an ACL was set up; the words are those of the ResourceManager',
  match: (view) =>
    findTold(view, [
      { says: /User \S{1,100} (?:cannot submit applications to queue|does not have permission to submit \S{1,60} to queue) \S{1,200}/, title: ([words]) => words }, // prettier-ignore
    ]),
};
