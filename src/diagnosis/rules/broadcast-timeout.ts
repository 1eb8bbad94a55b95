import { findThrown, type Rule, type Thrown } from '../rule.js';

const SAID: Thrown = { says: /Could not execute broadcast in \d{1,9} secs/ };
const WAITED: Thrown = { type: /TimeoutException$/, says: /^Futures timed out after \[\d{1,9} seconds\]/ };

/** A table that is sent to every executor was not ready in time. */
export const broadcastTimeout: Rule = {
  code: 'BROADCAST_TIMEOUT',
  about: 'A table that is to be broadcast for a join was not ready within `spark.sql.broadcastTimeout`.',
  transient: false,
  next: [
    'Do not broadcast it: --conf spark.sql.autoBroadcastJoinThreshold=-1, or drop the broadcast() hint',
    'Or give it longer: --conf spark.sql.broadcastTimeout=1200 (seconds; 300 by default), where the cluster was just slow',
  ],
  match: (view) =>
    findThrown(view, view.lines.some(({ text }) => text.includes('BroadcastExchange')) ? [SAID, WAITED] : [SAID]),
};
