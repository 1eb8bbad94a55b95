import process from 'node:process';
import test from 'ava';
import fc from 'fast-check';
import { keyPlan, type KeyPlan, plansOf } from './plan.js';
import { chaosTable } from './report.js';
import { figuresOf } from './table.js';
import { trial, type TrialResult } from './trial.js';
import { startWorld, type World } from './world.js';

// CHAOS_SEED=… runs the same plans again, CHAOS_KEYS=… fewer or more of them, CHAOS_ONLY=7,31 those alone.
// One seed by itself, so that a red run is the change's doing; the proof takes ever new ones.
const seed = Number(process.env.CHAOS_SEED ?? 20_261_123);
const keys = Number(process.env.CHAOS_KEYS ?? 200);
const only = process.env.CHAOS_ONLY?.split(',').map(Number);
const plans = plansOf(seed, keys).filter((_, index) => only?.includes(index) ?? true);

const SHRINKING_MS = 120_000;

let world: World | undefined;
test.before(async (t) => {
  t.timeout(600_000); // the first time Livy is fetched
  world = await startWorld();
});
test.after.always(async () => world?.close());

test.serial(
  `${plans.length} keys through faults: one application each, and its true end (CHAOS_SEED=${seed})`,
  async (t) => {
    t.timeout(900_000);
    const result = await trial(world!, plans, { seed, client: 'livywire', say: (line) => t.log(line) });
    const bad = result.verdicts.filter(({ problems }) => problems.length > 0);
    const worst = bad[0];
    const smallest = worst && only === undefined ? await shrunk(plans[worst.index]!) : undefined;
    t.deepEqual(
      bad.map(({ index, problems }) => `CHAOS_SEED=${seed} CHAOS_ONLY=${index}: ${problems.join('; ')}`),
      [],
      smallest,
    );
    const figures = figuresOf([result]);
    t.is(figures.keys, plans.length);
    t.true(plans.length < 150 || figures.byFault.length > 20, 'nearly every kind of fault struck');
    shown = result;
  },
);

test.serial('a plain client starts jobs twice and misjudges ends under the same faults', async (t) => {
  t.timeout(600_000);
  const some = plans.slice(0, 60);
  const result = await trial(world!, some, { seed, client: 'plain' });
  const { duplicates, wrong, lost } = figuresOf([result]);
  if (shown) {
    t.log(`\n${chaosTable({ seeds: [seed], livywire: figuresOf([shown]), plain: figuresOf([result]) })}`);
  }
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
    surfaceMs: 5_500,
    launcher: 'honest',
    posts: ['crash-after'],
    livy: [],
    yarn: [],
    event: undefined,
    cancelAfterMs: undefined,
  };
  const result = await trial(world!, Array<KeyPlan>(8).fill(plan), {
    seed,
    client: 'livywire',
    waits: { settleMs: 0 },
  });
  t.true(figuresOf([result]).duplicates > 0, 'so the settle time is what the first test stands on');
});

let shown: TrialResult | undefined;

/** The smallest plan that fails as this one did, tried alone; where it does not fail alone, it takes the others. */
async function shrunk(plan: KeyPlan): Promise<string> {
  const fails = async (one: KeyPlan) => {
    const { verdicts } = await trial(world!, [one], { seed, client: 'livywire', processes: 2 });
    return verdicts.some(({ problems }) => problems.length > 0);
  };
  const property = fc.asyncProperty(keyPlan, async (one) => !(await fails(one)));
  const { counterexample } = await fc.check(property, {
    seed,
    numRuns: 1,
    examples: [[plan]],
    interruptAfterTimeLimit: SHRINKING_MS,
  });
  return counterexample
    ? `smallest plan that fails: ${JSON.stringify(counterexample[0])}`
    : `alone it does not fail: ${JSON.stringify(plan)}`;
}
