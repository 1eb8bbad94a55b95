import {
  type AppRegistry,
  type AppReport,
  type AppSearch,
  AuthError,
  BadAnswerError,
  type CallOptions,
  ConfigError,
  HttpStatusError,
  type TagSearchOptions,
  UnreachableError,
} from '../core/index.js';
import type { Http, Query } from '../http/index.js';
import { Absence } from './absence.js';
import { reportOf, reportsOf } from './app-report.js';
import { asNoActiveOne, readClusterInfo } from './cluster-info.js';

export interface YarnRegistryOptions {
  /** Of the ResourceManager: `http://rm:8088`. */
  readonly http: Http;
  /**
   * Who we say we are (`?user.name=`), where YARN takes anybody's word for it (simple authentication). It is then asked
   * and told to kill as this user. @defaultValue whoever the HTTP credentials or YARN's own default say
   */
  readonly user?: string;
  /**
   * Our user may view everybody's applications, on a cluster that filters lists by user or does not show its settings.
   * Without it an empty list proves nothing there. A wrong `true` can start a job twice. @defaultValue `false`
   */
  readonly seesAllApps?: boolean;
}

const APPS = '/ws/v1/cluster/apps';
const APP_ID = /^application_\d+_\d+$/;
// What each container asked for: long, and nothing that we read.
const LEAN: Query = { deSelects: 'resourceRequests' };

/**
 * YARN's ResourceManager, over its REST API (Hadoop 2.8 to 3.4).
 * @example
 * ```ts
 * const yarn = new YarnRegistry({ http: new Http({ baseUrl: 'http://rm.corp:8088', service: 'YARN' }) });
 * const app = await yarn.byId('application_1795397285523_0006'); // undefined: YARN has no record of it
 * ```
 */
export class YarnRegistry implements AppRegistry {
  readonly #http: Http;
  readonly #who: Query;
  readonly #absence: Absence;

  constructor({ http, user, seesAllApps = false }: YarnRegistryOptions) {
    this.#http = http;
    this.#who = user === undefined ? {} : { 'user.name': user };
    this.#absence = new Absence(http, { seesAllApps });
  }

  /**
   * `GET /ws/v1/cluster/apps/<id>`. `undefined` only when an active ResourceManager said that it has no such application:
   * one that is starting says so of every application, and a proxy's 404 says nothing.
   * @throws UnreachableError when no ResourceManager is ready; HttpStatusError; BadAnswerError; ConfigError for another kind of id
   */
  async byId(appId: string, options: CallOptions = {}): Promise<AppReport | undefined> {
    checkAppId(appId);
    const first = await this.#read(appId, options);
    if (first) return first;
    const { notReady } = await readClusterInfo(this.#http, this.#as(options));
    if (notReady !== undefined) {
      throw new UnreachableError(`YARN cannot tell about ${appId}: ${notReady}`, 'no');
    }
    return this.#read(appId, options); // it was ready when this was asked
  }

  /**
   * `GET /ws/v1/cluster/apps?applicationTags=<tag>`, and what it takes to believe an empty answer (docs/states.md).
   * Without `sinceMs` there is no `absent`.
   * @throws UnreachableError, HttpStatusError, BadAnswerError
   */
  async byTag(tag: string, options: TagSearchOptions = {}): Promise<AppSearch> {
    const { sinceMs, sentAgoMs, ...call } = options;
    const wanted = asTag(tag);
    const look = async (): Promise<AppSearch | undefined> => {
      const apps = await this.byTags([wanted], call);
      const found = apps.filter(({ tags }) => tags.some((one) => one.toLowerCase() === wanted));
      return found.length > 0 ? { kind: 'found', apps: found } : undefined;
    };
    const found = await look();
    if (found) return found;
    const doubt = await this.#ask(() => this.#absence.doubt({ sinceMs, sentAgoMs }, this.#as(call)));
    if (doubt === undefined) return { kind: 'absent' };
    // It is ready now, and may have been starting when it gave the list: then that was empty, whatever runs.
    return (await look()) ?? { kind: 'unknown', ...doubt };
  }

  /**
   * `GET /ws/v1/cluster/apps?applicationTags=<tag>,<tag>`: what carries any of them. What is missing is not proved absent.
   * @throws UnreachableError, HttpStatusError, BadAnswerError
   */
  async byTags(tags: readonly string[], options: CallOptions = {}): Promise<readonly AppReport[]> {
    const query = { applicationTags: tags.map(asTag).join(','), ...LEAN };
    return this.#ask(async () => reportsOf(await this.#http.get(APPS, this.#as(options, query))));
  }

  /**
   * The ResourceManager's clock, from the `Date` of its answer, cut to the full second: the true time is this or up to a
   * second later. So "this was before" holds when it is before the cut time, and an application that is
   * submitted afterwards never starts before it.
   * @throws BadAnswerError when the answer has no date; UnreachableError
   */
  async serverTime(options: CallOptions = {}): Promise<number> {
    const { now } = await this.#ask(() => readClusterInfo(this.#http, this.#as(options)));
    if (now === undefined) throw new BadAnswerError("YARN's answer has no Date header, so its clock is not known", '');
    return now;
  }

  /**
   * `PUT /ws/v1/cluster/apps/<id>/state`. Not repeated by itself. `asked` also when it had ended already; whether it is over
   * is read with {@link byId}. @throws AuthError when this user may not kill it; UnreachableError; HttpStatusError
   */
  async kill(appId: string, options: CallOptions = {}): Promise<'asked' | 'no-record'> {
    checkAppId(appId);
    try {
      await this.#ask(() => this.#http.put(`${APPS}/${appId}/state`, { state: 'KILLED' }, this.#as(options)));
      return 'asked';
    } catch (error) {
      if (isNoSuchApp(error)) {
        const { notReady } = await readClusterInfo(this.#http, this.#as(options));
        if (notReady === undefined) return 'no-record';
        throw new UnreachableError(`YARN cannot kill ${appId}: ${notReady}`, 'no', { cause: error });
      }
      if (error instanceof AuthError) throw refusedToKill(appId, this.#who['user.name'], error);
      throw error;
    }
  }

  async #read(appId: string, options: CallOptions): Promise<AppReport | undefined> {
    try {
      return await this.#ask(async () => reportOf(await this.#http.get(`${APPS}/${appId}`, this.#as(options, LEAN))));
    } catch (error) {
      if (isNoSuchApp(error)) return undefined;
      throw error;
    }
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw asNoActiveOne(error);
    }
  }

  #as(options: CallOptions, query: Query = {}): CallOptions & { readonly query: Query } {
    return { ...options, query: { ...query, ...this.#who } };
  }
}

/** YARN takes a comma for the end of a tag, and would answer with applications that carry either part. It keeps tags in lower case. */
function asTag(tag: string): string {
  const trimmed = tag.trim();
  if (trimmed !== '' && !trimmed.includes(',')) return trimmed.toLowerCase();
  throw new ConfigError(`${JSON.stringify(tag)} cannot be a YARN tag: it is empty or holds a comma`, { field: 'tag' });
}

function checkAppId(appId: string): void {
  if (APP_ID.test(appId)) return;
  throw new ConfigError(`${JSON.stringify(appId)} is not a YARN application id (application_1795397285523_0006)`, {
    field: 'appId',
  });
}

/** YARN's own 404. A proxy in front of it, or a wrong address, has other words for it. */
function isNoSuchApp(error: unknown): boolean {
  return (
    error instanceof HttpStatusError && error.status === 404 && /"exception"\s*:\s*"NotFoundException"/.test(error.body)
  );
}

function refusedToKill(appId: string, user: Query[string], cause: AuthError): AuthError {
  const who = user === undefined ? 'as the user that YARN takes us for' : `as ${String(user)}`;
  return new AuthError(
    cause.status,
    `${cause.message}. YARN lets the owner of ${appId}, its modify ACL and administrators kill it, and was asked ${who}; ` +
      'give the owner as YARN user (--yarn-user), or have it killed by one of them. The application was left as it is',
    { cause },
  );
}
