import { findTold, type Rule } from '../rule.js';

/** The queue's own limit of applications, not of memory: those wait. */
export const queueFull: Rule = {
  code: 'QUEUE_FULL',
  about: 'The queue has as many applications as it may have, waiting ones included, and refuses more.',
  transient: true,
  next: [
    'Submit again when others have ended: livywire ls and the scheduler page of the ResourceManager show them',
    'Or raise yarn.scheduler.capacity.maximum-applications (or maximum-am-resource-percent, which lets more of them run)',
  ],
  match: (view) =>
    findTold(view, [
      { says: /[Qq]ueue \S{1,200} already has \d{1,9} applications.{0,200}annot accept submission/, title: ([words]) => words }, // prettier-ignore
    ]),
};
