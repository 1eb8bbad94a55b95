import test from 'ava';
import type { KeyPlan } from './plan.js';
import { chaosTable } from './report.js';
import { only, plans, seed, waits } from './settings.js';
import { shrink } from './shrink.js';
import { figuresOf } from './table.js';
import { trial } from './trial.js';
import { useWorld } from './use-world.js';

const SHRINKING_TRIES = 5;
const world = useWorld(test);

test(`${plans.length} keys through faults: one application each, and its true end (CHAOS_SEED=${seed})`, async (t) => {
  t.timeout(900_000);
  const result = await trial(world(), plans, { seed, client: 'livywire', waits, say: (line) => t.log(line) });
  const figures = figuresOf([result]);
  t.log(`\n${chaosTable({ seeds: [seed], livywire: figures, plain: figuresOf([]) })}`);
  const bad = result.verdicts.filter(({ problems }) => problems.length > 0);
  const worst = bad[0];
  t.deepEqual(
    bad.map(({ index, problems }) => `CHAOS_SEED=${seed} CHAOS_ONLY=${index}: ${problems.join('; ')}`),
    [],
    worst && only === undefined ? await shrunk(plans[worst.index]!) : undefined,
  );
  t.is(figures.keys, plans.length);
  t.deepEqual(result.strangers, [], 'every application has the tag of one of the keys');
  t.true(plans.length < 150 || figures.byFault.length > 20, 'nearly every kind of fault struck');
});

/** The smallest plan that fails as this one did, tried alone; where it does not fail alone, it takes the others. */
async function shrunk(plan: KeyPlan): Promise<string> {
  const fails = async (some: readonly KeyPlan[]) => {
    const { verdicts } = await trial(world(), some, { seed, client: 'livywire', waits });
    return verdicts.map(({ problems }) => problems.length > 0);
  };
  const [failsAlone] = await fails([plan]);
  if (failsAlone !== true) return `alone it does not fail: ${JSON.stringify(plan)}`;
  return `smallest plan that fails: ${JSON.stringify(await shrink(plan, { fails, tries: SHRINKING_TRIES }))}`;
}
