/** A durable function in made-up time, without AWS's SDK: what it costs, however long the job. The handlers are stand-ins at the engine's pace. */
import type { DurableContext, WaitForConditionConfig } from '@aws/durable-execution-sdk-js';
import { sparkJobBy } from '../../src/durable/spark-job.js';
import type { Progress } from '../../src/durable/turn.js';
import type { RunAnswer } from '../../src/lambda/index.js';
import { functions, SparkWorld } from '../workflow/spark-world.js';

export interface Simulated {
  readonly answer: RunAnswer;
  /** As AWS counts: each operation, and each try of one. */
  readonly operations: number;
  /** Calls of the function: the first, and one after each wait. */
  readonly invocations: number;
  /** When the job began, it ended, and the execution did, in milliseconds. */
  readonly startedAt: number;
  readonly jobEndedAt: number;
  readonly endedAt: number;
}

/** A job of so many seconds, from its submit to its end. @param callMs how long a call takes */
export async function simulate(seconds: number, callMs = 800): Promise<Simulated> {
  const world = new SparkWorld({ plans: [{ seconds }], callMs });
  const startedAt = world.now;
  const createdAt = new Date(startedAt).toISOString();
  let [operations, invocations] = [0, 1];
  const sleep = async ({ seconds: waited = 0 }: { readonly seconds?: number }): Promise<void> => {
    invocations += 1;
    await world.wait(waited * 1_000);
  };
  const context = {
    executionContext: { durableExecutionArn: 'arn' },
    lambdaContext: {},
    async waitForCondition(
      _name: string,
      check: (before: Progress) => Promise<Progress>,
      { initialState, waitStrategy }: WaitForConditionConfig<Progress>,
    ) {
      operations += 1;
      for (let state = initialState, attempt = 1; ; attempt++) {
        operations += 1;
        state = await check(state);
        const decision = waitStrategy(state, attempt);
        if (!decision.shouldContinue) return state;
        await sleep(decision.delay);
      }
    },
    async wait(_name: string, duration: { readonly seconds?: number }) {
      operations += 1;
      await sleep(duration);
    },
  } as unknown as DurableContext;
  const call = (functionName: string) => async (event: unknown) => {
    const answer = (await world.invoke(functionName, event)) as RunAnswer;
    return { ...answer, ref: { ...answer.ref, createdAt } };
  };
  const handlers = { submit: call(functions.submit), status: call(functions.status), cancel: call(functions.cancel) };
  const clock = { now: () => world.now, sleep: (ms: number) => world.wait(ms) };
  const execution = { arn: 'arn', state: 'Submit', redriveCount: 0, retries: 0 };
  const answer = await sparkJobBy(handlers, { clock })(context, { job: { file: 's3://b/job.py' }, execution });
  return {
    answer,
    operations,
    invocations,
    startedAt,
    jobEndedAt: world.attempts[0]?.endsAt ?? NaN,
    endedAt: world.now,
  };
}
