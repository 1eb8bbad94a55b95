import type { AttemptRecord, Claim, RunOutcome, RunRecord, RunRef, RunStatus } from '../core/index.js';
import type { Reading } from './reading.js';

/** The attempt that counts: the newest. A record always holds one. */
export function lastAttempt(record: RunRecord): AttemptRecord {
  const last = record.attempts.at(-1);
  if (!last) throw new TypeError(`The record of ${JSON.stringify(record.key)} holds no attempt`);
  return last;
}

/** The record with its newest attempt changed. */
export function withLast(record: RunRecord, change: Partial<AttemptRecord>, at: string): RunRecord {
  const attempts = [...record.attempts.slice(0, -1), { ...lastAttempt(record), ...change }];
  return { ...record, attempts, updatedAt: at };
}

export function refOf(key: string, attempt: AttemptRecord): RunRef {
  return {
    v: 1,
    key,
    attempt: attempt.attempt,
    backend: attempt.backend,
    endpoint: attempt.endpoint,
    name: attempt.name,
    ...(attempt.id !== undefined && { id: attempt.id }),
    ...(attempt.appId !== undefined && { appId: attempt.appId }),
    ...(attempt.output && { output: attempt.output.path }),
    createdAt: attempt.createdAt,
  };
}

export const leaseIsOver = (claim: Claim, nowMs: number, graceMs = 0): boolean =>
  nowMs > Date.parse(claim.leaseUntil) + graceMs;

/** What the ledger and a ref keep of a reading. */
export const knownFrom = (status: Pick<RunStatus, 'id' | 'appId'>): Pick<AttemptRecord, 'id' | 'appId'> => ({
  ...(status.id !== undefined && { id: status.id }),
  ...(status.appId !== undefined && { appId: status.appId }),
});

export const attemptIn = <T extends { readonly attempt: number; readonly name: string }>(
  attempts: readonly T[],
  ref: Pick<RunRef, 'attempt' | 'name'>,
): T | undefined => attempts.find((a) => a.attempt === ref.attempt && a.name === ref.name);

/** An end that somebody wrote down is the end, whether or not a server still answers. `lost` is asked about once more. */
export const endIn = (attempt: AttemptRecord | undefined): Extract<Reading, { kind: 'recorded' }> | undefined =>
  attempt?.outcome && attempt.outcome.kind !== 'lost'
    ? { kind: 'recorded', outcome: attempt.outcome, attempt }
    : undefined;

/** What the ledger holds of the end, once nothing about it is still to be made. */
export const finishedOutcome = (attempt: AttemptRecord | undefined): RunOutcome | undefined =>
  attempt?.unfinished === undefined ? attempt?.outcome : undefined;
