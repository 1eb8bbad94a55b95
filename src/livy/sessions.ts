import { checkSession, confAsText } from './check.js';
import type { Door, LivyCallOptions } from './door.js';
import type { ListOptions } from './pages.js';
import { type LogOptions, Resource } from './resource.js';
import { type CreateSession, type LogPage, readSession, type Session, type StateView } from './wire.js';

/**
 * `/sessions`: an interactive Spark each, which takes statements once it is `idle`. All of Livy 0.6–0.9; ids, names and
 * errors as with batches. A session whose server was restarted may come back dead.
 */
export class Sessions {
  readonly #sessions: Resource<Session>;
  constructor(door: Door) {
    this.#sessions = new Resource(door, '/sessions', readSession);
  }

  /**
   * `POST /sessions`. Sent once and never repeated. The answer comes while the session is still `starting`.
   * @throws ConfigError naming the field, before anything is sent
   * @example
   * ```ts
   * const { id } = await livy.sessions.create({ kind: 'pyspark', name: 'etl' });
   * ```
   */
  async create(body: CreateSession = {}, options?: LivyCallOptions): Promise<Session> {
    checkSession(body);
    return this.#sessions.create({ ...body, ...(body.conf && { conf: confAsText(body.conf) }) }, options);
  }

  /** `GET /sessions/{id or name}` */
  get(idOrName: number | string, options?: LivyCallOptions): Promise<Session> {
    return this.#sessions.get(idOrName, options);
  }

  /** `GET /sessions?from&size`, a page at a time as the caller goes on. */
  list(options?: LivyCallOptions & ListOptions): AsyncGenerator<Session, void> {
    return this.#sessions.list(options);
  }

  /** `GET /sessions/{id or name}/state` */
  state(idOrName: number | string, options?: LivyCallOptions): Promise<StateView> {
    return this.#sessions.state(idOrName, options);
  }

  /** `GET /sessions/{id or name}/log`: part of a ring, see {@link LogPage}. EMR Serverless does not have it. */
  log(idOrName: number | string, options?: LogOptions): Promise<LogPage> {
    return this.#sessions.log(idOrName, options);
  }

  /**
   * `POST /sessions/{id or name}/connect`: keeps it from `livy.server.session.timeout`, as a statement, a cancel and a completion
   * do, and as no reading does. EMR Serverless does not name it.
   */
  touch(idOrName: number | string, options?: LivyCallOptions): Promise<Session> {
    return this.#sessions.post(idOrName, 'connect', options);
  }

  /** `DELETE /sessions/{id or name}`: ends the application. Waits up to 150 s unless `timeoutMs` says otherwise. */
  delete(idOrName: number | string, options?: LivyCallOptions): Promise<void> {
    return this.#sessions.delete(idOrName, options);
  }
}
