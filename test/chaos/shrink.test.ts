import test from 'ava';
import { type KeyPlan, plansOf } from './plan.js';
import { shrink } from './shrink.js';

const whole: KeyPlan = {
  surfaceMs: 3_500,
  lifeMs: 1_500,
  end: 'FAILED',
  launcher: 'contradicts',
  posts: ['503-after', 'crash-after', 'garble'],
  livy: ['garble', 'none'],
  yarn: ['delay'],
  event: { kind: 'clock-jump', afterMs: 2_000, forMs: 1_000, jumpMs: 5_000 },
  cancelAfterMs: 4_000,
  retries: true,
};

test('a plan that fails is made smaller until nothing is left that does not matter', async (t) => {
  let tried = 0;
  const fails = (plans: readonly KeyPlan[]) => {
    tried++;
    return Promise.resolve(plans.map(({ posts, surfaceMs }) => posts.includes('crash-after') && surfaceMs > 1_000));
  };
  const smallest = await shrink(whole, { fails, tries: 12 });
  t.deepEqual(smallest.posts, ['crash-after']);
  t.like(smallest, {
    launcher: 'honest',
    livy: [],
    yarn: [],
    event: undefined,
    cancelAfterMs: undefined,
    retries: false,
  });
  t.true(smallest.surfaceMs > 1_000 && smallest.surfaceMs < whole.surfaceMs);
  t.true(tried <= 12);
});

test('a plan that fails by what it has two of keeps both', async (t) => {
  const fails = (plans: readonly KeyPlan[]) =>
    Promise.resolve(plans.map(({ event, retries }) => event !== undefined && retries));
  const smallest = await shrink(whole, { fails, tries: 12 });
  t.is(smallest.event?.kind, 'clock-jump');
  t.like(smallest, { retries: true, posts: [], livy: [], yarn: [], launcher: 'honest' });
});

test('a seed gives the same plans again, and any of them can be made smaller', async (t) => {
  const plans = plansOf(5, 40);
  t.deepEqual(plans, plansOf(5, 40));
  for (const plan of plans) {
    const smallest = await shrink(plan, { fails: (some) => Promise.resolve(some.map(() => true)), tries: 20 });
    t.like(smallest, { posts: [], livy: [], yarn: [], event: undefined, launcher: 'honest' });
  }
});
