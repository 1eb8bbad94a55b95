// Read when it is first needed, and once: a cold start reads no more than it has to.
import { once } from '../core/index.js';

/** For what S3, EventBridge and queues tell of; a state machine tells of nothing. */
export const loadEvents = once(() => import('./events/index.js'));

/** For whoever is to be told of the end of a run. */
export const loadTell = once(() => import('./tell/index.js'));

/** For executions in which another handler has failed. */
export const loadTrouble = once(() => import('./trouble.js'));
