import test from 'ava';
import { codeOfError, codeOfOutcome, codeOfSignal, isFreeCode } from '../../src/cli/exit-code.js';
import * as core from '../../src/core/index.js';
import type { Diagnosis, RunOutcome, RunRef } from '../../src/core/index.js';

const ref: RunRef = {
  v: 1,
  key: 'k',
  attempt: 1,
  backend: 'livy',
  endpoint: 'http://livy',
  name: 'livywire-x-a1',
  createdAt: '2026-01-01T00:00:00.000Z',
};
const base = { v: 1, ref, evidence: [], links: {}, knownAt: '2026-01-01T00:01:00.000Z' } as const;
const diagnosis = (transient: boolean): Diagnosis => ({ code: 'X', title: 'x', transient, lines: [], next: [] });
const failed = (transient: boolean): RunOutcome => ({ ...base, kind: 'failed', diagnosis: diagnosis(transient) });

test('each outcome has its code', (t) => {
  t.is(codeOfOutcome({ ...base, kind: 'succeeded' }), 0);
  t.is(codeOfOutcome(failed(false)), 1);
  t.is(codeOfOutcome({ ...base, kind: 'cancelled', by: 'livywire' }), 5);
  t.is(codeOfOutcome({ ...base, kind: 'cancelled', by: 'someone' }), 5);
  t.is(codeOfOutcome({ ...base, kind: 'lost' }), 6);
});

test('--exit-retryable replaces 1 only where a retry may help', (t) => {
  t.is(codeOfOutcome(failed(true), 75), 75);
  t.is(codeOfOutcome(failed(false), 75), 1);
  t.is(codeOfOutcome(failed(true)), 1);
  t.is(codeOfOutcome({ ...base, kind: 'lost' }, 75), 6);
});

const http = (status: number) => new core.HttpStatusError('m', { status, serverMessage: '', body: '' });

/** One of each class that livywire throws, and what its code is. */
const errors: readonly (readonly [Error, number])[] = [
  [new core.ConfigError('m'), 2],
  [new core.KeyConflictError('k', []), 2],
  [new core.AuthError(401, 'm'), 2],
  [new core.AuthError(403, 'm'), 2],
  [new core.JobRefusedError('m'), 2],
  [new core.RunNotFoundError('m'), 2],
  [new core.RunUnsentError(ref, 'was never sent'), 2],
  [http(400), 2],
  [http(404), 2],
  [http(307), 2],
  [http(408), 3],
  [http(429), 3],
  [http(500), 3],
  [http(503), 3],
  [new core.UnreachableError('m', 'no'), 3],
  [new core.UnreachableError('m', 'maybe'), 3], // sent, and the answer lost
  [new core.BadAnswerError('m', ''), 3],
  [new core.SubmitUnknownError(ref, 'm'), 3],
  [new core.SubmitBusyError('m'), 3],
  [new core.LedgerError('m'), 3],
  [new core.LedgerConflictError('m'), 3],
  [new core.WaitTimeoutError(ref, 1), 4],
  [new core.JobFailedError(failed(false), 'm'), 1],
  [new core.JobFailedError({ ...base, kind: 'cancelled', by: 'someone' }, 'm'), 5],
  [new core.JobFailedError({ ...base, kind: 'lost' }, 'm'), 6],
  [new TypeError('m'), 70],
];

for (const [error, code] of errors) {
  const reached = 'reached' in error ? ` (${String(error.reached)})` : '';
  const status = 'status' in error ? ` ${String(error.status)}` : '';
  test(
    `${error.name}${status}${reached} ${'outcome' in error ? (error as core.JobFailedError).outcome.kind : ''} exits with ${code}`.replace(
      / +/g,
      ' ',
    ),
    (t) => {
      t.is(codeOfError(error), code);
    },
  );
}

test('the table above has every error class of livywire', (t) => {
  const classes = Object.entries(core)
    .filter(
      ([name, value]) =>
        typeof value === 'function' && name.endsWith('Error') && !['LivywireError', 'isLivywireError'].includes(name),
    )
    .map(([name]) => name);
  t.true(classes.length > 10);
  const covered = new Set(errors.map(([error]) => error.name));
  t.deepEqual(
    classes.filter((name) => !covered.has(name)),
    [],
  );
});

test('what is thrown and is no error is ours', (t) => {
  t.is(codeOfError('a string'), 70);
  t.is(codeOfError(undefined), 70);
});

test('signals have the codes that shells give them', (t) => {
  t.is(codeOfSignal('SIGHUP'), 129);
  t.is(codeOfSignal('SIGINT'), 130);
  t.is(codeOfSignal('SIGTERM'), 143);
});

test('--exit-retryable may not take a code that means something else', (t) => {
  for (const code of [0, 2, 3, 4, 5, 6, 70, 129, 130, 143, 256, -1, 1.5]) t.false(isFreeCode(code), String(code));
  for (const code of [1, 7, 75, 99, 255]) t.true(isFreeCode(code), String(code));
});
