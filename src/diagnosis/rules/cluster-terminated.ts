import type { Rule } from '../rule.js';

/** Of a cluster; and of a step whose cluster ended under it. */
const ENDED = /^(?:TERMINATED(?:_WITH_ERRORS)?|INTERRUPTED)$/;

/** The place is gone, and with it everything that ran there. What the log said before is of no account. */
export const clusterTerminated: Rule = {
  code: 'CLUSTER_TERMINATED',
  about: 'The EMR cluster that it ran on was terminated.',
  transient: true,
  next: [
    "Read EMR's reason above: somebody or an auto-termination policy ended the cluster, a step failed, or its machines were taken away",
    'Start it again on another cluster: livywire run --retry-of failed, with the same key and another --cluster',
    'What its containers logged is in S3, where the cluster has a log address: livywire emr show names it',
  ],
  unproven: 'a cluster of AWS would have to end under it; tried with the local EMR API',
  // The title is EMR's own sentence: there is no other line to show.
  match: ({ facts: { status } }) =>
    status.source === 'emr' && ENDED.test(status.raw)
      ? { title: status.message ?? `EMR says ${status.raw}: the cluster went away under it`, lines: [], place: 'none' }
      : undefined,
};
