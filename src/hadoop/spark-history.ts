import { type CallOptions, HttpStatusError, type OutcomeSource, type RunRef, type RunStatus } from '../core/index.js';
import type { Http } from '../http/index.js';
import * as z from 'zod/mini';
import { parsed } from './parsed.js';
import { applicationOf, Attempt, text } from './spark-wire.js';

const Application = applicationOf(Attempt);
const Jobs = z.array(z.object({ status: text }));

/**
 * Spark's History Server, which has read the event log that the driver wrote.
 *
 * It never knows how an application ended, and so never says `succeeded` or `failed`. Seen on 3.5: a driver that died of a
 * Python exception after its last Spark job is "completed" with every job SUCCEEDED; one that caught a failed job and
 * succeeded has a FAILED one; a driver that was killed looks as if it were still at work, for ever. What it proves is that
 * the application did run, and that a completed attempt's driver has stopped; its reading says that, with the
 * jobs as they were counted and the link to look at them.
 * @example
 * ```ts
 * const history = new SparkHistory({ http: new Http({ baseUrl: 'http://history.corp:18080', service: 'Spark History Server' }) });
 * const status = await history.status(ref); // status?.raw: COMPLETED or INCOMPLETE
 * ```
 */
export class SparkHistory implements OutcomeSource {
  readonly source = 'history-server';
  readonly #http: Http;
  constructor({ http }: { readonly http: Http }) {
    this.#http = http;
  }

  /**
   * `GET /api/v1/applications/<appId>`, and its last attempt's jobs. `undefined`: no record, or no application id yet.
   * `raw` is `COMPLETED` once the driver has stopped, else `INCOMPLETE`; `state` is always `unknown`, and `unclear` says why.
   * @throws UnreachableError, HttpStatusError, BadAnswerError
   */
  async status(ref: RunRef, options: CallOptions = {}): Promise<RunStatus | undefined> {
    const { appId } = ref;
    if (appId === undefined) return undefined;
    const path = `/api/v1/applications/${encodeURIComponent(appId)}`;
    const answer = await this.#found(appId, path, options);
    if (answer === undefined) return undefined;
    const app = parse(Application, answer, 'an application');
    const last = app.attempts[0];
    if (!last) return undefined;
    const jobsPath = last.attemptId === undefined ? path : `${path}/${encodeURIComponent(last.attemptId)}`;
    const reading = {
      state: 'unknown',
      source: this.source,
      appId,
      name: app.name,
      links: this.#links(app.id, last.attemptId),
    } as const;
    if (!last.completed) {
      const unclear = 'its event log has no end: the driver is at work, or was killed before it could write one';
      return { ...reading, raw: 'INCOMPLETE', unclear };
    }
    const jobs = parse(Jobs, await this.#http.get(`${jobsPath}/jobs`, options), 'a list of jobs');
    const count = (status: string) => jobs.filter((job) => job.status === status).length;
    const counted = `${count('SUCCEEDED')} of ${jobs.length} Spark jobs succeeded, ${count('FAILED')} failed`;
    const times = app.attempts.length > 1 ? `, in the last of ${app.attempts.length} attempts` : '';
    return {
      ...reading,
      raw: 'COMPLETED',
      message: `${counted}${times}`,
      unclear: `the History Server knows that the driver has stopped (${counted}${times}), not how it ended`,
    };
  }

  async #found(appId: string, path: string, options: CallOptions): Promise<unknown> {
    try {
      return await this.#http.get(path, options);
    } catch (error) {
      // Its own 404 is the text "unknown app: <id>"; a proxy's says nothing about the application.
      const isItsOwn =
        error instanceof HttpStatusError &&
        error.status === 404 &&
        /unknown app|no such app/i.test(error.serverMessage);
      if (isItsOwn && error.serverMessage.includes(appId)) return undefined;
      throw error;
    }
  }

  #links(id: string, attemptId: string | undefined): RunStatus['links'] {
    return { history: `${this.#http.baseUrl}/history/${id}/${attemptId === undefined ? '' : `${attemptId}/`}` };
  }
}

/** @throws BadAnswerError */
const parse = <T>(schema: z.ZodMiniType<T>, answer: unknown, what: string): T =>
  parsed(schema, answer, `The History Server's answer is not ${what}`);
