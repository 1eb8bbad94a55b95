/** The durable function on AWS's SDK, with the engine over the memory backend. */
import test from 'ava';
import { createDurableSparkJob } from '../../src/durable/index.js';
import type { RunAnswer } from '../../src/lambda/index.js';
import { job, lambdaRig } from '../lambda/rig.js';
import { execute } from './service.js';

test('a run that succeeds: three operations and one for each look, and the answer is the result', async (t) => {
  const rig = lambdaRig({ auto: false });
  const ended = await execute(createDurableSparkJob(rig.options), { job }, rig);
  t.is(ended.status, 'SUCCEEDED', JSON.stringify(ended.error));
  const answer = ended.result as RunAnswer;
  t.is(answer.next, 'done');
  t.is(answer.outcome?.kind, 'succeeded');
});
