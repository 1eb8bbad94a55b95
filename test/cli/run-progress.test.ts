import test from 'ava';
import type { Livywire } from '../../src/app/index.js';
import type { RunEvent, RunProgress, RunRef, RunStatus, RunWaiting } from '../../src/core/index.js';
import { testClock } from '../../src/testing/index.js';
import { cli, oneDocument } from '../helpers/cli.js';

const ref: RunRef = {
  v: 1,
  key: 'k',
  attempt: 1,
  backend: 'livy',
  endpoint: 'http://livy.test:8998',
  name: 'livywire-00-a1',
  id: '0',
  createdAt: new Date(0).toISOString(),
};
const counts: RunProgress = {
  stages: { done: 1, failed: 0, running: 0, total: 1 },
  tasks: { done: 4, failed: 0, running: 0, total: 4 },
  active: [],
};
const waiting = (more: Partial<RunWaiting> = {}): RunWaiting => ({
  raw: 'ACCEPTED',
  summary: 'ACCEPTED 12m · queue default 100 % used',
  causes: ['QUEUE_FULL'],
  waitedMs: 720_000,
  ...more,
});
const outcome: RunEvent = {
  type: 'outcome',
  outcome: {
    v: 1,
    ref,
    kind: 'succeeded',
    evidence: [],
    links: {},
    knownAt: new Date(60_000).toISOString(),
    progress: { ...counts, complete: true },
  },
};

/** A run that has these events, each so many milliseconds after the one before. */
function world(events: readonly (readonly [number, RunEvent])[], how: 'started' | 'adopted' = 'started') {
  const clock = testClock();
  const run = {
    ref,
    how,
    status: async () => ({ raw: 'RUNNING', state: 'running', source: 'yarn', links: {} }),
    async *events() {
      for (const [ms, event] of events) {
        await clock.sleep(ms);
        yield event;
      }
    },
  };
  const livywire = { submit: () => Promise.resolve(run), close: () => Promise.resolve() } as unknown as Livywire;
  return (...more: readonly string[]) =>
    cli(['run', '--url', 'http://livy.test:8998', ...more, 's3://b/etl.py'], { clock, livywire });
}

test('without a terminal each stage that ended is one line, and the counts stand under the outcome', async (t) => {
  const ended = [{ id: 0, name: 'sum at etl.py:3', state: 'done', tasks: 4, failed: 0, tookMs: 2_000 }] as const;
  const { stdout, stderr } = await world([
    [0, { type: 'progress', progress: { ...counts, ended } }],
    [1_000, { type: 'progress', progress: counts }],
    [0, outcome],
  ])();
  t.is(stderr.match(/stage 0 "sum at etl\.py:3" finished: 4 tasks in 2\.0s, 0 failed/g)?.length, 1);
  t.regex(stdout, /^ {2}1 stage, 4 tasks$/m);
});

const stage = { id: 0, name: 'sum at etl.py:3', state: 'done', tasks: 4, failed: 0, tookMs: 2_000 } as const;
const state = (raw: string, now: RunStatus['state']): RunEvent => ({
  type: 'state',
  status: { raw, state: now, source: 'yarn', links: {} },
});

test('that a run has succeeded is said after its last stage, and before what is waited for then', async (t) => {
  const last: RunEvent = { type: 'progress', progress: { ...counts, ended: [stage] } };
  const { stderr } = await world([
    [0, state('FINISHED', 'succeeded')],
    [0, last],
    [0, outcome],
  ])();
  t.regex(stderr, /stage 0 [^\n]* finished[^\n]*\n[^\n]*succeeded \(yarn: FINISHED\)/);
  const waits: RunEvent = { type: 'notice', text: 'waiting for its log in S3' };
  const other = await world([
    [0, state('FINISHED', 'succeeded')],
    [0, waits],
    [0, last],
    [0, outcome],
  ])();
  t.regex(other.stderr, /succeeded \(yarn: FINISHED\)[^\n]*\n[^\n]*waiting for its log/);
});

test('the stages of a run that had ended before are not told again', async (t) => {
  const last: RunEvent = { type: 'progress', progress: { ...counts, ended: [stage] } };
  const { stderr, stdout } = await world(
    [
      [0, state('FINISHED', 'succeeded')],
      [0, last],
      [0, outcome],
    ],
    'adopted',
  )();
  t.false(stderr.includes('stage 0'));
  t.regex(stdout, /^ {2}1 stage, 4 tasks$/m);
  const live = await world(
    [
      [0, state('RUNNING', 'running')],
      [0, last],
      [0, outcome],
    ],
    'adopted',
  )();
  t.true(live.stderr.includes('stage 0'));
});

test('with --json the final counts are in the document', async (t) => {
  const { stdout } = await world([[0, outcome]])('--json');
  t.like(oneDocument(t, stdout), { kind: 'succeeded', progress: { complete: true, tasks: { done: 4 } } });
});

test('without a terminal why it waits is said once, again when it changes, and at most once a minute', async (t) => {
  const say = (more: Partial<RunWaiting>): RunEvent => ({ type: 'waiting', waiting: waiting(more) });
  const { stderr } = await world([
    [0, say({ summary: 'first' })],
    [90_000, say({ summary: 'only the time is another' })],
    [1_000, say({ summary: 'second', causes: ['QUEUE_FULL', 'AM_LIMIT'] })],
    [5_000, say({ summary: 'too soon', causes: ['AM_LIMIT'] })],
    [60_000, say({ summary: 'third', causes: ['AM_LIMIT'] })],
    [0, outcome],
  ])();
  const said = ['first', 'only the time is another', 'second', 'too soon', 'third'].filter((one) =>
    stderr.includes(one),
  );
  t.deepEqual(said, ['first', 'second', 'third']);
});

test('that it will wait for ever is said at once', async (t) => {
  const { stderr } = await world([
    [0, { type: 'waiting', waiting: waiting({ summary: 'first' }) }],
    [1_000, { type: 'waiting', waiting: waiting({ summary: 'for ever', causes: ['TOO_LARGE'], never: 'too large' }) }],
    [0, outcome],
  ])();
  t.true(stderr.includes('for ever'));
});

test('the moment that every run waits is no news', async (t) => {
  const { stderr } = await world([
    [0, { type: 'waiting', waiting: waiting({ summary: 'ACCEPTED 2s', causes: [], waitedMs: 2_000 }) }],
    [0, outcome],
  ])();
  t.false(stderr.includes('ACCEPTED'));
});
