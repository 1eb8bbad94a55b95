import test from 'ava';
import { runtimeRoleAuth } from '../../../src/aws/emr/session-credentials.js';
import { BadAnswerError } from '../../../src/core/index.js';
import { EmrApi } from '../../../src/aws/emr/emr-api.js';
import { clusterStub } from '../../helpers/cluster-stub.js';
import { standInCredentials } from '../../helpers/moto.js';
import { testClock } from '../../../src/testing/index.js';

standInCredentials();
const HOUR = 3_600_000;
const request = { method: 'GET', url: 'http://livy.test:8998/batches' };
const ids = { clusterId: 'j-1', role: 'arn:aws:iam::123456789012:role/etl' };

function source(lifeMs = HOUR) {
  const clock = testClock({ auto: false });
  const made = { count: 0 };
  const api = {
    sessionCredentials: async () => {
      made.count++;
      return { user: `user${made.count}`, password: 'word', expiresAt: clock.now() + lifeMs };
    },
  };
  const auth = runtimeRoleAuth(api, { ...ids, clock });
  const ask = async (refused?: Record<string, string>) =>
    await auth.headers(request, { refresh: refused !== undefined, ...(refused && { refused }) });
  return { clock, made, ask };
}

const basic = (user: string) => ({ Authorization: `Basic ${Buffer.from(`${user}:word`).toString('base64')}` });

test('requests side by side share one pair, which is renewed before it expires', async (t) => {
  const { clock, made, ask } = source();
  t.deepEqual(await Promise.all([ask(), ask(), ask()]), [basic('user1'), basic('user1'), basic('user1')]);
  await clock.advance(HOUR * 0.7);
  t.deepEqual(await ask(), basic('user1'));
  await clock.advance(HOUR * 0.15);
  t.deepEqual(await Promise.all([ask(), ask()]), [basic('user2'), basic('user2')]);
  t.is(made.count, 2);
});

test('a refused pair is replaced, once for all who were refused, and not at once again', async (t) => {
  const { clock, made, ask } = source();
  const first = await ask();
  await clock.advance(60_000);
  const [one, other] = await Promise.all([ask(first), ask(first)]);
  t.deepEqual([one, other], [basic('user2'), basic('user2')]);
  // A Livy that refuses everybody gets the same pair once more, which ends the matter.
  t.deepEqual(await ask(basic('user2')), basic('user2'));
  t.is(made.count, 2);
});

test('a pair that is over by our clock already is no reason to ask with every request', async (t) => {
  const { clock, made, ask } = source(-HOUR); // our clock is ahead of EMR's
  for (let i = 0; i < 4; i++) {
    t.deepEqual(await ask(), basic('user1'));
    await clock.advance(1_000);
  }
  await clock.advance(5_000);
  t.deepEqual(await ask(), basic('user2'));
  t.is(made.count, 2);
});

test('an answer without user name or password is none, and nothing is sent with it', async (t) => {
  const { clients } = await clusterStub(t, { GetClusterSessionCredentials: () => ({ Credentials: {} }) });
  const asked = new EmrApi({ clients }).sessionCredentials('j-1', ids.role);
  await t.throwsAsync(asked, { instanceOf: BadAnswerError });
});

test('a failed question is asked anew by the next request', async (t) => {
  const clock = testClock({ auto: false });
  let tries = 0;
  const api = {
    sessionCredentials: async () => {
      if (++tries === 1) throw new Error('throttled');
      return { user: 'user', password: 'word', expiresAt: undefined };
    },
  };
  const auth = runtimeRoleAuth(api, { ...ids, clock });
  await t.throwsAsync(async () => auth.headers(request, { refresh: false }), { message: 'throttled' });
  t.deepEqual(await auth.headers(request, { refresh: false }), basic('user'));
});

test('a pair that cannot be renewed yet is used as long as it holds, and EMR is left in peace meanwhile', async (t) => {
  const clock = testClock({ auto: false });
  let tries = 0;
  let isThrottled = false;
  const api = {
    sessionCredentials: async () => {
      tries++;
      if (isThrottled) throw new Error('throttled');
      return { user: `user${tries}`, password: 'word', expiresAt: clock.now() + HOUR };
    },
  };
  const auth = runtimeRoleAuth(api, { ...ids, clock });
  const ask = async () => auth.headers(request, { refresh: false });
  await ask();
  isThrottled = true;
  await clock.advance(HOUR * 0.9);
  const first = ask();
  await Promise.resolve();
  await Promise.resolve(); // the question is under way
  t.deepEqual(await Promise.all([first, ask()]), [basic('user1'), basic('user1')]);
  t.deepEqual(await ask(), basic('user1'));
  t.is(tries, 2);
  await clock.advance(5_000);
  await ask();
  t.is(tries, 3);
  await clock.advance(HOUR);
  await t.throwsAsync(ask, { message: 'throttled' });
  isThrottled = false;
  t.deepEqual(await ask(), basic('user5'));
});
