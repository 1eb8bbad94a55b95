import {
  type AttemptPlan,
  type Backend,
  type CallOptions,
  isLivywireError,
  type JobSpec,
  type RunRef,
  type RunStatus,
  type StartAnswer,
} from '../core/index.js';
import { checkSpec, confAsText } from './check.js';
import type { LivyClient } from './client.js';
import { isLivyNotFound } from './door.js';
import { badAnswer } from './read.js';
import { readFailure, readStarted } from './start-answer.js';
import { statusOf } from './status.js';
import type { Batch, CreateBatch } from './wire.js';

const TAGS = 'spark.yarn.tags';

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
    const batch = await this.#named(name, options);
    return batch && statusOf(batch);
  }

  async status(ref: RunRef, options?: CallOptions): Promise<RunStatus | undefined> {
    const batch = await this.#ours(ref, options);
    return batch && statusOf(batch);
  }

  async *list(options?: CallOptions): AsyncGenerator<RunStatus, void> {
    for await (const batch of this.#client.batches.list(options)) yield statusOf(batch);
  }

  /** DELETE by name, so that Livy itself checks whose batch it is. Waits up to 150 s: Livy answers after the kill. */
  async stop(ref: RunRef, options?: CallOptions): Promise<'asked' | 'no-record'> {
    const batch = await this.#ours(ref, options);
    return batch && (await this.#delete(ref.name, options)) ? 'asked' : 'no-record';
  }

  /**
   * A refused POST may leave its name behind: `starting` for ever, no application, and no log at all, where a batch
   * with a process has at least the headings. Only what looks so is deleted.
   */
  async discard(name: string, options?: CallOptions): Promise<void> {
    const batch = await this.#named(name, options);
    const neverBegan = batch?.state === 'starting' && batch.appId === undefined && batch.log.length === 0;
    if (neverBegan) await this.#delete(name, options);
  }

  /** The batch of this ref: by id, else by name. Another name or application means that the id was given anew. */
  async #ours(ref: RunRef, options?: CallOptions): Promise<Batch | undefined> {
    const batch = ref.id === undefined ? await this.#named(ref.name, options) : await this.#get(ref.id, options);
    if (batch?.name !== ref.name) return undefined;
    const isOtherApp = ref.appId !== undefined && batch.appId !== undefined && batch.appId !== ref.appId;
    return isOtherApp ? undefined : batch;
  }

  /** An answer under another name, or none, is no proof that nobody holds ours. @throws BadAnswerError */
  async #named(name: string, options?: CallOptions): Promise<Batch | undefined> {
    const batch = await this.#get(name, options);
    if (batch && batch.name !== name) throw badAnswer(`the batch ${name} that was asked for`, batch);
    return batch;
  }

  /** `undefined` when Livy itself says that there is none; a 404 of something else is thrown. */
  async #get(idOrName: string, options?: CallOptions): Promise<Batch | undefined> {
    try {
      return await this.#client.batches.get(idOrName, options);
    } catch (error) {
      if (isLivyNotFound(error)) return undefined;
      throw error;
    }
  }

  async #delete(name: string, options?: CallOptions): Promise<boolean> {
    try {
      await this.#client.batches.delete(name, options);
      return true;
    } catch (error) {
      if (isLivyNotFound(error)) return false;
      throw error;
    }
  }
}

/** The caller's spec under our name, with our tags beside the caller's own. */
function bodyOf({ spec, name, tags }: AttemptPlan): CreateBatch {
  const conf = confAsText(spec.conf) ?? {};
  const own = (conf[TAGS] ?? '').split(',').map((tag) => tag.trim());
  const all = [...new Set([...own.filter((tag) => tag !== ''), ...tags])];
  return { ...spec, name, conf: { ...conf, [TAGS]: all.join(',') } };
}
