import { findTold, type Rule } from '../rule.js';
import type { View } from '../view.js';

const KILLED = /Application (?:application_\d{1,20}_\d{1,9} )?(?:was )?killed by (?:user|admin).{0,200}|Kill Application command received|Kill job command|KILLED_BY_USER/; // prettier-ignore

/** Somebody ended it. What the driver says in its last moments is of no account. */
export const killedByUser: Rule = {
  code: 'KILLED_BY_USER',
  about: 'Somebody, or a program, told YARN or Livy to stop the application.',
  transient: false,
  next: [
    'Ask who did it: YARN names the user and the address; Livy kills its sessions when it is stopped without recovery',
    'Start it again as a new attempt: livywire run --retry-of failed, with the same key',
  ],
  match: (view) => (isFailure(view) ? undefined : findTold(view, [{ says: KILLED, title: ([words]) => words }])),
};

/** A run that failed was not ended by anybody, whatever words it left; unless YARN itself counts it as killed. */
const isFailure = ({ verdict, facts: { app } }: View): boolean =>
  verdict.kind === 'failed' && app?.raw !== 'KILLED' && app?.finalStatus !== 'KILLED';
