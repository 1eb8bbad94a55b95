import type { CallOptions } from '../core/index.js';
import type { Http, Query, RedirectPolicy } from '../http/index.js';
import * as z from 'zod/mini';
import { parsed } from './parsed.js';
import * as wire from './spark-wire.js';

const { count } = wire;

const Job = z.extend(wire.Job, {
  numActiveTasks: count,
  /** Without second copies of the same task; not in Spark 2.1 and before. */
  numCompletedIndices: z.optional(count),
  numActiveStages: count,
  numCompletedStages: count,
  numSkippedStages: count,
  numFailedStages: count,
});
export type SparkJob = z.infer<typeof Job>;

const Stage = z.extend(wire.Stage, { numActiveTasks: count, numCompletedIndices: z.optional(count) });
export type SparkStage = z.infer<typeof Stage>;

const Executor = z.extend(wire.Executor, { isActive: z.catch(z.boolean(), true) });
export type SparkExecutor = z.infer<typeof Executor>;

const Sql = wire.Query;
export type SparkSql = z.infer<typeof Sql>;

const Application = wire.applicationOf(wire.Attempt);
export type SparkApplication = z.infer<typeof Application>;

export interface SparkApiOptions {
  readonly http: Http;
  /** What stands before `/api/v1`: `/proxy/application_…` at a ResourceManager, nothing at a driver or a History Server. */
  readonly base: string;
  /** For messages: `The driver`. */
  readonly who: string;
  /** How far its answers lead. @defaultValue the client's */
  readonly redirects?: RedirectPolicy;
}

/** Longest wait for one answer: a driver that collects garbage for longer is asked again later. */
const TIMEOUT_MS = 5_000;
/** Of an answer of another kind: mostly a page. */
const SHOWN = 300;

/**
 * Spark's monitoring API (Spark 2.2 to 4), as a driver and the History Server give it. What is missing in an answer
 * is 0; an answer of another kind, such as the page that YARN's proxy shows when there is no driver, is a BadAnswerError.
 */
export class SparkApi {
  readonly #http: Http;
  readonly #base: string;
  readonly #who: string;
  readonly #redirects: RedirectPolicy | undefined;
  constructor({ http, base, who, redirects }: SparkApiOptions) {
    this.#redirects = redirects;
    this.#http = http;
    this.#base = base;
    this.#who = who;
  }

  /** The applications that it knows: a driver just its own. */
  applications(options?: CallOptions): Promise<SparkApplication[]> {
    return this.#get(z.array(Application), '', {}, options);
  }

  /** @throws HttpStatusError 404 where it has no record */
  application(id: string, options?: CallOptions): Promise<SparkApplication> {
    return this.#get(Application, `/${encodeURIComponent(id)}`, {}, options);
  }

  /** The jobs that it remembers (1,000 by default), newest first. `app`: an id, or `<id>/<attempt>`. */
  jobs(app: string, options?: CallOptions): Promise<SparkJob[]> {
    return this.#get(z.array(Job), `/${app}/jobs`, {}, options);
  }

  activeStages(app: string, options?: CallOptions): Promise<SparkStage[]> {
    return this.#get(z.array(Stage), `/${app}/stages`, { status: 'active' }, options);
  }

  /** All that it remembers: about 3 kB for each. */
  stages(app: string, options?: CallOptions): Promise<SparkStage[]> {
    return this.#get(z.array(Stage), `/${app}/stages`, {}, options);
  }

  /** Every try of one stage. @throws HttpStatusError 404 for one that was never begun, or is forgotten */
  stage(app: string, id: number, options?: CallOptions): Promise<SparkStage[]> {
    return this.#get(z.array(Stage), `/${app}/stages/${id}`, { details: false }, options);
  }

  /** Those that were lost, too. */
  executors(app: string, options?: CallOptions): Promise<SparkExecutor[]> {
    return this.#get(z.array(Executor), `/${app}/allexecutors`, {}, options);
  }

  /** Oldest first, from the given one on. Spark 3 and later; @throws HttpStatusError 404 before */
  sql(app: string, offset: number, options?: CallOptions): Promise<SparkSql[]> {
    const lean = { details: false, planDescription: false };
    return this.#get(z.array(Sql), `/${app}/sql`, { ...lean, offset, length: 50 }, options);
  }

  /** Not repeated by itself: the next reading comes soon. */
  async #get<T>(schema: z.ZodMiniType<T>, path: string, query: Query, options: CallOptions = {}): Promise<T> {
    const where = `${this.#base}/api/v1/applications${path}`;
    const redirects = this.#redirects !== undefined && { redirects: this.#redirects };
    const answer = await this.#http.get(where, { timeoutMs: TIMEOUT_MS, ...options, query, retries: 0, ...redirects });
    return parsed(schema, answer, `${this.#who}'s answer to GET ${where} is not of Spark's monitoring API`, SHOWN);
  }
}

/** `sum at /mnt/…/container_…/etl.py:23`: the folders, a container's above all, say nothing. */
export const shortName = (name: string): string =>
  name
    .replace(/ at \/?(?:[^\s/:]+\/)+([^\s/:]+:\d+)/, ' at $1')
    .replace(/\s+/g, ' ')
    .trim();

/** Tasks of a stage that are done: never more than there are. */
export const tasksDone = ({ numCompletedIndices, numCompleteTasks, numTasks }: SparkStage): number =>
  Math.min(numCompletedIndices ?? numCompleteTasks, numTasks);
