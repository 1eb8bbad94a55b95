// A harness that nothing fails is no proof.
import test from 'ava';
import { type KeyPlan, plansOf } from './plan.js';
import { plans, seed } from './settings.js';
import { figuresOf } from './table.js';
import { trial } from './trial.js';
import { useWorld } from './use-world.js';

const world = useWorld(test);

test.serial('a plain client starts jobs twice and misjudges ends under the same faults', async (t) => {
  t.timeout(600_000);
  const some = plans.slice(0, 60);
  const { duplicates, wrong, lost } = figuresOf([await trial(world(), some, { seed, client: 'plain' })]);
  t.log(`of ${some.length} keys: ${duplicates} applications too many, ${lost} lost, ${wrong} wrong`);
  if (some.length < 40) {
    t.pass('too few to show it');
    return;
  }
  t.true(duplicates > 0, 'something ran twice');
  t.true(wrong + lost > 0, 'something was misjudged');
});

test.serial('livywire itself starts jobs twice under these faults when it does not let a request settle', async (t) => {
  t.timeout(300_000);
  const plan: KeyPlan = {
    ...plansOf(1, 1)[0]!,
    surfaceMs: 9_500, // within livywire's settle time, and longer than Livy takes to be back
    launcher: 'honest',
    posts: ['crash-after'],
    livy: [],
    yarn: [],
    event: undefined,
    cancelAfterMs: undefined,
  };
  let duplicates = 0;
  // On a machine that is busy Livy may take longer than that.
  for (let tries = 0; tries < 3 && duplicates === 0; tries++) {
    const result = await trial(world(), Array<KeyPlan>(3).fill(plan), {
      seed,
      client: 'livywire',
      waits: { settleMs: 0 },
    });
    duplicates = figuresOf([result]).duplicates;
  }
  t.true(duplicates > 0, 'so the settle time is what the 200 keys stand on');
});
