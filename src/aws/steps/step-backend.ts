import type { StepConfig } from '@aws-sdk/client-emr';
import {
  type AttemptPlan,
  type Backend,
  type BackendParts,
  type CallOptions,
  clusterEndpoint,
  HttpStatusError,
  isLivywireError,
  type JobSpec,
  plainLine,
  type RunRef,
  type RunStatus,
  type RunWaiting,
  type StartAnswer,
} from '../../core/index.js';
import { StepApi, type StepClients } from './step-api.js';
import { checkStep, JAR, stepArguments } from './step-arguments.js';
import { StepBook } from './step-book.js';
import { stepName } from './step-name.js';
import { isOver, stateOf, type StepFacts, statusOfStep } from './step-reading.js';

export interface StepBackendOptions extends BackendParts {
  readonly clusterId: string;
  readonly region: string;
  readonly clients: StepClients;
  /** The role that the step runs as, on a cluster with runtime roles. */
  readonly executionRole?: string | undefined;
  /** Why it takes no more steps. */
  readonly closed?: string | undefined;
  /** What EMR says of a cluster that has ended or is about to; nothing of one that goes on. @defaultValue it is not asked */
  readonly aboutCluster?: ((options?: CallOptions) => Promise<string | undefined>) | undefined;
  /** Where EMR puts this step's logs, in place of the cluster's own folder. */
  readonly logUri?: string | undefined;
}

/** YARN is asked for the application of a step no more often than this, in milliseconds. */
const APP_AGAIN_MS = 5_000;
/** What becomes of steps whose cluster ends: those that run, and those that wait. */
const WENT_WITH_CLUSTER = new Set(['INTERRUPTED', 'CANCELLED']);

/**
 * Attempts as steps of an EMR cluster. EMR knows no token: the step's name is the proof of identity, and a lost answer is settled
 * by asking for it. A step is spark-submit; what counts in the end is what YARN says of the application.
 */
export class StepBackend implements Backend {
  readonly kind = 'emr-step';
  readonly endpoint: string;
  readonly closed: string | undefined;
  readonly #options: StepBackendOptions;
  readonly #api: StepApi;
  readonly #book: StepBook;
  readonly #apps = new Map<string, { readonly appId: string | undefined; readonly at: number }>();

  constructor(options: StepBackendOptions) {
    this.endpoint = clusterEndpoint({ region: options.region, id: options.clusterId, backend: 'emr-step' });
    this.closed = options.closed;
    this.#options = options;
    this.#api = new StepApi(options.clients, options.clusterId);
    this.#book = new StepBook(this.#api, options.clock);
  }

  check(spec: JobSpec): void {
    this.#options.check(spec);
    checkStep(spec);
  }

  request(plan: AttemptPlan): Readonly<Record<string, unknown>> {
    const { clusterId, executionRole } = this.#options;
    return {
      JobFlowId: clusterId,
      Steps: [this.#stepOf(plan)],
      ...(executionRole !== undefined && { ExecutionRoleArn: executionRole }),
    };
  }

  async start(plan: AttemptPlan, options: CallOptions = {}): Promise<StartAnswer> {
    const { executionRole, registry } = this.#options;
    const answer = await this.#api.add(this.#stepOf(plan), { ...options, executionRole });
    if ('kind' in answer) return answer;
    const step = { id: answer.id, name: plan.name, raw: 'PENDING', createdMs: 0, hasStarted: false };
    this.#book.add(step);
    return { kind: 'started', status: statusOfStep(step, { appId: undefined, asksYarn: registry !== undefined }) };
  }

  async find(name: string, options?: CallOptions): Promise<RunStatus | undefined> {
    const step = firstNamed(await this.#book.now(options), name);
    return step && this.#readingOf(step, options);
  }

  async status(ref: RunRef, options?: CallOptions): Promise<RunStatus | undefined> {
    const step = stepOfRef(await this.#book.lately(options), ref) ?? stepOfRef(await this.#book.now(options), ref);
    return step && this.#readingOf(step, options);
  }

  async *list(options?: CallOptions): AsyncGenerator<RunStatus, void> {
    for (const step of await this.#book.lately(options)) {
      yield statusOfStep(step, {
        appId: this.#apps.get(step.name)?.appId,
        asksYarn: this.#options.registry !== undefined,
      });
    }
  }

  /**
   * CancelSteps ends spark-submit, or takes a pending step out of the queue; the application that YARN has by then is
   * killed at YARN, where that can be asked. Whether both worked is read afterwards.
   */
  async stop(ref: RunRef, options?: CallOptions): Promise<'asked' | 'no-record' | 'ended'> {
    const step = stepOfRef(await this.#book.now(options), ref);
    if (!step) return 'no-record';
    if (isOver(step)) return 'ended';
    const isAsked = step.raw === 'CANCEL_PENDING';
    const { isTaken, reason } = isAsked ? { isTaken: true } : await this.#api.cancel(step.id, options);
    if (isTaken) {
      await this.#killAtYarn(step, options);
      return 'asked';
    }
    const now = stepOfRef(await this.#book.now(options), ref);
    if (!now) return 'no-record';
    if (isOver(now)) return 'ended';
    const why = reason === undefined || reason === '' ? '' : `: ${plainLine(reason)}`;
    const words = `EMR would not cancel step ${step.id}, which is ${now.raw}${why}`;
    throw new HttpStatusError(words, { status: 400, serverMessage: words, body: '' });
  }

  /** A refused request leaves nothing at EMR. */
  async discard(): Promise<void> {}

  async endedAt(ref: RunRef, options?: CallOptions): Promise<number | undefined> {
    return stepOfRef(await this.#book.lately(options), ref)?.endedMs;
  }

  #stepOf(plan: AttemptPlan): StepConfig {
    const { logUri } = this.#options;
    return {
      Name: stepName(plan),
      // One failed job is no reason to end the cluster, nor the other steps.
      ActionOnFailure: 'CONTINUE',
      HadoopJarStep: { Jar: JAR, Args: [...stepArguments(plan)] },
      ...(logUri !== undefined && { StepMonitoringConfiguration: { S3MonitoringConfiguration: { LogUri: logUri } } }),
    };
  }

  async #readingOf(step: StepFacts, options: CallOptions | undefined): Promise<RunStatus> {
    const { registry } = this.#options;
    const appId = step.hasStarted || stateOf(step) === 'running' ? await this.#appOf(step, options) : undefined;
    const about = WENT_WITH_CLUSTER.has(step.raw) ? await this.#aboutCluster(options) : undefined;
    const told = about === undefined ? step : { ...step, message: [about, step.message].filter(Boolean).join('; ') };
    const status = statusOfStep(told, { appId, asksYarn: registry !== undefined });
    return step.raw === 'PENDING' ? { ...status, waiting: await this.#placeOf(step, options) } : status;
  }

  /** How many steps the cluster has to begin, or to end, before this one: that is all that EMR tells of why it waits. */
  async #placeOf(step: StepFacts, options: CallOptions | undefined): Promise<RunWaiting> {
    const all = await this.#book.lately(options);
    // Our own, before EMR's list shows it, is the last one.
    const own = step.createdMs === 0 ? Infinity : step.createdMs;
    const isAhead = (one: StepFacts): boolean => one.raw !== 'PENDING' || one.createdMs < own;
    const ahead = all.filter((one) => one.id !== step.id && !isOver(one) && isAhead(one)).length;
    const words = ahead === 0 ? 'next' : `${ahead} ${ahead === 1 ? 'step' : 'steps'} before it`;
    return { raw: step.raw, summary: `PENDING · ${words} in the cluster's queue of steps`, causes: [] };
  }

  /** Only words: a step's state stands without them. */
  async #aboutCluster(options: CallOptions | undefined): Promise<string | undefined> {
    try {
      return await this.#options.aboutCluster?.(options);
    } catch (error) {
      options?.signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      return undefined;
    }
  }

  /** EMR's list does not say which application a step started; its YARN tag does. An outage of YARN only means not to know it yet. */
  async #appOf({ name }: StepFacts, options: CallOptions | undefined): Promise<string | undefined> {
    const { registry, clock, logger } = this.#options;
    const known = this.#apps.get(name);
    const isDue = known === undefined || clock.now() - known.at >= APP_AGAIN_MS;
    if (!registry || known?.appId !== undefined || !isDue) return known?.appId;
    let appId: string | undefined;
    try {
      const search = await registry.byTag(name, options);
      if (search.kind === 'found') {
        appId = [...search.apps].sort((a, b) => a.startedMs - b.startedMs)[0]?.appId;
      }
    } catch (error) {
      options?.signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      logger.debug('YARN could not be asked for the application of a step', { name, error: error.message });
    }
    this.#apps.set(name, { appId, at: clock.now() });
    return appId;
  }

  /** A failure is left to who waits for the end: as long as YARN has it as running, it is killed again. */
  async #killAtYarn(step: StepFacts, options: CallOptions | undefined): Promise<void> {
    const { registry, logger } = this.#options;
    if (!registry || step.raw === 'PENDING') return;
    try {
      const search = await registry.byTag(step.name, options);
      const running =
        search.kind === 'found' ? search.apps.filter(({ state }) => state === 'waiting' || state === 'running') : [];
      for (const { appId } of running) await registry.kill(appId, options);
    } catch (error) {
      options?.signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      logger.warn('YARN did not take the kill of a cancelled step yet', { name: step.name, error: error.message });
    }
  }
}

/** The oldest of that name: should a second one come, it is the first that counts. */
const firstNamed = (newestFirst: readonly StepFacts[], name: string): StepFacts | undefined =>
  newestFirst.findLast((step) => step.name === name);

/** By its id, which is never given anew; else by its name, which is a proof only where it is livywire's. */
function stepOfRef(steps: readonly StepFacts[], { id, name, attempt }: RunRef): StepFacts | undefined {
  const step = id === undefined ? undefined : steps.find((one) => one.id === id);
  if (step) return attempt === 0 || step.name === name ? step : undefined;
  const isProof = id === undefined || attempt > 0;
  return isProof && name !== '' ? firstNamed(steps, name) : undefined;
}
