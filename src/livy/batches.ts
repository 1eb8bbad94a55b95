import { checkBatch, confAsText } from './check.js';
import type { Door, LivyCallOptions } from './door.js';
import type { ListOptions } from './pages.js';
import { type LogOptions, Resource } from './resource.js';
import { type Batch, type CreateBatch, type LogPage, readBatch, type StateView } from './wire.js';

/**
 * `/batches`: one submitted application each. All of Livy 0.6–0.9. `idOrName`: a number or all digits is an id, anything
 * else a name. Ids are given anew after a Livy without recovery was restarted: prefer names.
 *
 * Every call may throw AuthError (401, 403), HttpStatusError, UnreachableError and BadAnswerError; a batch that Livy does
 * not have (any more) is an HttpStatusError that `isLivyNotFound` knows.
 */
export class Batches {
  readonly #batches: Resource<Batch>;
  constructor(door: Door) {
    this.#batches = new Resource(door, '/batches', readBatch);
  }

  /**
   * `POST /batches`. Sent once and never repeated: after an UnreachableError with `reached: 'maybe'`, a BadAnswerError or
   * a 5xx the job may be running; ask by name. A refusal for the content leaves the name taken until it is deleted.
   * Waits up to 60 s unless `timeoutMs` says otherwise.
   * @throws ConfigError naming the field, before anything is sent
   * @example
   * ```ts
   * const batch = await livy.batches.create({ name: 'sales-0601', file: 's3://jobs/sales.py', driverMemory: '4g' });
   * ```
   */
  async create(body: CreateBatch, options?: LivyCallOptions): Promise<Batch> {
    checkBatch(body);
    return this.#batches.create({ ...body, ...(body.conf && { conf: confAsText(body.conf) }) }, options);
  }

  /** `GET /batches/{id or name}`. Repeated when the server does not answer. */
  get(idOrName: number | string, options?: LivyCallOptions): Promise<Batch> {
    return this.#batches.get(idOrName, options);
  }

  /**
   * `GET /batches?from&size`: every batch that Livy remembers, oldest first as a rule, a page at a time as the caller goes on.
   * A batch comes once, even where the list moves meanwhile.
   * @example
   * ```ts
   * for await (const batch of livy.batches.list()) console.log(batch.name, batch.state);
   * ```
   */
  list(options?: LivyCallOptions & ListOptions): AsyncGenerator<Batch, void> {
    return this.#batches.list(options);
  }

  /** `GET /batches/{id or name}/state` */
  state(idOrName: number | string, options?: LivyCallOptions): Promise<StateView> {
    return this.#batches.state(idOrName, options);
  }

  /** `GET /batches/{id or name}/log`: part of a ring, see {@link LogPage}. In YARN cluster mode it is spark-submit's, not the driver's. */
  log(idOrName: number | string, options?: LogOptions): Promise<LogPage> {
    return this.#batches.log(idOrName, options);
  }

  /**
   * `DELETE /batches/{id or name}`: kills the application and forgets the batch. Answers once that is done, so it waits up
   * to 150 s unless `timeoutMs` says otherwise. By id it may hit another's batch: see above.
   */
  delete(idOrName: number | string, options?: LivyCallOptions): Promise<void> {
    return this.#batches.delete(idOrName, options);
  }
}
