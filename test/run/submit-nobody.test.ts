import test from 'ava';
import { SubmitUnknownError, UnreachableError } from '../../src/core/index.js';
import { memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { attemptOf } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';

const spec = { file: 's3://b/j.py' };

function world() {
  const clock = testClock();
  const registry = new FakeRegistry(clock);
  const ledger = memoryLedger();
  const lw = testLivywire({ clock, registry, ledger });
  const { backend } = lw;
  const begin = clock.now();
  return {
    lw,
    ledger,
    posts: () => backend.requests.filter((one) => one.startsWith('POST')).length,
    took: () => clock.now() - begin,
    loseReply: () => {
      const start = backend.start.bind(backend);
      backend.failNext('reply-lost');
      backend.start = async (plan) => {
        const answer = await start(plan);
        both(false);
        backend.start = start;
        return answer;
      };
    },
    both,
  };
  function both(up: boolean): void {
    for (const one of [backend, registry]) one[up ? 'up' : 'down']();
  }
}

for (const options of [{ key: 'k' }, {}]) {
  const what = options.key === undefined ? 'without a key' : 'with a key';
  test(`where neither the backend nor YARN takes a connection, a submit ${what} ends before YARN is waited for: nothing was sent`, async (t) => {
    const { lw, both, posts, took } = world();
    both(false);
    const error = await t.throwsAsync(lw.submit(spec, options), { instanceOf: UnreachableError });
    t.regex(
      error?.message ?? '',
      /does not answer.*; nor does YARN answer \(YARN does not answer\); no request was sent$/,
    );
    t.true(took() < 10_000, `${took()} ms`);
    t.is(posts(), 0);
  });
}

test('the key of such a submit is free: once they are back it starts its job, once', async (t) => {
  const { lw, both, posts, ledger } = world();
  both(false);
  await t.throwsAsync(lw.submit(spec, { key: 'k' }), { instanceOf: UnreachableError });
  t.like(await attemptOf(ledger, 'k'), { phase: 'claimed', posts: [], claim: undefined });
  both(true);
  t.is((await lw.submit(spec, { key: 'k' })).how, 'started');
  t.is((await lw.submit(spec, { key: 'k' })).how, 'adopted');
  t.is(posts(), 1);
});

test('a request whose answer was lost is asked after until the deadline, also where nobody takes a connection any more', async (t) => {
  const { lw, both, posts, took, loseReply } = world();
  loseReply();
  await t.throwsAsync(lw.submit(spec, { key: 'k', deadlineMs: 300_000 }), { instanceOf: SubmitUnknownError });
  t.true(took() >= 300_000);
  await t.throwsAsync(lw.submit(spec, { key: 'k', deadlineMs: 300_000 }), { instanceOf: SubmitUnknownError });
  t.true(took() >= 600_000, 'so does the next submit with this key');
  both(true);
  t.is((await lw.submit(spec, { key: 'k' })).how, 'adopted');
  t.is(posts(), 1);
});
