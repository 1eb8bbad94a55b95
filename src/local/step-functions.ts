import { type Clock, systemClock } from '../core/index.js';
import { ACCOUNT } from './aws-access.js';
import { LocalError } from './errors.js';
import type { AwsAccess } from './model.js';

/** One event of an execution's history, as Step Functions has it. */
export interface HistoryEvent {
  readonly id: number;
  readonly type: string;
  readonly stateEnteredEventDetails?: { readonly name: string; readonly input?: string };
  readonly taskFailedEventDetails?: { readonly error?: string; readonly cause?: string };
  readonly [more: string]: unknown;
}

/** How an execution stands. */
export interface ExecutionView {
  readonly executionArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** JSON. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** The local Step Functions: moto's interpreter, behind our router. */
export class StepFunctions {
  readonly #access: Pick<AwsAccess, 'endpoint' | 'region' | 'accessKeyId'>;
  readonly #clock: Clock;

  constructor(access: Pick<AwsAccess, 'endpoint' | 'region' | 'accessKeyId'>, clock: Clock = systemClock) {
    this.#access = access;
    this.#clock = clock;
  }

  /** Makes the machine, or gives the one of this name another definition. @returns its ARN @throws LocalError */
  async put(name: string, definition: unknown): Promise<string> {
    const arn = `arn:aws:states:${this.#access.region}:${ACCOUNT}:stateMachine:${name}`;
    const text = JSON.stringify(definition);
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/livywire-local`;
    const known = await this.#ask('ListStateMachines', {});
    if ((known.stateMachines as { readonly stateMachineArn: string }[]).some((one) => one.stateMachineArn === arn)) {
      await this.#ask('UpdateStateMachine', { stateMachineArn: arn, definition: text, roleArn });
    } else await this.#ask('CreateStateMachine', { name, definition: text, roleArn });
    return arn;
  }

  /** @returns the execution's ARN @throws LocalError */
  async start(machine: string, name: string, input: unknown): Promise<string> {
    const started = await this.#ask('StartExecution', { stateMachineArn: machine, name, input: JSON.stringify(input) });
    return String(started.executionArn);
  }

  /** Of a machine, newest first. @returns their ARNs */
  async executions(machine: string): Promise<readonly string[]> {
    const { executions } = await this.#ask('ListExecutions', { stateMachineArn: machine });
    return (executions as { readonly executionArn: string }[]).map(({ executionArn }) => executionArn);
  }

  async describe(arn: string): Promise<ExecutionView> {
    return (await this.#ask('DescribeExecution', { executionArn: arn })) as unknown as ExecutionView;
  }

  async history(arn: string): Promise<readonly HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    for (let token: unknown; ;) {
      const page = await this.#ask('GetExecutionHistory', {
        executionArn: arn,
        ...(token !== undefined && { nextToken: token }),
      });
      events.push(...(page.events as HistoryEvent[]));
      token = page.nextToken;
      if (typeof token !== 'string') return events;
    }
  }

  /** Every event as it comes; ends with the execution. @throws `signal.reason`: the execution goes on */
  async *follow(arn: string, { signal, everyMs = 1_000 }: { signal?: AbortSignal; everyMs?: number } = {}) {
    for (let told = 0; ;) {
      const { status } = await this.describe(arn);
      const events = await this.history(arn);
      yield* events.slice(told);
      told = events.length;
      if (status !== 'RUNNING') return;
      await this.#clock.sleep(everyMs, signal);
    }
  }

  /** Goes on with an execution that did not end well, where it was left. @throws LocalError */
  async redrive(arn: string): Promise<void> {
    await this.#ask('RedriveExecution', { executionArn: arn });
  }

  /** Ends the execution; what it started goes on. */
  async stop(arn: string): Promise<void> {
    await this.#ask('StopExecution', { executionArn: arn });
  }

  async #ask(action: string, input: unknown): Promise<Record<string, unknown>> {
    const { endpoint, region, accessKeyId } = this.#access;
    const reply = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AWSStepFunctions.${action}`,
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/states/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
    });
    const text = await reply.text();
    if (!reply.ok) throw new LocalError(`Step Functions refused ${action} (${reply.status}): ${text.slice(0, 500)}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }
}
