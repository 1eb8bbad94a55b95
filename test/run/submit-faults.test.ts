import fc from 'fast-check';
import test from 'ava';
import { JobRefusedError, SubmitUnknownError, UnreachableError } from '../../src/core/index.js';
import { type Fault, MemoryBackend, memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { attemptOf, rig } from '../helpers/engine.js';

const spec = { file: 's3://b/j.py' };
const setUp = (...faults: Fault[]) => {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  lw.backend.failNext(...faults);
  return { lw, ledger, posts: () => lw.backend.requests.filter((r) => r.startsWith('POST')).length };
};

test('a submit without faults is one request and one application', async (t) => {
  const { lw, ledger, posts } = setUp();
  const run = await lw.submit(spec, { key: 'k' });
  t.is(run.how, 'started');
  t.is(posts(), 1);
  t.is(lw.backend.applications(run.ref.name), 1);
  t.is((await attemptOf(ledger, 'k')).phase, 'started');
  t.is((await attemptOf(ledger, 'k')).claim, undefined);
});

test('a lost reply is found by name: one application, one request', async (t) => {
  const { lw, posts } = setUp('reply-lost');
  const run = await lw.submit(spec, { key: 'k' });
  t.is(run.how, 'started');
  t.is(run.ref.id, '0');
  t.is(posts(), 1);
  t.is(lw.backend.applications(run.ref.name), 1);
});

test('a lost request is sent again, but only after the settle time', async (t) => {
  const { lw, posts } = setUp('request-lost');
  const start = lw.clock.now();
  const run = await lw.submit(spec, { key: 'k' });
  t.is(posts(), 2);
  t.is(lw.backend.applications(run.ref.name), 1);
  t.true(lw.clock.now() - start >= 60_000);
});

test('a refused connection is tried again at once, for nothing can have arrived', async (t) => {
  const { lw, posts, ledger } = setUp('refused', 'refused');
  const start = lw.clock.now();
  const run = await lw.submit(spec, { key: 'k' });
  t.is(posts(), 1);
  t.is(lw.backend.applications(run.ref.name), 1);
  t.true(lw.clock.now() - start < 60_000);
  t.is((await attemptOf(ledger, 'k')).posts.length, 1);
});

test('a connection that is refused three times is an UnreachableError, and the key can be used again', async (t) => {
  const { lw, ledger } = setUp('refused', 'refused', 'refused');
  const error = await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: UnreachableError });
  t.is(error.reached, 'no');
  const left = await attemptOf(ledger, 'k');
  t.is(left.phase, 'claimed');
  t.deepEqual(left.posts, []);
  t.is(left.claim, undefined);
  const run = await lw.submit(spec, { key: 'k' });
  t.is(run.ref.attempt, 1);
  t.is(lw.backend.applications(run.ref.name), 1);
});

test('a wrong address burns no key: the corrected one goes on with the same attempt', async (t) => {
  const clock = testClock();
  const ledger = memoryLedger();
  const wrong = new MemoryBackend({ clock, endpoint: 'http://typo:8998' });
  wrong.down();
  await t.throwsAsync(testLivywire({ clock, ledger, backend: wrong }).submit(spec, { key: 'k' }), {
    instanceOf: UnreachableError,
  });
  const right = new MemoryBackend({ clock, endpoint: 'http://livy:8998' });
  const run = await testLivywire({ clock, ledger, backend: right }).submit({ ...spec, args: ['x'] }, { key: 'k' });
  t.is(run.ref.endpoint, 'http://livy:8998');
  t.is(run.ref.attempt, 1);
  t.deepEqual((await ledger.get('k'))?.record.spec.args, ['x']);
});

test('back-pressure is waited out', async (t) => {
  const { lw, posts } = setUp('busy', 'busy', 'busy', 'busy', 'busy');
  const run = await lw.submit(spec, { key: 'k' });
  t.is(posts(), 6);
  t.is(lw.backend.applications(run.ref.name), 1);
});

test('back-pressure is said once, so that nobody waits without knowing for what', async (t) => {
  const clock = testClock();
  const backend = new MemoryBackend({ clock });
  backend.failNext('busy', 'busy', 'busy');
  const { engine, warnings } = rig({ backend, clock });
  await engine.submit(spec, { key: 'k' });
  t.is(
    warnings.filter((line) => /too many sessions.*; nothing was started, and a place is waited for/.test(line)).length,
    1,
  );
});

test('back-pressure ends at the deadline, and the same key goes on later', async (t) => {
  const { lw, ledger } = setUp(...Array.from({ length: 6 }, () => 'busy' as const));
  const start = lw.clock.now();
  await t.throwsAsync(lw.submit(spec, { key: 'k', deadlineMs: 30_000 }), {
    instanceOf: UnreachableError,
    message: /too many sessions/,
  });
  t.is(lw.clock.now() - start, 30_000);
  t.is((await attemptOf(ledger, 'k')).phase, 'claimed');
  const run = await lw.submit(spec, { key: 'k' });
  t.is(lw.backend.applications(run.ref.name), 1);
});

test('a refused job leaves nothing behind, and the corrected one is attempt 2', async (t) => {
  const { lw, ledger } = setUp('rejected');
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: JobRefusedError });
  const refused = await attemptOf(ledger, 'k');
  t.is(refused.phase, 'refused');
  t.is(await lw.backend.find(refused.name), undefined, 'the zombie was removed');
  const run = await lw.submit({ ...spec, args: ['fixed'] }, { key: 'k' });
  t.is(run.ref.attempt, 2);
  t.is(run.how, 'started');
  t.is(lw.backend.applications(run.ref.name), 1);
});

test('a refusal whose zombie cannot be removed is still the refusal', async (t) => {
  const { lw, ledger } = setUp('rejected');
  lw.backend.discard = async () => {
    throw new UnreachableError('gone', 'maybe');
  };
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: JobRefusedError });
  t.is((await attemptOf(ledger, 'k')).phase, 'refused');
  t.is((await lw.submit(spec, { key: 'k' })).ref.attempt, 2);
});

test('a refusal whose reply was lost leaves a zombie: it is removed after the settle time, and the job sent again', async (t) => {
  const { lw } = setUp('rejected');
  const start = lw.backend.start.bind(lw.backend);
  lw.backend.start = async (plan) => {
    const answer = await start(plan);
    return answer.kind === 'refused' ? { kind: 'unknown', error: new UnreachableError('lost', 'maybe') } : answer;
  };
  const before = lw.clock.now();
  const run = await lw.submit(spec, { key: 'k' });
  t.true(lw.clock.now() - before >= 60_000);
  t.is(lw.backend.applications(run.ref.name), 1);
  t.is((await run.wait()).kind, 'succeeded');
});

test('a name that the backend holds without a request of ours is never removed', async (t) => {
  const clock = testClock();
  const backend = new MemoryBackend({ clock });
  const first = testLivywire({ clock, backend, ledger: memoryLedger({ namespace: 'shared' }) });
  backend.failNext('rejected');
  backend.discard = async () => undefined; // somebody else's, and it stays
  await t.throwsAsync(first.submit(spec, { key: 'k' }));
  const second = testLivywire({ clock, backend, ledger: memoryLedger({ namespace: 'shared' }) });
  const calls: string[] = [];
  backend.discard = async (name) => void calls.push(name);
  await t.throwsAsync(second.submit(spec, { key: 'k', deadlineMs: 200_000 }), { instanceOf: SubmitUnknownError });
  t.deepEqual(calls, []);
});

test('a job that was started before under a lost ledger is found by its name', async (t) => {
  const clock = testClock();
  const backend = new MemoryBackend({ clock });
  const ledger = () => memoryLedger({ namespace: 'shared' });
  const one = await testLivywire({ clock, backend, ledger: ledger() }).submit(spec, { key: 'k' });
  const two = await testLivywire({ clock, backend, ledger: ledger() }).submit(spec, { key: 'k' });
  t.is(two.how, 'adopted');
  t.is(two.ref.id, one.ref.id);
  t.is(backend.applications(one.ref.name), 1);
});

test('whatever faults come in whatever order, a key is at most one application, and one in the end', async (t) => {
  const fault = fc.constantFrom<Fault>('reply-lost', 'request-lost', 'refused', 'busy', 'rejected');
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 6 }), async (faults) => {
      const { lw } = setUp(...faults);
      let name = '';
      for (let i = 0; i < 12 && name === ''; i++) {
        name = await lw.submit(spec, { key: 'k' }).then(
          (run) => run.ref.name,
          () => '',
        );
        for (const each of lw.backend.names) t.true(lw.backend.applications(each) <= 1);
      }
      t.is(lw.backend.applications(name), 1);
      t.is(
        lw.backend.names.reduce((sum, each) => sum + lw.backend.applications(each), 0),
        1,
      );
    }),
    { numRuns: 150 },
  );
});
