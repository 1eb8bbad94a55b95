/** Random pipelines: whatever is described compiles, and runs in an order that the description allows. */
import test from 'ava';
import validate from 'asl-validator';
import fc from 'fast-check';
import { compilePipeline } from '../../../src/workflow/pipeline/index.js';
import { stepsOf } from '../../../src/workflow/pipeline/plan.js';
import { run } from './runner.js';

interface Dag {
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly steps: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const chances = fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true }));

/** Each step may need any of those before it, and refers to one of them; some are there once for each item. */
const dags: fc.Arbitrary<Dag> = fc
  .array(fc.record({ picks: fc.array(fc.nat(), { maxLength: 3 }), refers: fc.boolean(), isForEach: fc.boolean() }), {
    minLength: 1,
    maxLength: 14,
  })
  .map((rows) => {
    const names = rows.map((_, i) => `step-${i}`);
    const needs = new Map(
      rows.map(({ picks }, i) => [
        names[i] ?? '',
        i === 0 ? [] : [...new Set(picks.map((pick) => names[pick % i] ?? ''))],
      ]),
    );
    const steps = Object.fromEntries(
      rows.map(({ refers, isForEach }, i): [string, Dag['steps'][string]] => {
        const [first, ...others] = needs.get(names[i] ?? '') ?? [];
        return [
          names[i] ?? '',
          {
            kind: 'lambda',
            function: 'f',
            // A reference is a need, too.
            needs: refers || first === undefined ? others : [first, ...others],
            payload: { n: i, ...(refers && first !== undefined && { before: `\${steps.${first}}` }) },
            ...(isForEach && { foreach: [1, 2], concurrency: 2 }),
          },
        ];
      }),
    );
    return { needs, steps };
  });

test('every random pipeline compiles to a machine that the States Language allows', (t) => {
  fc.assert(
    fc.property(dags, ({ steps }) => {
      const { definition } = compilePipeline({ steps });
      const checked = validate(definition);
      if (!checked.isValid) t.log(checked.errorsText());
      return checked.isValid;
    }),
    { numRuns: 15 },
  );
  t.pass();
});

test('every step of it is in the plan once, and runs once, or once for each item', async (t) => {
  await fc.assert(
    fc.asyncProperty(dags, chances, async ({ steps }, numbers) => {
      const { definition, plan } = compilePipeline({ steps });
      const { calls, error, output } = await run(definition, {}, undefined, {
        random: () => Number(numbers.next().value),
      });
      t.is(error, undefined);
      t.deepEqual([...stepsOf(plan)].toSorted(), Object.keys(steps).toSorted());
      const expected = Object.entries(steps).flatMap(([name, { foreach }]) =>
        foreach === undefined ? [name] : [`${name}: each`, `${name}: each`],
      );
      t.deepEqual(calls.map(({ state }) => state).toSorted(), expected.toSorted());
      t.deepEqual(
        Object.keys(output as object).toSorted(),
        Object.keys(steps)
          .map((name) => name.replaceAll('-', '_'))
          .toSorted(),
      );
    }),
    { numRuns: 100 },
  );
});

test('no step of it begins before all that it needs has ended', async (t) => {
  await fc.assert(
    fc.asyncProperty(dags, chances, async ({ steps, needs }, numbers) => {
      const { definition } = compilePipeline({ steps });
      const { log } = await run(definition, {}, undefined, { random: () => Number(numbers.next().value) });
      for (const [name, before] of needs)
        for (const one of before) {
          const [began, ended] = [log.indexOf(`+ ${name}`), log.indexOf(`- ${one}`)];
          t.true(ended >= 0 && began > ended, `${name} began at ${began}, ${one} ended at ${ended}`);
        }
    }),
    { numRuns: 100 },
  );
});

test('a step waits only for what it needs, unless the pipeline says that it begins later', (t) => {
  let exact = 0;
  fc.assert(
    fc.property(dags, ({ steps, needs }) => {
      const { plan, late } = compilePipeline({ steps });
      const before = (name: string): Set<string> =>
        new Set((needs.get(name) ?? []).flatMap((one) => [one, ...before(one)]));
      const names = Object.keys(steps);
      const inVain = names.flatMap((name) =>
        names
          .filter((other) => comesBefore(plan, other, name) && !before(name).has(other))
          .map((other) => [name, other]),
      );
      if (late.length === 0) exact++;
      t.is(late.length === 0, inVain.length === 0, JSON.stringify({ late, inVain }));
      for (const { step, alsoWaitsFor } of late)
        for (const other of alsoWaitsFor) t.true(inVain.some(([name, one]) => name === step && one === other));
    }),
    { numRuns: 200 },
  );
  t.true(exact > 20);
});

type Plan = ReturnType<typeof compilePipeline>['plan'];

/** Whether the plan makes one wait for the other. */
function comesBefore(plan: Plan, first: string, second: string): boolean {
  if (plan.type === 'step' || plan.type === 'cluster') return false;
  const [one, other] = [first, second].map((name) => plan.parts.findIndex((part) => stepsOf(part).includes(name)));
  if (one === undefined || other === undefined || one < 0 || other < 0) return false;
  const part = plan.parts[one];
  if (one === other) return part !== undefined && comesBefore(part, first, second);
  return plan.type === 'series' && one < other;
}
