import {
  AddJobFlowStepsCommand,
  CancelStepsCommand,
  type EMRClient,
  ListStepsCommand,
  type StepConfig,
} from '@aws-sdk/client-emr';
import { BadAnswerError, type CallOptions, HttpStatusError, type StartAnswer } from '../../core/index.js';
import { type AwsQuestion, awsErrorName, explainAwsError } from '../explain-error.js';
import { readStartFailure } from './step-answer.js';
import { type StepFacts, stepFacts } from './step-reading.js';

/** ListSteps takes so many ids at once. */
export const MOST_IDS = 10;
/** Longest wait for one answer of EMR, in milliseconds, where nobody says another. */
const TIMEOUT_MS = 60_000;

export interface StepClients {
  /** For reads: repeats what was throttled. */
  readonly emr: () => Promise<EMRClient>;
  /** For AddJobFlowSteps, which knows no token: never repeats anything. */
  readonly emrOnce: () => Promise<EMRClient>;
}

/** The three calls of EMR's API that steps need, of one cluster. Every failure is one of ours. */
export class StepApi {
  readonly #clients: StepClients;
  readonly #clusterId: string;

  constructor(clients: StepClients, clusterId: string) {
    this.#clients = clients;
    this.#clusterId = clusterId;
  }

  /** Once. */
  async add(
    step: StepConfig,
    { executionRole, ...options }: CallOptions & { readonly executionRole?: string | undefined },
  ): Promise<{ readonly id: string } | StartAnswer> {
    const question = this.#question('a step cannot be added', 'elasticmapreduce:AddJobFlowSteps');
    try {
      const client = await this.#clients.emrOnce();
      const command = new AddJobFlowStepsCommand({
        JobFlowId: this.#clusterId,
        Steps: [step],
        ...(executionRole !== undefined && { ExecutionRoleArn: executionRole }),
      });
      const { StepIds: [id] = [] } = await client.send(command, how(options));
      if (id !== undefined) return { id };
      return { kind: 'unknown', error: new BadAnswerError('EMR took a step and gave no id for it', '') };
    } catch (error) {
      options.signal?.throwIfAborted();
      return readStartFailure(error, question);
    }
  }

  /** One page, newest step first. */
  page(
    marker: string | undefined,
    options?: CallOptions,
  ): Promise<{ readonly steps: readonly StepFacts[]; readonly next?: string }> {
    return this.#list({ ...(marker !== undefined && { Marker: marker }) }, options);
  }

  /** Those of up to {@link MOST_IDS} that there are. */
  async byId(ids: readonly string[], options?: CallOptions): Promise<readonly StepFacts[]> {
    return (await this.#list({ StepIds: [...ids] }, options)).steps;
  }

  /** Asks for the end of a step, not of what it handed to YARN. `isTaken` is false where EMR would not, for it is over, say. */
  async cancel(
    id: string,
    options?: CallOptions,
  ): Promise<{ readonly isTaken: boolean; readonly reason: string | undefined }> {
    const doing = `step ${id} cannot be cancelled`;
    return this.#ask(doing, 'elasticmapreduce:CancelSteps', options, async (client, sending) => {
      const command = new CancelStepsCommand({ ClusterId: this.#clusterId, StepIds: [id] });
      const { CancelStepsInfoList: [info] = [] } = await client.send(command, sending);
      return { isTaken: info?.Status === 'SUBMITTED', reason: info?.Reason };
    });
  }

  #list(input: { readonly Marker?: string; readonly StepIds?: string[] }, options: CallOptions | undefined) {
    const doing = `the steps of ${this.#clusterId} cannot be read`;
    return this.#ask(doing, 'elasticmapreduce:ListSteps', options, async (client, sending) => {
      const answer = await client.send(new ListStepsCommand({ ClusterId: this.#clusterId, ...input }), sending);
      const steps = (answer.Steps ?? []).flatMap((one) => stepFacts(one) ?? []);
      return { steps, ...(answer.Marker !== undefined && { next: answer.Marker }) };
    });
  }

  async #ask<T>(
    doing: string,
    action: string,
    options: CallOptions | undefined,
    ask: (client: EMRClient, sending: ReturnType<typeof how>) => Promise<T>,
  ): Promise<T> {
    try {
      return await ask(await this.#clients.emr(), how(options));
    } catch (error) {
      options?.signal?.throwIfAborted();
      throw this.#explain(error, doing, action);
    }
  }

  #explain(error: unknown, doing: string, action: string) {
    const explained = explainAwsError(error, this.#question(doing, action));
    // An id that EMR has not heard of is nothing to wait for.
    const isNoCluster = awsErrorName(error) === 'InvalidRequestException' && /cluster id/i.test(String(error));
    if (!isNoCluster || !(explained instanceof HttpStatusError)) return explained;
    const words = `${doing}: there is no cluster ${this.#clusterId} in this region and account (--cluster, --region)`;
    const { status, serverMessage, body } = explained;
    return new HttpStatusError(words, { status, serverMessage, body }, { cause: error });
  }

  #question(doing: string, action: string): AwsQuestion {
    const resource = `arn:aws:elasticmapreduce:*:*:cluster/${this.#clusterId}`;
    return { service: 'EMR', doing, action, resource, field: '--cluster' };
  }
}

function how({ signal, timeoutMs = TIMEOUT_MS }: CallOptions = {}) {
  const late = AbortSignal.timeout(Math.ceil(timeoutMs));
  return { abortSignal: signal ? AbortSignal.any([signal, late]) : late };
}
