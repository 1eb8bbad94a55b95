import test from 'ava';
import {
  AuthError,
  type Clock,
  HttpStatusError,
  JobRefusedError,
  type StartAnswer,
  SubmitUnknownError,
  UnreachableError,
} from '../../src/core/index.js';
import { MemoryBackend, memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { specHash } from '../../src/run/names.js';
import { attemptOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';

const spec = { file: 's3://b/j.py' };
const lost: StartAnswer = { kind: 'unknown', error: new UnreachableError('the answer was lost', 'maybe') };
const setUp = () => {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const ledger = memoryLedger();
  const lw = testLivywire({ clock, registry, ledger });
  return {
    clock,
    registry,
    ledger,
    lw,
    backend: lw.backend,
    posts: () => lw.backend.requests.filter((r) => r.startsWith('POST')).length,
  };
};

test('while nobody can be asked nothing is sent again, and the deadline is a SubmitUnknownError with the ref', async (t) => {
  const { lw, backend, posts, ledger } = setUp();
  backend.failNext('reply-lost');
  const start = backend.start.bind(backend);
  backend.start = async (plan) => {
    const answer = await start(plan);
    backend.down();
    return answer;
  };
  const error = await t.throwsAsync(lw.submit(spec, { key: 'k', deadlineMs: 120_000 }), {
    instanceOf: SubmitUnknownError,
    message: /does not answer/,
  });
  t.is(posts(), 1);
  const { phase, claim } = await attemptOf(ledger, 'k');
  t.is(phase, 'posting');
  t.is(claim, undefined);

  backend.up();
  const again = await lw.submit(spec, { key: 'k' });
  t.is(again.how, 'adopted');
  t.is(again.ref.name, error.ref.name);
  t.is(posts(), 1);
});

test('a deadline below the settle time settles nothing, says so, and a longer one does', async (t) => {
  const { lw, backend, posts } = setUp();
  backend.failNext('request-lost');
  for (let i = 0; i < 3; i++) {
    await t.throwsAsync(lw.submit(spec, { key: 'k', deadlineMs: 50_000 }), {
      instanceOf: SubmitUnknownError,
      message: /nothing of it was seen for 50 s, and 60 s within one submit are needed .* longer deadline/,
    });
  }
  t.is(posts(), 1);
  t.is((await lw.submit(spec, { key: 'k', deadlineMs: 120_000 })).how, 'started');
  t.is(posts(), 2);
});

test('the ref of a SubmitUnknownError leads to the run', async (t) => {
  const { lw, backend } = setUp();
  const start = backend.start.bind(backend);
  backend.start = async (plan) => {
    await start(plan);
    backend.down();
    return lost;
  };
  const error = await t.throwsAsync(lw.submit(spec, { key: 'k', deadlineMs: 10_000 }), {
    instanceOf: SubmitUnknownError,
  });
  backend.up();
  t.is((await lw.attach(error.ref).wait()).kind, 'succeeded');
});

test('the message names the key, which may be a random one that nobody has seen', async (t) => {
  const { lw, backend } = setUp();
  backend.start = async () => (backend.down(), lost);
  const error = await t.throwsAsync(lw.submit(spec, { deadlineMs: 10_000 }), { instanceOf: SubmitUnknownError });
  t.true(error.message.includes(JSON.stringify(error.ref.key)), error.message);
});

test('a token that ran out after a request of unknown fate does not read as nothing started', async (t) => {
  const { lw, backend, posts } = setUp();
  backend.failNext('reply-lost');
  const find = backend.find.bind(backend);
  const start = backend.start.bind(backend);
  backend.start = async (plan) => {
    backend.find = () => Promise.reject(new AuthError(401, 'the token has expired'));
    return start(plan);
  };
  const error = await t.throwsAsync(lw.submit(spec, { key: 'k' }), {
    instanceOf: SubmitUnknownError,
    message: /the token has expired/,
  });
  t.true(error.cause instanceof AuthError);
  const again = await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: SubmitUnknownError });
  t.is(again.ref.name, error.ref.name, 'nor does it for the next one');
  backend.find = find;
  t.is((await lw.attach(error.ref).wait()).kind, 'succeeded');
  t.is(posts(), 1);
});

test('a token that ran out before anything was sent is just that', async (t) => {
  const { lw, backend, posts } = setUp();
  backend.find = () => Promise.reject(new AuthError(401, 'the token has expired'));
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: AuthError });
  t.is(posts(), 0);
});

test('a refusal after what was sent before is proven to have started nothing is just that', async (t) => {
  const { lw, backend, posts } = setUp();
  backend.failNext('request-lost', 'rejected');
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: JobRefusedError });
  t.is(posts(), 2);
});

test('an application that only YARN shows is adopted by its tag', async (t) => {
  const { lw, registry, backend, posts, clock } = setUp();
  backend.start = async ({ name }) => {
    backend.requests.push(`POST ${name}`);
    void clock.sleep(20_000).then(() => registry.set('application_1_1', { tags: [name] })); // surfaces late
    return lost;
  };
  const run = await lw.submit(spec, { key: 'k' });
  t.is(run.ref.appId, 'application_1_1');
  t.is(posts(), 1);
});

test('a late application restarts no settle time that was already broken: absence must be unbroken', async (t) => {
  const { lw, registry, backend, posts, clock } = setUp();
  backend.failNext('request-lost');
  const start = clock.now();
  void clock.sleep(40_000).then(() => registry.down());
  void clock.sleep(50_000).then(() => registry.up());
  await lw.submit(spec, { key: 'k' });
  t.is(posts(), 2);
  t.true(clock.now() - start >= 110_000, 'a minute from the outage on');
});

for (const [why, breakIt] of [
  ['YARN was restarted and may have forgotten it', (r: FakeRegistry) => r.restart()],
  ['we may not see it', (r: FakeRegistry) => void (r.cannotProve = 'acls are on, and we are nobody')],
  ['YARN is silent', (r: FakeRegistry) => r.down()],
] as const) {
  test(`absence that proves nothing sends nothing: ${why}`, async (t) => {
    const { lw, registry, backend, posts } = setUp();
    backend.failNext('request-lost');
    const start = backend.start.bind(backend);
    backend.start = async (plan) => {
      const answer = await start(plan);
      await lw.clock.sleep(1);
      breakIt(registry);
      return answer;
    };
    await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: SubmitUnknownError });
    t.is(posts(), 1);
  });
}

test('a YARN that could not be asked for its time before the request proves nothing after it', async (t) => {
  const { lw, registry, backend, posts } = setUp();
  registry.down();
  backend.failNext('request-lost');
  const start = backend.start.bind(backend);
  backend.start = async (plan) => {
    const answer = await start(plan);
    registry.up();
    return answer;
  };
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), {
    instanceOf: SubmitUnknownError,
    message: /when the job was sent is not known/,
  });
  t.is(posts(), 1);
});

test('a YARN that is out of reach for a while is waited for, so that its absence counts after the request', async (t) => {
  const { lw, registry, backend, clock, posts, ledger } = setUp();
  registry.down();
  void clock.sleep(45_000).then(() => registry.up());
  backend.failNext('request-lost');
  await lw.submit(spec, { key: 'k' });
  t.is(posts(), 2);
  t.true((await attemptOf(ledger, 'k')).posts.every(({ serverMs }) => serverMs !== undefined));
});

for (const [what, refusal, waits] of [
  ['refuses our credentials', new AuthError(403, 'not for you'), false],
  ['is no YARN at all', new HttpStatusError('404', { status: 404, serverMessage: '', body: '' }), false],
  ['is in trouble', new HttpStatusError('503', { status: 503, serverMessage: '', body: '' }), true],
] as const) {
  test(`a YARN that ${what} ${waits ? 'is waited for' : 'holds no submit up'}, and there is a warning`, async (t) => {
    const clock = testClock();
    const registry = new FakeRegistry(clock);
    registry.serverTime = () => Promise.reject(refusal);
    const backend = new MemoryBackend({ clock });
    backend.failNext('busy');
    const { engine, warnings } = rig({ backend, clock, registry });
    const start = clock.now();
    t.is((await engine.submit(spec, { key: 'k' })).how, 'started');
    t.is(clock.now() - start >= 60_000, waits);
    t.is(
      warnings.filter((one) => /YARN .* its time \(/.test(one) && one.includes(refusal.message)).length,
      1,
      warnings.join(),
    );
  });
}

test('one 404 for its time is a proxy’s, not YARN’s: the time is asked once more, and nobody is warned', async (t) => {
  const { lw, registry, backend, ledger, posts } = setUp();
  const serverTime = registry.serverTime.bind(registry);
  let asked = 0;
  registry.serverTime = async () => {
    if (++asked === 1) throw new HttpStatusError('404', { status: 404, serverMessage: '', body: '' });
    return serverTime();
  };
  backend.failNext('request-lost');
  await lw.submit(spec, { key: 'k' });
  t.is(posts(), 2);
  t.true((await attemptOf(ledger, 'k')).posts.every(({ serverMs }) => serverMs !== undefined));
});

test('absence without the server’s time of the first request is not believed, even from a registry that claims it', async (t) => {
  const { lw, registry, backend, posts } = setUp();
  registry.serverTime = () => Promise.reject(new UnreachableError('no answer', 'no'));
  registry.byTag = async () => ({ kind: 'absent' });
  backend.failNext('request-lost');
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: SubmitUnknownError, message: /its time/ });
  t.is(posts(), 1);
});

test('forceResend sends once more although nobody knows, and only once', async (t) => {
  const { lw, registry, backend, posts } = setUp();
  backend.failNext('request-lost');
  registry.cannotProve = 'restarted';
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: SubmitUnknownError });
  backend.failNext('request-lost');
  await t.throwsAsync(lw.submit(spec, { key: 'k', forceResend: true }), { instanceOf: SubmitUnknownError });
  t.is(posts(), 2);
  const run = await lw.submit(spec, { key: 'k', forceResend: true });
  t.is(posts(), 3);
  t.is(backend.applications(run.ref.name), 1);
});

test('forceResend waits for a YARN that is just out of reach: it may show the run', async (t) => {
  const { lw, registry, backend, posts, clock } = setUp();
  backend.start = async ({ name }) => {
    backend.requests.push(`POST ${name}`);
    registry.set('application_1_1', { tags: [name] });
    registry.down();
    return lost;
  };
  void clock.sleep(30_000).then(() => registry.up());
  const run = await lw.submit(spec, { key: 'k', forceResend: true });
  t.is(run.ref.appId, 'application_1_1');
  t.is(posts(), 1);
});

test('forceResend sends again where YARN stays out of reach, after the settle time', async (t) => {
  const { lw, registry, backend, posts, clock } = setUp();
  backend.failNext('request-lost');
  const start = backend.start.bind(backend);
  backend.start = (plan) => (registry.down(), start(plan));
  const begin = clock.now();
  await lw.submit(spec, { key: 'k', forceResend: true });
  t.is(posts(), 2);
  t.true(clock.now() - begin >= 60_000);
});

test('forceResend is no word about a request that this very submit sent: what came of it is waited for as ever', async (t) => {
  for (const cannotProve of [undefined, 'restarted']) {
    const { lw, registry, backend, posts, clock } = setUp();
    registry.cannotProve = cannotProve;
    backend.start = async ({ name }) => {
      backend.requests.push(`POST ${name}`);
      void clock.sleep(20_000).then(() => registry.set('application_1_1', { tags: [name] })); // its spark-submit is on its way
      return lost;
    };
    const run = await lw.submit(spec, { key: 'k', forceResend: true });
    t.is(run.ref.appId, 'application_1_1');
    t.is(posts(), 1);
  }
});

test('forceResend sends nothing when the run is found after all', async (t) => {
  const { lw, backend, posts } = setUp();
  backend.failNext('reply-lost');
  await lw.submit(spec, { key: 'k', forceResend: true });
  t.is(posts(), 1);
});

test('a clock that is set forward does not shorten the settle time', async (t) => {
  const clock = testClock();
  let offset = 0;
  const jumpy: Clock = { now: () => clock.now() + offset, sleep: (ms, signal) => clock.sleep(ms, signal) };
  const lw = testLivywire({ clock: jumpy, waits: { leaseMs: 1e9 } });
  lw.backend.failNext('request-lost');
  void clock.sleep(3_000).then(() => (offset = 300_000));
  const start = clock.now();
  await lw.submit(spec, { key: 'k' });
  t.true(clock.now() - start >= 60_000);
});

test('a second application that surfaces late is stopped and reported, and the outcome is the first one’s', async (t) => {
  const { lw, registry, backend, clock } = setUp();
  const answers: StartAnswer[] = [lost, lost];
  let number = 0;
  backend.start = async ({ name }) => {
    number++;
    const appId = `application_1_${number}`;
    // The first request comes through long after it was given up.
    void clock.sleep(number === 1 ? 100_000 : 5_000).then(() => registry.set(appId, { tags: [name] }));
    return answers.shift()!;
  };
  const run = await lw.submit(spec, { key: 'k' });
  t.is(run.ref.appId, 'application_1_2');
  await clock.sleep(60_000);
  registry.finish('application_1_2', 'SUCCEEDED');
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded');
  t.regex(outcome.notes?.join() ?? '', /second application, application_1_1/);
  t.is(registry.app('application_1_1')?.raw, 'KILLED');
});

test('so is one of a request whose sender was killed before it knew its fate: every request in the ledger counts', async (t) => {
  const { lw, registry, backend, clock, ledger } = setUp();
  const ref = refFor(clock, { name: String((await lw.plan(spec, { key: 'k' })).name) });
  const claim = { owner: 'gone/1', host: 'test', pid: 2 ** 22 + 1, leaseUntil: new Date(clock.now()).toISOString() };
  const posts = [{ at: ref.createdAt, serverMs: clock.now() }];
  await ledger.create({
    ...recordFor(ref, { phase: 'posting', posts, claim, endpoint: backend.endpoint }),
    specHash: specHash(spec),
    spec,
  });
  const run = await lw.submit(spec, { key: 'k' });
  t.is(run.how, 'started', 'sent once more, after nothing was seen of the first for long');
  t.is((await attemptOf(ledger, 'k')).posts.length, 2);
  registry.set('application_1_2', { tags: [run.ref.name] });
  lw.backend.status = async () => ({
    raw: 'running',
    state: 'running',
    source: 'livy',
    appId: 'application_1_2',
    links: {},
  });
  t.is((await run.status()).appId, 'application_1_2');
  registry.set('application_1_1', { tags: [run.ref.name], startedMs: clock.now() });
  registry.finish('application_1_2', 'SUCCEEDED');
  const { kind, notes = [] } = await run.wait();
  t.is(kind, 'succeeded');
  t.true(notes.includes('a second application, application_1_1, ran under this name; it was killed'), notes.join());
  t.is(registry.app('application_1_1')?.raw, 'KILLED');
});

test('after one request a second application is looked for once, at the end', async (t) => {
  const { lw, registry, clock } = setUp();
  const run = await lw.submit(spec, { key: 'k' });
  lw.backend.status = async () => ({
    raw: 'running',
    state: 'running',
    source: 'livy',
    appId: 'application_1_1',
    links: {},
  });
  registry.set('application_1_1', { tags: [run.ref.name] });
  void clock.sleep(60_000).then(() => registry.finish('application_1_1', 'SUCCEEDED'));
  registry.requests.length = 0;
  t.is((await run.wait()).kind, 'succeeded');
  t.deepEqual(
    registry.requests.filter((one) => one.startsWith('tag')),
    [`tag ${run.ref.name}`],
  );
});

test('a token that runs out while something holds the name does not read as nothing started', async (t) => {
  for (const how of ['duplicate', 'suspect'] as const) {
    // A YARN that proves nothing before the first request would be asked no further.
    const lw = testLivywire({ clock: testClock() });
    const { backend } = lw;
    const expired = () => Promise.reject(new AuthError(401, 'the token has expired'));
    const held = { raw: 'starting', state: 'waiting', source: 'livy', links: {}, id: '7' } as const;
    if (how === 'suspect') {
      backend.find = async (name) => ((backend.find = expired), { ...held, name });
    } else {
      backend.start = async () => ((backend.find = expired), { kind: 'duplicate' });
    }
    await t.throwsAsync(
      lw.submit(spec, { key: 'k' }),
      { instanceOf: SubmitUnknownError, message: /the token has expired/ },
      how,
    );
  }
});
