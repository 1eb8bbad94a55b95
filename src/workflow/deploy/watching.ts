import { ref, type Value } from './model.js';
import { aliasName } from './functions.js';
import { mayCall, rule, target } from './rules.js';
import type { Stack } from './stack.js';

/** What wakes the watcher: the clock, and EMR, so that what ends with its cluster is settled at once. */
export function addWatching(stack: Stack, queueArn: Value): void {
  const alias = aliasName('watch');
  const calls = (): ReturnType<typeof target> => target('watch', ref(alias), queueArn);
  stack.add({
    WatchSchedule: rule(
      stack.name('watch'),
      'Calls the watcher as often as it has time',
      { ScheduleExpression: 'rate(5 minutes)' },
      calls(),
    ),
    WatchScheduleMayCall: mayCall(alias, 'WatchSchedule'),
    ClusterEnds: rule(
      stack.name('cluster-ends'),
      'A cluster or a step of EMR has ended: the watcher settles its runs',
      {
        EventPattern: {
          source: ['aws.emr'],
          'detail-type': ['EMR Cluster State Change', 'EMR Step Status Change'],
          detail: {
            state: ['TERMINATED', 'TERMINATED_WITH_ERRORS', 'COMPLETED', 'CANCELLED', 'FAILED', 'INTERRUPTED'],
          },
        },
      },
      calls(),
    ),
    ClusterEndsMayCall: mayCall(alias, 'ClusterEnds'),
  });
}
