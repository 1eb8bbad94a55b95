// The oracle of the real YARN: words that are not true, beside those that are.
import test from 'ava';
import { newTale } from '../pursuit.js';
import type { DepthFault, DepthRun } from './plan.js';
import { judgeDepth } from './verdict.js';
import type { YarnApp } from './yarn-book.js';

const running: YarnApp = {
  id: 'application_7_0001',
  tags: ['job-a1'],
  state: 'RUNNING',
  finalStatus: 'UNDEFINED',
  endMs: 0,
  isForgotten: false,
};
const succeeded: YarnApp = { ...running, state: 'FINISHED', finalStatus: 'SUCCEEDED', endMs: 5_000 };
const container = 'container_7_0001_01_000001';

interface Made {
  readonly fault?: DepthFault;
  readonly ending?: DepthRun['ending'];
  readonly kinds: readonly string[];
  readonly app?: YarnApp;
}

function verdictOn({ fault = 'livy-killed-forgets', ending = 'succeeds', kinds, app }: Made) {
  const run: DepthRun = {
    ending,
    posts: [],
    starts: 0,
    seconds: 1,
    cancelAfterMs: ending === 'cancelled' ? 1_000 : undefined,
  };
  const said = kinds.map((kind, n) => ({ attempt: 1, kind, atMs: 6_000 + n, evidence: [], notes: [] }));
  const story = { ...newTale(), said, isOpen: false, fault, run, tag: (n: number) => `job-a${n}` };
  return judgeDepth(story, (tag) => (app && tag === 'job-a1' ? [app] : []), app ? [container] : []);
}

test('what YARN says is true, anything else and anything earlier is not', (t) => {
  t.deepEqual(verdictOn({ kinds: ['succeeded'], app: succeeded }).problems, []);
  t.true(verdictOn({ kinds: ['failed'], app: succeeded }).isWrong);
  t.true(verdictOn({ kinds: ['succeeded'], app: { ...succeeded, endMs: 9_000 } }).isWrong);
  t.true(verdictOn({ kinds: ['succeeded'], app: running }).isWrong);
});

test('a wrong word, or a lost one, is not made good by a later one', (t) => {
  t.true(verdictOn({ kinds: ['failed', 'succeeded'], app: succeeded }).isWrong);
  t.true(verdictOn({ kinds: ['lost', 'succeeded'], app: succeeded }).isLost);
});

test('of what YARN killed and forgot only lost is true, or cancelled where that was asked for', (t) => {
  const app = { ...running, isForgotten: true };
  const fault = 'yarn-forgets';
  t.deepEqual(verdictOn({ fault, kinds: ['lost'], app }).problems, []);
  t.true(verdictOn({ fault, kinds: ['cancelled'], app }).isWrong);
  t.true(verdictOn({ fault, kinds: ['failed'], app }).isWrong);
  t.false(verdictOn({ fault, kinds: ['cancelled'], app, ending: 'cancelled' }).isWrong);
});

test('what never came to YARN has failed only where Livy was stopped in good order', (t) => {
  t.false(verdictOn({ fault: 'livy-stopped-forgets', kinds: ['failed'] }).isWrong);
  t.true(verdictOn({ fault: 'livy-killed-forgets', kinds: ['failed'] }).isWrong);
  t.true(verdictOn({ kinds: ['cancelled'] }).isWrong);
  t.false(verdictOn({ kinds: ['cancelled'], ending: 'cancelled' }).isWrong);
});
