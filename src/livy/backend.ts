import {
  type AttemptPlan,
  type Backend,
  BadAnswerError,
  type CallOptions,
  isFinal,
  isLivywireError,
  type JobSpec,
  redactText,
  type RunRef,
  type RunStatus,
  type StartAnswer,
  UnreachableError,
} from '../core/index.js';
import { checkSpec, confAsText } from './check.js';
import type { LivyClient } from './client.js';
import { isLivyNotFound } from './door.js';
import { addressOf, batchNamed, ownBatch } from './own-batch.js';
import { readFailure, readStarted } from './start-answer.js';
import { statusOf } from './status.js';
import type { Batch, CreateBatch } from './wire.js';

const TAGS = 'spark.yarn.tags';
/** How long Livy may take to say what it knows of a batch that is to be stopped, repeated reads included. */
const LOOK_MOST_MS = 30_000;

/** Attempts as Livy batches. The name is the proof of identity; an id is only as good as the name behind it. */
export class LivyBackend implements Backend {
  readonly kind = 'livy';
  readonly endpoint: string;
  readonly #client: LivyClient;

  constructor(client: LivyClient) {
    this.#client = client;
    this.endpoint = client.url;
  }

  check(spec: JobSpec): void {
    checkSpec(spec);
  }

  request(plan: AttemptPlan): Readonly<Record<string, unknown>> {
    return LivyBackend.requestOf(plan);
  }

  /** The same for every Livy. */
  static requestOf(plan: AttemptPlan): Readonly<Record<string, unknown>> {
    return { ...bodyOf(plan) };
  }

  async start(plan: AttemptPlan, options?: CallOptions): Promise<StartAnswer> {
    try {
      return readStarted(await this.#client.batches.create(bodyOf(plan), options), plan.name);
    } catch (error) {
      options?.signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      return readFailure(error, this.endpoint);
    }
  }

  async find(name: string, options?: CallOptions): Promise<RunStatus | undefined> {
    const batch = await batchNamed(this.#client, name, options);
    return batch && readingOf(batch);
  }

  async status(ref: RunRef, options?: CallOptions): Promise<RunStatus | undefined> {
    const batch = await ownBatch(this.#client, ref, options);
    return batch && readingOf(batch);
  }

  async *list(options?: CallOptions): AsyncGenerator<RunStatus, void> {
    for await (const batch of this.#client.batches.list(options)) yield readingOf(batch);
  }

  /**
   * DELETE by name where there is one, so that Livy itself checks whose batch it is. Waits up to 150 s: Livy answers
   * after the kill. A batch that has ended is left alone: a DELETE only makes Livy forget how, and its log.
   */
  async stop(ref: RunRef, options: CallOptions = {}): Promise<'asked' | 'no-record' | 'ended'> {
    const batch = await this.#beforeStop(ref, options);
    if (!batch) return 'no-record';
    if (isFinal(statusOf(batch))) return 'ended';
    return (await this.#delete(addressOf(batch), options)) ? 'asked' : 'no-record';
  }

  /** Half of the time at most, so that who waits learns that nothing was asked. @throws UnreachableError `no` for a server in trouble */
  async #beforeStop(ref: RunRef, { signal, timeoutMs = Infinity }: CallOptions): Promise<Batch | undefined> {
    const lookMs = Math.ceil(Math.min(LOOK_MOST_MS, timeoutMs / 2)); // no part of one: Node refuses it
    const late = AbortSignal.timeout(lookMs);
    try {
      return await ownBatch(this.#client, ref, { signal: signal ? AbortSignal.any([signal, late]) : late });
    } catch (error) {
      signal?.throwIfAborted();
      // A server in trouble did not say no to the stop: it was never asked for it.
      const isTrouble = isLivywireError(error) && (error.retryable || error instanceof BadAnswerError);
      if (!late.aborted && !isTrouble) throw error;
      const why = isTrouble ? error.message : `Livy did not answer within ${Math.round(lookMs / 100) / 10} s`;
      throw new UnreachableError(`${why}; ${ref.key} was not asked to stop`, 'no', { cause: error });
    }
  }

  /**
   * A refused POST may leave its name behind: `starting` for ever, no application, and no log at all, where a batch
   * with a process has at least the headings. Only what looks so is deleted.
   */
  async discard(name: string, options?: CallOptions): Promise<void> {
    const batch = await batchNamed(this.#client, name, options);
    const neverBegan = batch?.state === 'starting' && batch.appId === undefined && batch.log.length === 0;
    if (neverBegan) await this.#delete(name, options);
  }

  async #delete(idOrName: string, options?: CallOptions): Promise<boolean> {
    try {
      await this.#client.batches.delete(idOrName, options);
      return true;
    } catch (error) {
      if (isLivyNotFound(error)) return false;
      throw error;
    }
  }
}

/** YARN's diagnostics repeat what the driver said last: secrets, too. */
function readingOf(batch: Batch): RunStatus {
  const status = statusOf(batch);
  return status.message === undefined ? status : { ...status, message: redactText(status.message) };
}

/** The caller's spec under our name, with our tags beside the caller's own. */
function bodyOf({ spec, name, tags }: AttemptPlan): CreateBatch {
  const conf = confAsText(spec.conf) ?? {};
  const own = (conf[TAGS] ?? '').split(',').map((tag) => tag.trim());
  const all = [...new Set([...own.filter((tag) => tag !== ''), ...tags])];
  return { ...spec, name, conf: { ...conf, [TAGS]: all.join(',') } };
}
