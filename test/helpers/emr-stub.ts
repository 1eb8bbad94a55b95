import type { ExecutionContext } from 'ava';
import { CallRefused } from '../../src/local/aws-answer.js';
import { type StepEnd, type Step, StepQueue, stepView } from '../../src/local/aws-steps.js';
import { type AwsStub, awsStub, Refused } from './aws-stub.js';

export interface EmrStub extends AwsStub {
  /** Every step that was added, oldest first. */
  steps(): readonly Step[];
  /** Lets the work of a running step end so. */
  end(id: string, how: StepEnd): Promise<void>;
}

const PAGE = 50;

/** EMR's steps as the local AWS has them, their work done when the test says so. */
export async function emrStub(
  t: ExecutionContext,
  { limit = 256, concurrency = 256 }: { readonly limit?: number; readonly concurrency?: number } = {},
): Promise<EmrStub> {
  const ends = new Map<string, (how: StepEnd) => void>();
  const queue = new StepQueue({
    clusterId: 'j-TEST',
    logUri: 's3://logs/emr/',
    concurrency: () => concurrency,
    limit: () => limit,
    onTerminate: () => undefined,
    run: ({ id }) => ({
      end: new Promise((resolve) => ends.set(id, resolve)),
      stop: () => ends.get(id)?.({ ok: false }),
    }),
  });
  const actions: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>> = {
    AddJobFlowSteps: ({ Steps, ExecutionRoleArn: role }) => ({
      StepIds: queue.add(Steps, typeof role === 'string' ? role : undefined),
    }),
    ListSteps: ({ StepIds, Marker: from = 0 }) => {
      const wanted = StepIds as readonly string[] | undefined;
      const all = queue.list().filter(({ id }) => wanted === undefined || wanted.includes(id));
      const end = Number(from) + PAGE;
      return {
        Steps: all.slice(Number(from), end).map(stepView),
        ...(end < all.length && { Marker: String(end) }),
      };
    },
    CancelSteps: ({ StepIds }) => ({
      CancelStepsInfoList: (StepIds as readonly string[]).map((id) => {
        const { ok, reason } = queue.cancel(id, 'SEND_INTERRUPT');
        return { StepId: id, Status: ok ? 'SUBMITTED' : 'FAILED', Reason: reason };
      }),
    }),
  };
  const stub = await awsStub(
    t,
    ({ headers }, body) => ({
      action: String(headers['x-amz-target']).split('.')[1] ?? '',
      input: JSON.parse(body) as object,
    }),
    (action, input) => {
      if (input.ClusterId !== 'j-TEST' && input.JobFlowId !== 'j-TEST') {
        throw new Refused('InvalidRequestException', `Cluster id '${String(input.ClusterId)}' is not valid.`);
      }
      try {
        return actions[action]?.(input);
      } catch (error) {
        throw error instanceof CallRefused ? new Refused(error.error.code, error.message) : error;
      }
    },
  );
  return {
    ...stub,
    steps: () => [...queue.list()].reverse(),
    end: async (id, how) => {
      ends.get(id)?.(how);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
