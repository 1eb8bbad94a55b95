// The oracle itself: stories that are not true, each beside one that is.
import test from 'ava';
import type { App, Launch } from './app-book.js';
import { type FaultKind, type Launcher, plansOf } from './plan.js';
import { newTale, type Said } from './pursuit.js';
import { Affliction } from './schedule.js';
import { judge, type KeyStory, type Truth } from './verdict.js';

const START_MS = 1_000_000;
/** Seconds after the first submit. */
const at = (seconds: number): number => START_MS + seconds * 1_000;

const app = (launched: number, started: number, ended: number, rest: Partial<App> = {}): App => ({
  id: `application_1_${started}`,
  tags: ['key-a1'],
  launchedMs: at(launched),
  startedMs: at(started),
  endMs: at(ended),
  end: 'SUCCEEDED',
  launcher: '1-key-a1',
  ...rest,
});
/** Killed and forgotten by a YARN that was restarted without its memory. */
const forgotten = (launched: number, started: number, when: number): App =>
  app(launched, started, when, { end: 'KILLED', forgottenMs: at(when) });
const word = (kind: string, seconds: number, attempt = 1): Said => ({
  attempt,
  kind,
  atMs: at(seconds),
  evidence: [],
  notes: [],
});

interface Made {
  readonly apps: readonly App[];
  readonly said: readonly Said[];
  /** When `--force-resend` was given. */
  readonly forced?: readonly number[];
  /** What was told before. */
  readonly told?: string;
  /** For which attempt. */
  readonly forcedAttempt?: number;
  readonly yarnRestarts?: readonly { readonly at: number; readonly forgets: boolean }[];
  readonly livyRestarts?: readonly number[];
  /** When YARN did not answer as it should. */
  readonly yarnTroubles?: readonly (readonly [from: number, to: number])[];
  readonly livyTroubles?: readonly (readonly [from: number, to: number])[];
  /** Of other keys, since it was launched. */
  readonly endedSince?: number;
  /** Of what never came to YARN. */
  readonly launchedAt?: number;
  readonly isCancelled?: boolean;
  readonly launcher?: Launcher;
  /** What struck the key. */
  readonly seen?: readonly FaultKind[];
  /** What ran under the tag of another attempt. */
  readonly others?: Readonly<Record<string, readonly App[]>>;
}

const troublesOf = (times: Made['yarnTroubles'] = []): Truth['yarnTroubles'] =>
  times.map(([from, to]) => ({ fromMs: at(from), toMs: at(to) }));

function verdictOn(made: Made) {
  const { apps, said, forced = [], forcedAttempt = 1 } = made;
  const { yarnRestarts = [], livyRestarts = [], isCancelled = false, others = {} } = made;
  const { launcher = 'honest', seen = [] } = made;
  const none = { posts: [], livy: [], yarn: [] };
  const plan = {
    ...plansOf(1, 1)[0]!,
    ...none,
    event: undefined,
    launcher,
    cancelAfterMs: isCancelled ? 0 : undefined,
  };
  const affliction = new Affliction(none);
  for (const kind of seen) affliction.seen.add(kind);
  const story: KeyStory = {
    ...newTale(),
    said: [...said],
    forced: forced.map((seconds) => ({ attempt: forcedAttempt, atMs: at(seconds), told: made.told ?? '' })),
    isOpen: false,
    index: 0,
    plan,
    tag: (attempt) => `key-a${attempt}`,
    affliction,
    startMs: START_MS,
    tookMs: 1,
  };
  const launches = apps.map((one): Launch => ({ pid: 1, tag: 'key-a1', atMs: one.launchedMs, app: one }));
  if (made.launchedAt !== undefined) launches.push({ pid: 1, tag: 'key-a1', atMs: at(made.launchedAt) });
  const truth: Truth = {
    ranUnder: (tag) => (tag === 'key-a1' ? apps : (others[tag] ?? [])),
    launchedUnder: (tag) => (tag === 'key-a1' ? launches : []),
    yarnRestarts: yarnRestarts.map((one) => ({ atMs: at(one.at), forgets: one.forgets })),
    livyRestarts: livyRestarts.map(at),
    yarnTroubles: troublesOf(made.yarnTroubles),
    endedBetween: () => made.endedSince ?? 0,
    livyTroubles: troublesOf(made.livyTroubles),
  };
  return judge(story, truth, 1);
}

test('one application and its true end, said after it, is as it should be', (t) => {
  const verdict = verdictOn({ apps: [app(1, 2, 5)], said: [word('succeeded', 6)] });
  t.deepEqual(verdict.problems, []);
  t.like(verdict, { duplicates: 0, isWrong: false, isLost: false, delaysMs: [1_000] });
});

test('an outcome that was said before the end, or that was another, is wrong', (t) => {
  t.true(verdictOn({ apps: [app(1, 2, 5)], said: [word('succeeded', 4)] }).isWrong);
  t.true(verdictOn({ apps: [app(1, 2, 5)], said: [word('failed', 6)] }).isWrong);
  t.true(verdictOn({ apps: [], said: [word('succeeded', 6)] }).isWrong);
});

test('what was cancelled before it came may be lost where YARN did not tell its time before the request, and only there', (t) => {
  const untimed = {
    ...word('lost', 30),
    evidence: ["yarn: found none, but when the job was sent is not known by YARN's clock"],
  };
  const made = { apps: [], said: [untimed], launchedAt: 5, isCancelled: true };
  t.true(verdictOn(made).isLost);
  t.false(verdictOn({ ...made, yarnTroubles: [[1, 2]] }).isLost);
  t.true(verdictOn({ ...made, yarnTroubles: [[6, 9]] }).isLost);
  t.true(verdictOn({ ...made, yarnTroubles: [[1, 2]], isCancelled: false }).isLost);
  t.true(verdictOn({ ...made, yarnTroubles: [[1, 2]], said: [word('lost', 30)] }).isLost);
});

test('what was cancelled before it came may be lost where a thousand others have ended since, and only there', (t) => {
  const dropped = {
    ...word('lost', 300),
    evidence: ['yarn: found none, but all of them ended after the job was sent: it may have dropped ours'],
  };
  const made = { apps: [], said: [dropped], launchedAt: 5, isCancelled: true };
  t.false(verdictOn({ ...made, endedSince: 1_000 }).isLost);
  t.true(verdictOn({ ...made, endedSince: 999 }).isLost);
  t.true(verdictOn({ ...made, endedSince: 1_000, isCancelled: false }).isLost);
});

test('a second request that a forgetful Livy has under way has to be found when the first has ended, unless Livy is away then', (t) => {
  const made = { apps: [app(1, 32, 37), app(14, 60, 61)], said: [word('succeeded', 38)], livyRestarts: [3] };
  t.true(verdictOn(made).isWrong);
  t.like(verdictOn({ ...made, livyTroubles: [[35, 37]] }), { isWrong: false, isBeyond: true, duplicates: 0 });
  t.true(verdictOn({ ...made, livyTroubles: [[20, 30]] }).isWrong);
  t.true(verdictOn({ ...made, livyTroubles: [[35, 37]], livyRestarts: [] }).isWrong);
});

test('an application that was sent by force when YARN had forgotten the first is no second one', (t) => {
  const apps = [forgotten(1, 2, 5), app(21, 22, 25)];
  const said = [word('succeeded', 26)];
  t.is(verdictOn({ apps, said, forced: [20] }).duplicates, 0);
});

test('an application that came before it was forced is one too many', (t) => {
  const apps = [forgotten(1, 2, 5), app(11, 12, 15)];
  t.is(verdictOn({ apps, said: [word('succeeded', 21)], forced: [20] }).duplicates, 1);
});

test('what YARN forgot only after it was forced excuses no second application', (t) => {
  const apps = [forgotten(1, 2, 30), app(21, 22, 25)];
  t.is(verdictOn({ apps, said: [word('succeeded', 26)], forced: [20] }).duplicates, 1);
});

test('one word of force excuses one application, not two', (t) => {
  const apps = [forgotten(1, 2, 5), forgotten(21, 22, 23), app(25, 26, 29)];
  const said = [word('succeeded', 30)];
  t.is(verdictOn({ apps, said, forced: [20] }).duplicates, 1);
  t.is(verdictOn({ apps, said, forced: [20, 24] }).duplicates, 0);
});

test('a force for one attempt excuses nothing of another', (t) => {
  const apps = [forgotten(1, 2, 5), app(21, 22, 25)];
  const said = [word('succeeded', 26)];
  t.is(verdictOn({ apps, said, forced: [20], forcedAttempt: 2 }).duplicates, 1);
});

test('a forced key that was said to be cancelled, and ran afterwards, is wrong', (t) => {
  const said = [word('cancelled', 22)];
  t.true(verdictOn({ apps: [app(21, 23, 26)], said, forced: [20], isCancelled: true }).isWrong);
  t.false(verdictOn({ apps: [], said, forced: [20], isCancelled: true }).isWrong);
});

test('an application that came after an outcome makes that wrong, also where it was forced', (t) => {
  const apps = [app(1, 2, 5), app(11, 12, 15)];
  t.true(verdictOn({ apps, said: [word('succeeded', 6)], forced: [10] }).isWrong);
});

test('lost is right once YARN has forgotten the end, and not before', (t) => {
  const apps = [forgotten(1, 2, 5)];
  const yarnRestarts = [{ at: 5, forgets: true }];
  t.like(verdictOn({ apps, said: [word('lost', 9)], yarnRestarts }), { isLost: false, isForgotten: true });
  t.true(verdictOn({ apps: [forgotten(1, 2, 15)], said: [word('lost', 9)], yarnRestarts }).isLost);
});

test('lost is not right where YARN knew the end long enough for anybody to read it', (t) => {
  const apps = [app(1, 2, 5, { forgottenMs: at(100) })];
  t.true(verdictOn({ apps, said: [word('lost', 110)] }).isLost);
});

test('lost is not right where a Livy that was there all the time says that it succeeded', (t) => {
  const apps = [app(1, 2, 5, { forgottenMs: at(10) })];
  const yarnRestarts = [{ at: 10, forgets: true }];
  const isLost = (seconds: number, rest: Partial<Made> = {}): boolean =>
    verdictOn({ apps, said: [word('lost', seconds)], yarnRestarts, ...rest }).isLost;
  t.true(isLost(20), 'it says so');
  t.true(isLost(60), 'it said so for half a minute');
  t.false(isLost(60, { seen: ['submitter-stopped'] }), 'to nobody');
  t.true(isLost(20, { seen: ['submitter-stopped'] }));
  t.false(isLost(20, { livyRestarts: [12] }), 'it forgot');
  t.true(isLost(60, { livyRestarts: [45] }), 'it forgot later');
  t.false(isLost(20, { launcher: 'dies' }));
  t.false(isLost(20, { launcher: 'contradicts' }));
  t.false(isLost(20, { apps: [app(1, 2, 5, { end: 'FAILED', forgottenMs: at(10) })] }), 'its dead is not believed');
  t.false(isLost(20, { apps: [app(1, 2, 5, { forgottenMs: at(6) })] }), 'its launcher may have asked too late');
});

test('a cancelled key of which nothing came may be lost by a restart of YARN in its own time only', (t) => {
  const lostAfter = (restart: number) =>
    verdictOn({
      apps: [],
      said: [word('lost', 30)],
      isCancelled: true,
      yarnRestarts: [{ at: restart, forgets: false }],
    }).isLost;
  t.false(lostAfter(10));
  t.true(lostAfter(40), 'a restart after the word');
  t.true(lostAfter(-60), 'a restart long before the first request');
});

test('an earlier restart excuses, though there was another one after the word', (t) => {
  const yarnRestarts = [
    { at: 10, forgets: false },
    { at: 90, forgets: false },
  ];
  t.false(verdictOn({ apps: [], said: [word('lost', 30)], isCancelled: true, yarnRestarts }).isLost);
});

test('a lost that was corrected later counts, unless the truth was gone when it was said', (t) => {
  const verdict = verdictOn({ apps: [app(1, 2, 5)], said: [word('lost', 9), word('succeeded', 12)] });
  t.like(verdict, { isLost: true, wasLostAtFirst: true });
});

test('a second application is beyond the promise only if Livy forgot one that took longer than the settle time', (t) => {
  const slow = [app(30, 31, 34), app(1, 40, 44)];
  const said = [word('succeeded', 45)];
  t.like(verdictOn({ apps: slow, said, livyRestarts: [10] }), { duplicates: 0, isBeyond: true });
  t.like(verdictOn({ apps: slow, said }), { duplicates: 1, isBeyond: false });
  const quick = [app(6, 7, 10), app(1, 8, 12)];
  t.is(verdictOn({ apps: quick, said, livyRestarts: [3] }).duplicates, 1);
});

test('what came between the last look and the word is beyond the promise as what came after it is, and nothing older', (t) => {
  const heard = (startedAt: number, livyRestarts: readonly number[] = [10]) =>
    verdictOn({ apps: [app(1, startedAt, 40)], said: [word('cancelled', 28)], isCancelled: true, livyRestarts });
  t.like(heard(27), { isWrong: false, isBeyond: true });
  t.like(heard(29), { isWrong: false, isBeyond: true });
  t.true(heard(20).isWrong);
  t.true(heard(27, []).isWrong, 'a Livy that forgot nothing');
});

test('an attempt that nobody heard of is one too many, also if it ran only once', (t) => {
  const [apps, said] = [[app(1, 2, 5)], [word('failed', 6)]];
  const failed = [app(1, 2, 5, { end: 'FAILED' })];
  t.is(verdictOn({ apps, said: [word('succeeded', 6)], others: { 'key-a2': [app(8, 9, 12)] } }).duplicates, 1);
  t.is(verdictOn({ apps, said: [word('succeeded', 6)], others: { 'key-a3': [app(8, 9, 12)] } }).duplicates, 1);
  const retried = [...said, word('succeeded', 13, 2)];
  const verdict = verdictOn({ apps: failed, said: retried, others: { 'key-a2': [app(8, 9, 12)] } });
  t.like(verdict, { duplicates: 0, problems: [] });
});

test('an application that was killed though nobody asked for it is wrong, however truly it is told', (t) => {
  const killed = [app(1, 2, 5, { end: 'KILLED' })];
  const said = [word('cancelled', 6)];
  t.true(verdictOn({ apps: killed, said }).isWrong);
  t.false(verdictOn({ apps: killed, said, isCancelled: true }).isWrong);
  const second = app(3, 4, 5, { end: 'KILLED' });
  const verdict = verdictOn({ apps: [app(1, 2, 8), second], said: [word('succeeded', 9)] });
  t.like(verdict, { isWrong: false, duplicates: 1 }, 'one of two is to be killed');
});

test('of what YARN killed and forgot in one nobody can know, unless it was cancelled', (t) => {
  const apps = [forgotten(1, 2, 5)];
  t.true(verdictOn({ apps, said: [word('cancelled', 9)] }).isWrong);
  t.false(verdictOn({ apps, said: [word('cancelled', 9)], isCancelled: true }).isWrong);
});

test('an application that comes beyond the promise excuses no false word about the one that was there', (t) => {
  const apps = [app(30, 31, 34), app(1, 40, 44)];
  const livyRestarts = [10];
  t.false(verdictOn({ apps, said: [word('succeeded', 36)], livyRestarts }).isWrong);
  t.true(verdictOn({ apps, said: [word('failed', 36)], livyRestarts }).isWrong);
  t.true(
    verdictOn({ apps: [app(1, 40, 44)], said: [word('succeeded', 20)], livyRestarts }).isWrong,
    'nothing ran by then',
  );
});

test('a request is rightly left undecided for what YARN may have forgotten only if YARN was started since, or right before', (t) => {
  const problems = (restarts: readonly number[]) =>
    verdictOn({
      apps: [app(21, 22, 25)],
      said: [word('succeeded', 26)],
      forced: [20],
      told: 'it was started at 1, and may have forgotten what it held earlier',
      yarnRestarts: restarts.map((seconds) => ({ at: seconds, forgets: false })),
    }).problems.length;
  t.is(problems([]), 1);
  t.is(problems([-60, 30]), 1, 'long before and afterwards');
  t.is(problems([10]), 0);
  t.is(problems([-3]), 0);
});
