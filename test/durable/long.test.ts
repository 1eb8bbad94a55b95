/** Runs of up to a year, within the operations that AWS allows an execution. */
import test from 'ava';
import { createDurableSparkJob } from '../../src/durable/index.js';
import { lambdaRig } from '../lambda/rig.js';
import { execute } from './service.js';
import { simulate } from './simulate.js';

const DAY_S = 86_400;
const MOST_OPERATIONS = 3_000;
const MOST_WRITTEN = 100 * 1_024 * 1_024;

for (const [length, seconds, operations, delayS] of [
  ['10 minutes', 600, 60, 31],
  ['an hour', 3_600, 100, 181],
  ['a day', DAY_S, 180, 1_802],
  ['30 days', 30 * DAY_S, 1_570, 1_802],
  // From then on 0.2 % of its age.
  ['a year', 365 * DAY_S, 2_850, 0.002 * 365 * DAY_S + 10],
] as const) {
  test(`a run of ${length} takes at most ${operations} operations, and its end is known within ${Math.ceil(delayS)} s`, async (t) => {
    const one = await simulate(seconds);
    t.is(one.answer.next, 'done');
    t.true(one.operations <= operations && one.operations < MOST_OPERATIONS, `${one.operations} operations`);
    const lateS = (one.endedAt - one.jobEndedAt) / 1_000;
    t.true(lateS <= delayS, `${lateS} s`);
    // With answers as large as they may be.
    t.true(one.operations * 10_000 < MOST_WRITTEN);
  });
}

test('the simulation counts as the SDK and the real handlers do', async (t) => {
  const seconds = 3_600;
  const rig = lambdaRig({ script: () => ({ afterMs: seconds * 1_000 }) });
  const real = await execute(createDurableSparkJob(rig.options), { job: { file: 's3://b/job.py' } }, rig);
  const { operations, invocations } = await simulate(seconds, 0);
  t.deepEqual([real.operations, real.invocations], [operations, invocations]);
  t.true(real.largest < 10_000);
});
