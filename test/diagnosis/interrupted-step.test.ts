import test from 'ava';
import { diagnose } from '../../src/diagnosis/index.js';

test('a step that was interrupted went with its cluster, in EMR’s words', (t) => {
  const message = 'Cluster j-ABC (nightly) is TERMINATING: USER_REQUEST: by user';
  const status = { raw: 'INTERRUPTED', state: 'failed', source: 'emr', links: {}, message } as const;
  t.like(diagnose({ status, lines: [] }), { code: 'CLUSTER_TERMINATED', title: message, transient: true });
});
