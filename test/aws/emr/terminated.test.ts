import test from 'ava';
import { ClusterEnd } from '../../../src/aws/emr/terminated.js';
import type { EmrCluster } from '../../../src/aws/emr/cluster.js';
import { testClock } from '../../../src/testing/index.js';

const endpoint = 'emr-step://eu-west-1/j-ABC';
const ref = { v: 1, key: 'k', attempt: 1, backend: 'emr-step', name: 'n', createdAt: '', endpoint } as const;
const cluster = (more: Partial<EmrCluster>) => ({ id: 'j-ABC', name: 'nightly', ...more }) as EmrCluster;
const endOf = (describe: () => Promise<EmrCluster>) =>
  new ClusterEnd({ apiOf: () => ({ describe }), clock: testClock() });

test('who gives up on an EMR that is silent is not kept', async (t) => {
  const why = new Error('enough');
  const gone = new AbortController();
  const asked = endOf(() => new Promise(() => undefined)).status(ref, { signal: gone.signal });
  gone.abort(why);
  await t.throwsAsync(asked, { is: why });
});

test('a cluster that is on its way out is told of, and ends no run', async (t) => {
  const leaving = endOf(async () => cluster({ state: 'TERMINATING', reason: 'USER_REQUEST: by user' }));
  t.is(await leaving.status(ref), undefined);
  t.is(await leaving.about(endpoint), 'Cluster j-ABC (nightly) is TERMINATING: USER_REQUEST: by user');
  t.is(await endOf(async () => cluster({ state: 'RUNNING' })).about(endpoint), undefined);
});
