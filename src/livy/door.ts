import { type CallOptions, ConfigError, HttpStatusError } from '../core/index.js';
import type { Http, Query } from '../http/index.js';

/** Accepted by every call of the client. */
export interface LivyCallOptions extends CallOptions {
  /**
   * The user on whose behalf the call is made (`?doAs=`); the caller must be allowed to. Wins over `proxyUser`.
   * @defaultValue the client's
   */
  readonly doAs?: string;
}

/** One part of a path, escaped. @throws ConfigError for what would change the path */
function part(value: string | number): string {
  const text = String(value);
  if (
    text === '' ||
    text === '.' ||
    text === '..' ||
    (typeof value === 'number' && !(Number.isInteger(value) && value >= 0))
  ) {
    throw new ConfigError(`${JSON.stringify(text)} is neither an id nor a name`, { field: 'id' });
  }
  try {
    return encodeURIComponent(text);
  } catch (error) {
    throw new ConfigError('The name holds half a character', { field: 'id', cause: error });
  }
}

/** A path whose parts are escaped: path`/batches/${idOrName}`. */
export const path = (fixed: TemplateStringsArray, ...parts: readonly (string | number)[]): string =>
  fixed.reduce((whole, piece, i) => {
    const before = parts[i - 1];
    return before === undefined ? whole + piece : whole + part(before) + piece;
  });

/** The door to one Livy: every call with its `doAs`. */
export class Door {
  readonly #http: Http;
  readonly #doAs: string | undefined;
  constructor(http: Http, doAs: string | undefined) {
    this.#http = http;
    this.#doAs = doAs;
  }
  get(url: string, options: LivyCallOptions = {}, query: Query = {}): Promise<unknown> {
    return this.#http.get(url, this.#with(options, query));
  }
  /** The answer as it was written: JSON.parse rounds whole numbers beyond 2^53. */
  async text(url: string, options: LivyCallOptions = {}): Promise<string> {
    return (await this.#http.getText(url, { ...this.#with(options, {}), headers: { Accept: 'application/json' } }))
      .text;
  }
  post(url: string, body: unknown, options: LivyCallOptions = {}): Promise<unknown> {
    return this.#http.post(url, body, this.#with(options, {}));
  }
  delete(url: string, options: LivyCallOptions = {}): Promise<unknown> {
    return this.#http.delete(url, this.#with(options, {}));
  }
  #with({ doAs = this.#doAs, ...call }: LivyCallOptions, query: Query): CallOptions & { readonly query: Query } {
    return { ...call, query: doAs === undefined ? query : { ...query, doAs } };
  }
}

/**
 * Whether Livy itself said that it has no such batch, session or statement. A 404 of anything else (a proxy's page,
 * a wrong base path) says nothing about the job.
 */
export const isLivyNotFound = (error: unknown): error is HttpStatusError =>
  error instanceof HttpStatusError &&
  error.status === 404 &&
  /^(Session '?.*'? (not found|already stopped)|Statement not found)/i.test(error.serverMessage);
