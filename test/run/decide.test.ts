import test, { type ExecutionContext } from 'ava';
import type { AttemptRecord, RunRecord } from '../../src/core/index.js';
import { KeyConflictError } from '../../src/core/index.js';
import { decide, type Submission } from '../../src/run/decide.js';
import { specHash } from '../../src/run/names.js';

const spec = { file: 's3://b/j.py', args: ['1'] };
const here = 'http://livy:8998';
const claim = { owner: 'o', host: 'h', pid: 7, leaseUntil: '2026-01-01T00:00:00.000Z' };
const ref = { v: 1, key: 'k', attempt: 1, backend: 'livy', endpoint: here, name: 'n', createdAt: '' } as const;
const base = { v: 1, ref, evidence: [], links: {}, knownAt: '' } as const;
const diagnosis = { code: 'UNKNOWN', title: '', transient: false, lines: [], next: [] };
const ends = {
  succeeded: { ...base, kind: 'succeeded' },
  failed: { ...base, kind: 'failed', diagnosis },
  cancelled: { ...base, kind: 'cancelled', by: 'someone' },
  lost: { ...base, kind: 'lost' },
} as const;

const attempt = (change: Partial<AttemptRecord> = {}): AttemptRecord => ({
  attempt: 1,
  name: 'n',
  phase: 'started',
  createdAt: '',
  backend: 'livy',
  endpoint: here,
  posts: [{ at: '' }],
  ...change,
});
const record = (...attempts: AttemptRecord[]): RunRecord => ({
  v: 1,
  key: 'k',
  specHash: specHash(spec),
  spec,
  createdAt: '',
  updatedAt: '',
  attempts,
});
const want = (change: Partial<Submission> = {}): Submission => ({
  spec,
  hash: specHash(spec),
  endpoint: here,
  retryOf: undefined,
  ...change,
});
const otherSpec = { spec: { ...spec, args: ['2'] }, hash: specHash({ ...spec, args: ['2'] }) };
const alive = () => false;
const gone = () => true;
const ended = (kind: keyof typeof ends) => attempt({ phase: 'ended', outcome: ends[kind] });
const conflicts = (t: ExecutionContext, run: () => unknown): readonly string[] =>
  t.throws(run, { instanceOf: KeyConflictError })?.differences ?? [];

test('of a staged file that has changed the conflict says its name, and not two checksums', (t) => {
  const at = (sum: string, name: string): string => `s3://b/jobs/${sum.repeat(32)}/${name}`;
  const there = {
    file: at('aa', 'etl.py'),
    jars: [at('aa', 'a.jar'), at('cc', 'same.jar'), at('aa', 'b.jar')],
    conf: { 'spark.files': `${at('cc', 'same.csv')},${at('aa', 'd.csv')}` },
    archives: [at('aa', 'env.zip')],
  };
  const now = {
    file: at('bb', 'etl.py'),
    jars: [at('bb', 'a.jar'), at('cc', 'same.jar'), at('bb', 'b.jar')],
    conf: { 'spark.files': `${at('cc', 'same.csv')},${at('bb', 'd.csv')}` },
    archives: [at('bb', 'other.zip')],
  };
  const kept = { ...record(attempt()), spec: there, specHash: specHash(there) };
  t.deepEqual(
    conflicts(t, () => decide(kept, want({ spec: now, hash: specHash(now) }), alive)),
    [
      'file: etl.py has other bytes',
      'jars: a.jar, b.jar have other bytes',
      `archives: ["${at('aa', 'env.zip')}"] there, ["${at('bb', 'other.zip')}"] here`,
      'conf["spark.files"]: d.csv has other bytes',
    ],
  );
});

test('a started run is adopted', (t) => {
  t.deepEqual(decide(record(attempt()), want(), alive), { kind: 'adopt' });
});

for (const kind of ['succeeded', 'failed', 'cancelled', 'lost'] as const) {
  test(`a run that ended as ${kind} is the answer when no new attempt is asked for`, (t) => {
    t.deepEqual(decide(record(ended(kind)), want(), alive), { kind: 'adopt' });
  });
}

const retries: readonly (readonly [keyof typeof ends, 'failed' | 'lost', 'next-attempt' | 'adopt'])[] = [
  ['succeeded', 'failed', 'adopt'],
  ['succeeded', 'lost', 'adopt'],
  ['failed', 'failed', 'next-attempt'],
  ['failed', 'lost', 'next-attempt'],
  ['cancelled', 'failed', 'next-attempt'],
  ['cancelled', 'lost', 'next-attempt'],
  ['lost', 'failed', 'adopt'],
  ['lost', 'lost', 'next-attempt'],
];
for (const [kind, retryOf, decision] of retries) {
  test(`a ${kind} run with retryOf ${retryOf} comes to ${decision}`, (t) => {
    t.is(decide(record(ended(kind)), want({ retryOf }), alive).kind, decision);
  });
}

test('a started run with retryOf is looked at first, whatever the spec', (t) => {
  t.is(decide(record(attempt()), want({ retryOf: 'failed', ...otherSpec }), alive).kind, 'look');
});

test('a started run of another endpoint is not looked at here: only its own server can tell', (t) => {
  const elsewhere = want({ retryOf: 'failed', endpoint: 'http://other' });
  t.deepEqual(
    conflicts(t, () => decide(record(attempt()), elsewhere, alive)),
    ['endpoint: http://livy:8998 there, http://other here'],
  );
});

for (const phase of ['claimed', 'posting'] as const) {
  const posts = phase === 'posting' ? [{ at: '' }] : [];
  test(`a ${phase} attempt with an owner at work is waited for`, (t) => {
    t.deepEqual(decide(record(attempt({ phase, posts, claim })), want(), alive), { kind: 'wait', claim });
  });
  test(`a ${phase} attempt whose owner is gone is taken over`, (t) => {
    t.is(decide(record(attempt({ phase, posts, claim })), want(), gone).kind, 'take-over');
  });
  test(`a ${phase} attempt without an owner is taken over`, (t) => {
    t.is(decide(record(attempt({ phase, posts })), want(), alive).kind, 'take-over');
  });
  test(`another spec for a ${phase} attempt with an owner at work is a conflict`, (t) => {
    const there = record(attempt({ phase, posts, claim }));
    t.deepEqual(
      conflicts(t, () => decide(there, want(otherSpec), alive)),
      ['args: ["1"] there, ["2"] here'],
    );
  });
}

test('another spec for an attempt that may have been sent is a conflict', (t) => {
  conflicts(t, () => decide(record(attempt({ phase: 'posting' })), want(otherSpec), alive));
});

test('an attempt that nobody sent may be taken over with a corrected spec and address', (t) => {
  const unsent = record(attempt({ phase: 'claimed', posts: [] }));
  t.is(decide(unsent, want({ ...otherSpec, endpoint: 'http://corrected' }), alive).kind, 'take-over');
});

test('a refused run may be corrected: the next attempt takes any spec', (t) => {
  t.is(decide(record(attempt({ phase: 'refused' })), want(otherSpec), alive).kind, 'next-attempt');
});

test('a refused retry may be corrected, too', (t) => {
  const refused = attempt({ attempt: 2, phase: 'refused' });
  t.is(decide(record(ended('failed'), refused), want(otherSpec), alive).kind, 'next-attempt');
});

test('another spec under a running or ended key is a conflict', (t) => {
  for (const there of [record(attempt()), record(ended('failed')), record(ended('succeeded'))]) {
    conflicts(t, () => decide(there, want(otherSpec), alive));
  }
});

test('another spec may come with a new attempt of a failed run', (t) => {
  t.is(decide(record(ended('failed')), want({ retryOf: 'failed', ...otherSpec }), alive).kind, 'next-attempt');
});

test('a failed run may be tried again at another endpoint, for it is known to be over', (t) => {
  t.is(
    decide(record(ended('failed')), want({ retryOf: 'failed', endpoint: 'http://other' }), alive).kind,
    'next-attempt',
  );
});

test('a lost run is not tried again at another endpoint: it may still run at the first', (t) => {
  const elsewhere = want({ retryOf: 'lost', endpoint: 'http://other' });
  t.regex(conflicts(t, () => decide(record(ended('lost')), elsewhere, alive)).join(), /lost at http:\/\/livy:8998/);
});

test('a lost run holds its endpoint through refused and unsent retries', (t) => {
  const elsewhere = want({ retryOf: 'lost', endpoint: 'http://other' });
  const refused = attempt({ attempt: 2, phase: 'refused' });
  const unsent = attempt({ attempt: 2, phase: 'claimed', posts: [] });
  conflicts(t, () => decide(record(ended('lost'), refused), elsewhere, alive));
  conflicts(t, () => decide(record(ended('lost'), unsent), elsewhere, gone));
});

test('the label is no part of the identity', (t) => {
  const labelled = { ...spec, name: 'nightly' };
  t.is(decide(record(attempt()), want({ spec: labelled, hash: specHash(labelled) }), alive).kind, 'adopt');
});

test('a conf value means the same as a number and as a text', (t) => {
  t.is(specHash({ file: 'f', conf: { 'spark.a': 1 } }), specHash({ file: 'f', conf: { 'spark.a': '1' } }));
  t.not(specHash({ file: 'f', conf: { 'spark.a': 1 } }), specHash({ file: 'f', conf: { 'spark.a': 2 } }));
});

test('a conflict names the field and hides the secret', (t) => {
  const secret = (password: string) => ({
    ...spec,
    conf: { 'spark.db.password': password, 'spark.x': password.length },
  });
  const there = {
    ...record(attempt()),
    spec: { ...secret('(redacted)'), conf: { 'spark.db.password': '(redacted)', 'spark.x': 7 } },
    specHash: specHash(secret('hunter2')),
  };
  const lines = conflicts(t, () =>
    decide(there, want({ spec: secret('swordfish'), hash: specHash(secret('swordfish')) }), alive),
  );
  t.deepEqual(lines, ['conf["spark.x"]: 7 there, 9 here']);
});

test('a conflict in nothing but a secret says so without showing it', (t) => {
  const secret = (password: string) => ({ ...spec, conf: { 'spark.db.password': password } });
  const there = { ...record(attempt()), spec: secret('(redacted)'), specHash: specHash(secret('hunter2')) };
  const lines = conflicts(t, () =>
    decide(there, want({ spec: secret('hunter3'), hash: specHash(secret('hunter3')) }), alive),
  );
  t.deepEqual(lines, ['a redacted value differs']);
});

test('of two lists of paths, the conflict names what is only in one of them', (t) => {
  const jars = (...names: readonly string[]) => ({ ...spec, jars: names.map((name) => `s3://b/${name}.jar`) });
  const against = (one: typeof spec, other: typeof spec) =>
    conflicts(t, () =>
      decide(
        { ...record(attempt()), spec: one, specHash: specHash(one) },
        want({ spec: other, hash: specHash(other) }),
        alive,
      ),
    );
  t.deepEqual(against(jars('a', 'b', 'c'), jars('a', 'x', 'c')), [
    'jars: ["s3://b/b.jar"] there, ["s3://b/x.jar"] here',
  ]);
  t.deepEqual(against(jars('a', 'b'), jars('a', 'b', 'c')), ['jars: [] there, ["s3://b/c.jar"] here']);
  t.deepEqual(against(jars('a', 'b'), jars('b', 'a')), [
    'jars: ["s3://b/a.jar","s3://b/b.jar"] there, ["s3://b/b.jar","s3://b/a.jar"] here',
  ]);
  t.deepEqual(against(spec, jars('a')), ['jars: not set there, ["s3://b/a.jar"] here']);
});
