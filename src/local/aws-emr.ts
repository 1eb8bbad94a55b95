import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { systemClock } from '../core/index.js';
import { CallRefused } from './aws-answer.js';
import { Clusters, type Overlay } from './aws-clusters.js';
import type { Moto } from './aws-moto.js';
import { type Step, StepQueue, stepView, type StepWork } from './aws-steps.js';

type Input = Readonly<Record<string, unknown>>;

export interface EmrOptions {
  readonly moto: Moto;
  readonly runStep: (step: Step) => StepWork;
  /** The versions of the applications here. */
  readonly versions: Readonly<Record<string, string>>;
  /** Where links to the Spark History Server and the ResourceManager lead. */
  readonly pages: { readonly history: string; readonly resourceManager: string };
}

const PAGE = 50;

/** The EMR API where moto is untrue. What is not here is passed on to moto as it came. */
export class Emr {
  /** How long a user name and password of GetClusterSessionCredentials hold. */
  credentialsMs = 3_600_000;
  readonly clusters: Clusters;
  readonly #options: EmrOptions;
  readonly #queues = new Map<string, StepQueue>();

  constructor(options: EmrOptions) {
    this.#options = options;
    this.clusters = new Clusters(options.moto, options.versions);
  }

  /** Whether the action is answered here. */
  knows(action: string): boolean {
    return Object.hasOwn(this.#actions, action);
  }

  /** @throws CallRefused */
  call(action: string, input: Input): Promise<unknown> {
    const answer = this.#actions[action];
    if (answer === undefined) throw new CallRefused('UnknownOperationException', `Unknown operation ${action}`);
    return answer(input);
  }

  /** The steps of a cluster. */
  async queue(id: string): Promise<StepQueue> {
    const known = this.#queues.get(id);
    if (known !== undefined) return known;
    const cluster = await this.clusters.describe(id);
    const queue = new StepQueue({
      clusterId: id,
      logUri: cluster.LogUri?.replace(/^s3n:/, 's3:'),
      concurrency: () =>
        this.clusters.overlay(id).stepConcurrency ?? z.number().catch(1).parse(cluster.StepConcurrencyLevel),
      limit: () => this.clusters.overlay(id).stepLimit ?? 256,
      run: this.#options.runStep,
      onTerminate: () => this.#end(id, 'TERMINATED_WITH_ERRORS', 'STEP_FAILURE', 'Shut down as step failed'),
    });
    this.#queues.set(id, queue);
    return queue;
  }

  /** Changes what is said of a cluster, with what follows from it for its steps. */
  lay(id: string, overlay: Overlay): void {
    this.clusters.lay(id, overlay);
    const queue = this.#queues.get(id);
    if (overlay.state?.startsWith('TERMINAT') === true) queue?.close();
    queue?.next();
  }

  readonly #actions: Readonly<Record<string, (input: Input) => Promise<unknown>>> = {
    DescribeCluster: async ({ ClusterId: id }) => ({ Cluster: await this.clusters.describe(String(id)) }),
    ListClusters: async (input) => page('Clusters', await this.clusters.list(input), input),
    ListInstances: async (input) => page('Instances', await this.clusters.instances(input), input),
    RunJobFlow: (input) => this.#runJobFlow(input),
    TerminateJobFlows: async ({ JobFlowIds: ids }) => {
      for (const id of z.array(z.string()).parse(ids)) {
        await this.clusters.describe(id);
        this.#end(id, 'TERMINATED', 'USER_REQUEST', 'Terminated by user request');
      }
      return {};
    },
    ModifyCluster: async ({ ClusterId: id, StepConcurrencyLevel: level }) => {
      const cluster = await this.clusters.open(String(id));
      this.lay(cluster.Id, { stepConcurrency: z.int().parse(level) });
      return { StepConcurrencyLevel: level };
    },
    AddJobFlowSteps: async ({ JobFlowId: id, Steps: steps, ExecutionRoleArn: role }) => {
      const cluster = await this.clusters.open(String(id));
      const queue = await this.queue(cluster.Id);
      return { StepIds: queue.add(steps, typeof role === 'string' ? role : undefined) };
    },
    DescribeStep: async ({ ClusterId: id, StepId: step }) => ({
      Step: stepView((await this.#queueOf(id)).get(String(step))),
    }),
    ListSteps: (input) => this.#listSteps(input),
    CancelSteps: async ({ ClusterId: id, StepIds: ids, StepCancellationOption: how }) => {
      const queue = await this.#queueOf(id);
      const option = how === 'TERMINATE_PROCESS' ? how : 'SEND_INTERRUPT';
      const list = z
        .array(z.string())
        .parse(ids)
        .map((one) => {
          const { ok, reason } = queue.cancel(one, option);
          return { StepId: one, Status: ok ? 'SUBMITTED' : 'FAILED', ...(reason !== undefined && { Reason: reason }) };
        });
      return { CancelStepsInfoList: list };
    },
    GetClusterSessionCredentials: async ({ ClusterId: id }) => {
      await this.clusters.open(String(id));
      const word = (): string => randomBytes(12).toString('hex');
      return {
        Credentials: { UsernamePassword: { Username: `user-${word()}`, Password: word() } },
        ExpiresAt: (systemClock.now() + this.credentialsMs) / 1_000,
      };
    },
    GetOnClusterAppUIPresignedURL: async ({ ClusterId: id, OnClusterAppUIType: type }) => {
      await this.clusters.open(String(id));
      const { history, resourceManager } = this.#options.pages;
      return { PresignedURLReady: true, PresignedURL: type === 'ResourceManager' ? resourceManager : history };
    },
    CreatePersistentAppUI: async ({ TargetResourceArn: arn }) => {
      const id = String(arn).split('/').pop() ?? '';
      await this.clusters.describe(id);
      return { PersistentAppUIId: `p-${id.slice(2)}`, RuntimeRoleEnabledCluster: false };
    },
    GetPersistentAppUIPresignedURL: async () => ({
      PresignedURLReady: true,
      PresignedURL: this.#options.pages.history,
    }),
  };

  async #queueOf(id: unknown): Promise<StepQueue> {
    return this.queue(String(id));
  }

  async #runJobFlow({ Steps: steps, ...input }: Input): Promise<unknown> {
    const answer = await this.#options.moto.emr('RunJobFlow', input);
    if (Array.isArray(steps) && steps.length > 0) (await this.#queueOf(answer.JobFlowId)).add(steps);
    return answer;
  }

  async #listSteps(input: Input): Promise<unknown> {
    const queue = await this.#queueOf(input.ClusterId);
    const words = (value: unknown): string[] => z.array(z.string()).catch([]).parse(value);
    const [states, ids] = [words(input.StepStates), words(input.StepIds)];
    const found = queue
      .list()
      .filter(
        ({ id, state }) => (ids.length === 0 || ids.includes(id)) && (states.length === 0 || states.includes(state)),
      );
    return page('Steps', found.map(stepView), input);
  }

  #end(id: string, state: string, code: string, message: string): void {
    this.lay(id, { state, reason: { code, message } });
  }
}

/** A page of a list; the marker is where the next one starts. */
function page(name: string, all: readonly unknown[], { Marker: marker }: Input): Record<string, unknown> {
  const from = typeof marker === 'string' ? Number(marker) : 0;
  if (!Number.isInteger(from)) throw new CallRefused('InvalidRequestException', 'Marker is not valid.');
  const next = from + PAGE;
  return { [name]: all.slice(from, next), ...(next < all.length && { Marker: String(next) }) };
}
