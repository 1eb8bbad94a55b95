import { type Door, type LivyCallOptions, path } from './door.js';
import { type ListOptions, pages } from './pages.js';
import { type LogPage, readLog, readPage, readState, type SessionView, type StateView } from './wire.js';

/** A DELETE answers once the application is gone: up to Livy's 120 s app-lookup-timeout, and the kill itself. */
const DELETE_TIMEOUT_MS = 150_000;
/** Livy starts spark-submit before it answers, one at a time. */
const CREATE_TIMEOUT_MS = 60_000;

export interface LogOptions extends LivyCallOptions {
  /** Index into the ring, headings counted. @defaultValue so that the last `size` lines come */
  readonly from?: number;
  /** At most so many lines; `-1` is all that is kept. @defaultValue Livy's own: 100 (10 in some releases) */
  readonly size?: number;
}

/** What `/batches` and `/sessions` have in common. An id may be a name everywhere (Livy 0.6 and newer). */
export class Resource<View extends SessionView> {
  readonly #door: Door;
  readonly #root: '/batches' | '/sessions';
  readonly #read: (answer: unknown) => View;
  constructor(door: Door, root: '/batches' | '/sessions', read: (answer: unknown) => View) {
    this.#door = door;
    this.#root = root;
    this.#read = read;
  }

  async create(body: unknown, options?: LivyCallOptions): Promise<View> {
    return this.#read(await this.#door.post(this.#root, body, { timeoutMs: CREATE_TIMEOUT_MS, ...options }));
  }
  async get(idOrName: number | string, options?: LivyCallOptions): Promise<View> {
    return this.#read(await this.#door.get(this.#root + path`/${idOrName}`, options));
  }
  list({ pageSize, ...options }: LivyCallOptions & ListOptions = {}): AsyncGenerator<View, void> {
    return pages(
      async (from, size) => readPage(await this.#door.get(this.#root, options, { from, size }), 'sessions', this.#read),
      pageSize,
    );
  }
  async state(idOrName: number | string, options?: LivyCallOptions): Promise<StateView> {
    return readState(await this.#door.get(this.#root + path`/${idOrName}/state`, options));
  }
  async log(idOrName: number | string, { from, size, ...options }: LogOptions = {}): Promise<LogPage> {
    return readLog(await this.#door.get(this.#root + path`/${idOrName}/log`, options, { from, size }));
  }
  async post(idOrName: number | string, verb: 'connect', options?: LivyCallOptions): Promise<View> {
    return this.#read(await this.#door.post(this.#root + path`/${idOrName}/${verb}`, {}, options));
  }
  async delete(idOrName: number | string, options?: LivyCallOptions): Promise<void> {
    await this.#door.delete(this.#root + path`/${idOrName}`, { timeoutMs: DELETE_TIMEOUT_MS, ...options });
  }
}
