import type { DurableContext, DurableLambdaHandler } from '@aws/durable-execution-sdk-js';
import { ConfigError, once } from '../core/index.js';
import {
  type RunAnswer,
  type RunPayload,
  runsOfEvent,
  type SubmitEventAnswer,
  type SubmitHandlerOptions,
} from '../lambda/index.js';
import { loadSdk } from './sdk.js';
import { createSparkJob, type SparkJobOptions } from './spark-job.js';

export interface DurableSparkJobOptions extends SparkJobOptions, Pick<SubmitHandlerOptions, 'job'> {}

/**
 * A durable function that is one Spark job, from its submit to its outcome. It is called as `submit` is, with a payload or by an event of
 * S3, EventBridge, SQS or Kinesis, which starts the job of `job`; its result is the last answer, outcome included, and it fails under
 * the code of the diagnosis. Needs `@aws/durable-execution-sdk-js`, and so Node 22 or later; without it each call fails as a ConfigError.
 * @example
 * export const handler = createDurableSparkJob({ job: { file: 's3://jobs/etl.py', args: ['{uri}'] }, timeoutSeconds: 7_200 });
 */
export function createDurableSparkJob(options: DurableSparkJobOptions = {}): DurableLambdaHandler {
  const sparkJob = createSparkJob(options);
  const work = async (event: unknown, context: DurableContext): Promise<RunAnswer | SubmitEventAnswer> => {
    const told = await runsOfEvent(event, options.job, options.env);
    if (!told) return sparkJob(context, event as RunPayload);
    // Once and for all: a function that makes the job may look at the clock, and a replay must not make another one of it.
    const { payload, wrong } = await context.step('read the event', async () => theOne(told));
    if (wrong !== undefined) throw new ConfigError(wrong, { field: 'event' });
    if (!payload) return { v: 1, started: 0, adopted: 0, failed: 0, runs: [] };
    return sparkJob(context, payload);
  };
  const wrapped = once(async () => (await loadSdk()).withDurableExecution(work));
  return async (event, context) => (await wrapped())(event, context);
}

/** Never throws: a step that does is tried again, and what is wrong with an event stays wrong. */
function theOne(told: () => readonly RunPayload[]): { readonly payload?: RunPayload; readonly wrong?: string } {
  try {
    const [payload, ...others] = told();
    if (others.length > 0)
      return {
        wrong: `The event tells of ${others.length + 1} things, and a durable execution waits for one job: let it be sent them one by one (a batch size of 1)`,
      };
    return payload ? { payload } : {};
  } catch (error) {
    return { wrong: (error as Error).message };
  }
}

/** As Lambda calls it. */
export const handler = createDurableSparkJob();
