import { isOneOf } from '../endings.js';
import { pollLoop } from './poll-loop.js';
import { prefixed, resultPath } from './step-state.js';
import { type Block, block } from './states.js';
import { forReads } from '../retries.js';

const state = '$.looked.Cluster.Status.State';
const HOUR = 3_600;

/** Waits until a cluster takes work, within the part that terminates it whatever happens. */
export const untilReady = (create: string): Block =>
  block(`${create}: Until it is ready`, (onward) => ({
    Type: 'Parallel',
    Parameters: { 'ClusterId.$': `${resultPath(create)}.clusterId` },
    Branches: [
      prefixed(
        create,
        pollLoop({
          look: {
            resource: 'arn:aws:states:::aws-sdk:emr:describeCluster',
            parameters: { 'ClusterId.$': '$.ClusterId' },
          },
          ends: [
            ...isOneOf(state, ['WAITING', 'RUNNING'], 'well'),
            ...isOneOf(state, ['TERMINATING', 'TERMINATED', 'TERMINATED_WITH_ERRORS'], 'badly'),
          ],
          error: 'ClusterNotStarted',
          cause: 'States.JsonToString($.looked.Cluster.Status)',
          pause: { first: 30, growth: 0, longest: 30 },
          timeout: { seconds: 2 * HOUR },
        }),
      ),
    ],
    ResultPath: null,
    ...onward,
  }));

/** Asks EMR to end a cluster. What comes of it is not waited for. */
const terminate = (create: string) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::elasticmapreduce:terminateCluster',
  Parameters: { 'ClusterId.$': `${resultPath(create)}.clusterId` },
  ResultPath: null,
  Retry: forReads,
});

/** For a cluster that no step terminates. */
export const terminating = (create: string): Block =>
  block(`${create}: Terminate`, (onward) => ({ ...terminate(create), ...onward }));

/** Where a failure goes that happened while a cluster lived; it is the execution's failure afterwards. */
export const clearingUp = (create: string): Block => {
  const failed = `${create}: Fail as it did`;
  return {
    start: `${create}: Terminate after a failure`,
    states: () => ({
      [`${create}: Terminate after a failure`]: {
        ...terminate(create),
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: failed }],
        Next: failed,
      },
      [failed]: { Type: 'Fail', ErrorPath: '$.trouble.Error', CausePath: '$.trouble.Cause' },
    }),
  };
};
