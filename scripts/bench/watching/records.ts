/** Runs that others have begun, as a ledger has them. */
import type { RunRecord, RunRef } from '../../../src/index.js';

/** @param agoMs - so long ago; a run that is young is looked at most often */
export function refOf(endpoint: string, index: number, agoMs = 0): RunRef {
  const createdAt = new Date(Date.now() - agoMs).toISOString();
  const name = `livywire-${index.toString(16).padStart(32, '0')}-a1`;
  return { v: 1, key: `run-${index}`, attempt: 1, backend: 'livy', endpoint, name, createdAt };
}

export function recordOf(ref: RunRef): RunRecord {
  const { key, createdAt, name, backend, endpoint, id, appId } = ref;
  return {
    v: 1,
    key,
    specHash: 'bench',
    spec: { file: 's3://bucket/job.py' },
    createdAt,
    updatedAt: createdAt,
    attempts: [
      {
        attempt: 1,
        name,
        phase: 'started',
        createdAt,
        backend,
        endpoint,
        posts: [{ at: createdAt }],
        ...(id !== undefined && { id }),
        ...(appId !== undefined && { appId }),
      },
    ],
  };
}
