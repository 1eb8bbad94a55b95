import test from 'ava';
import type { AttemptRecord, RunRecord } from '../../src/core/index.js';
import { isInFlight, isOpen, summaryOf, withoutTokens } from '../../src/core/index.js';

const sha = 'ab'.repeat(32);
const FILE = `s3://team-bucket/jobs/${sha}/etl.py`;
const at = '2026-11-01T00:00:00.000Z';

const labelOf = (spec: RunRecord['spec'], codeSha256?: string): string => {
  const attempt: AttemptRecord = {
    attempt: 1,
    name: 'livywire-x-a1',
    phase: 'started',
    createdAt: at,
    backend: 'livy',
    endpoint: 'http://livy.test:8998',
    posts: [],
    ...(codeSha256 !== undefined && { codeSha256 }),
  };
  return summaryOf({ v: 1, key: 'k', specHash: '', spec, createdAt: at, updatedAt: at, attempts: [attempt] }).label;
};

test('a list calls a staged file by its name, and any other by its address', (t) => {
  t.is(labelOf({ file: FILE }, sha), 'etl.py');
  t.is(labelOf({ file: FILE }), FILE);
  t.is(labelOf({ file: 's3://b/etl.py' }, sha), 's3://b/etl.py');
  t.is(labelOf({ file: FILE, name: 'Nightly' }, sha), 'Nightly');
});

test('a run of whose end somebody is still to be told is open, though nothing of it is in flight', (t) => {
  const record = (change: Partial<AttemptRecord>): RunRecord => ({
    v: 1, key: 'k', specHash: '', spec: { file: FILE }, createdAt: at, updatedAt: at,
    attempts: [{ attempt: 1, name: 'n', phase: 'ended', createdAt: at, backend: 'livy', endpoint: 'x', posts: [], ...change }],
  }); // prettier-ignore
  const outcome = { kind: 'lost' } as NonNullable<AttemptRecord['outcome']>;
  const waiting = { kind: 'task', at, token: 'secret' } as const;
  const standing = (change: Partial<AttemptRecord>) => [isInFlight(record(change)), isOpen(record(change))];
  t.deepEqual(standing({ outcome }), [false, false]);
  t.deepEqual(standing({ outcome, listeners: [waiting] }), [false, true]);
  t.deepEqual(standing({ outcome, listeners: [{ ...waiting, told: 'lost' }] }), [false, false]);
  t.deepEqual(standing({ phase: 'refused', listeners: [waiting] }), [false, false]);
  t.deepEqual(standing({ phase: 'started', listeners: [waiting] }), [true, true]);
  t.false(JSON.stringify(withoutTokens({ ...record({}).attempts[0]!, listeners: [waiting] })).includes('secret'));
});
