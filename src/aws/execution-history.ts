import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { type CallOptions, missingPackage } from '../core/index.js';
import { createNetwork } from '../http/index.js';
import { explainAwsError } from './explain-error.js';
import type { AwsSettings } from './settings.js';

/** An execution of a state machine, and everything that happened in it. */
export interface ExecutionHistory {
  readonly name: string;
  /** `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`, `PENDING_REDRIVE`. */
  readonly status: string;
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly events: readonly HistoryEvent[];
}

const PACKAGE = '@aws-sdk/client-sfn';
/** The most that a page has room for. */
const PAGE = 1_000;

/**
 * Reads the history of an execution: one call, and one for each 1,000 events. Needs the package `@aws-sdk/client-sfn`, which
 * livywire does not bring. IAM: `states:DescribeExecution`, `states:GetExecutionHistory`.
 * @throws ConfigError, UnreachableError
 */
export async function executionHistory(
  arn: string,
  settings: AwsSettings,
  { signal, field = '--execution' }: CallOptions & { readonly field?: string } = {},
): Promise<ExecutionHistory> {
  const { sfnClient, DescribeExecutionCommand, paginateGetExecutionHistory } =
    await import('./sdk/sfn-client.js').catch((error: unknown) => {
      throw missingPackage(error, PACKAGE, { who: 'The history of an execution', field: PACKAGE });
    });
  const network = createNetwork(settings.proxyEnv ? { env: settings.proxyEnv } : {});
  const [, , , region] = arn.split(':');
  const client = sfnClient({ ...(region && { region }), ...settings, network });
  const call = signal ? { abortSignal: signal } : {};
  try {
    const about = await client.send(new DescribeExecutionCommand({ executionArn: arn }), call);
    const events: HistoryEvent[] = [];
    const wanted = { executionArn: arn, includeExecutionData: false };
    for await (const page of paginateGetExecutionHistory({ client, pageSize: PAGE }, wanted)) {
      signal?.throwIfAborted();
      events.push(...(page.events ?? []));
    }
    return {
      name: about.name ?? arn,
      status: about.status ?? 'RUNNING',
      startedMs: about.startDate?.getTime(),
      endedMs: about.stopDate?.getTime(),
      events,
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw explainAwsError(error, {
      service: 'Step Functions',
      doing: `the execution ${arn} cannot be read`,
      action: 'states:GetExecutionHistory',
      field,
      profile: settings.profile,
    });
  } finally {
    client.destroy();
    network.close();
  }
}
