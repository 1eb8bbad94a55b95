import { AuthError, BadAnswerError, type CallOptions, HttpStatusError } from '../core/index.js';
import type { Http, Query, RedirectPolicy } from '../http/index.js';
import { type LogAnswer, readLogAnswer } from './log-answer.js';
import type { LogPlace, LogRequest } from './log-file.js';

/** Longest wait for one answer, in milliseconds: a log is never worth holding up the run's end for longer. */
const TIMEOUT_MS = 15_000;

interface Place {
  readonly http: Http;
  readonly container: string;
  /** Who we say we are, as for the ResourceManager. */
  readonly who: Query;
}

/**
 * The container's own node, while its NodeManager remembers it: `GET /ws/v1/node/containers/<container>/logs/<file>?size=-N`
 * (Hadoop 2.9 and later). After the end it answers 404, "Unknown container", or redirects to a log server; a file that was
 * not written yet is a 404 too. The redirect is read as "not here any more", and not followed: the log server is asked by the
 * address that the settings or the ResourceManager give, so that a node, whose address is hearsay, sends us nowhere.
 */
export class NodeLogs implements LogPlace {
  readonly #place: Place;
  constructor(place: Place) {
    this.#place = place;
  }

  async read(request: LogRequest, options: CallOptions): Promise<LogAnswer | undefined> {
    const { http, container } = this.#place;
    const path = `/ws/v1/node/containers/${container}/logs/${request.file}`;
    const answer = await ask(this.#place, path, request, 'none', options).catch(undefinedIfSentAway);
    if (answer === undefined || answer.log) return answer?.log;
    throw new BadAnswerError(
      `The NodeManager at ${http.baseUrl} does not say where in the log its answer stands (Hadoop before 2.9 does not)`,
      answer.text.slice(0, 200),
    );
  }
}

/**
 * Where YARN keeps collected logs: the JobHistory server's (or the timeline server's) `GET <base>/containerlogs/<container>/<file>`.
 * Seen on 3.3.4: 200 and "Can not find logs for container", or 500 and "Can not find remote application directory", where
 * nothing was collected (yet).
 */
export class CollectedLogs implements LogPlace {
  readonly #place: Place;
  constructor(place: Place) {
    this.#place = place;
  }

  async read(request: LogRequest, options: CallOptions): Promise<LogAnswer | undefined> {
    const path = `/containerlogs/${this.#place.container}/${request.file}`;
    try {
      return (await ask(this.#place, path, request, 'same-host', options))?.log;
    } catch (error) {
      if (error instanceof HttpStatusError && error.status === 500 && isMissing(error)) return undefined;
      throw error;
    }
  }
}

function undefinedIfSentAway(error: unknown): undefined {
  if (error instanceof HttpStatusError && error.status >= 300 && error.status < 400) return undefined;
  throw error;
}

const isMissing = ({ serverMessage, body }: HttpStatusError): boolean =>
  /can ?not find|does not exist|FileNotFound/i.test(`${serverMessage} ${body}`);

async function ask(
  { http, who }: Place,
  path: string,
  { size, most }: LogRequest,
  redirects: RedirectPolicy,
  options: CallOptions,
): Promise<{ readonly log: LogAnswer | undefined; readonly text: string } | undefined> {
  try {
    const { bytes, truncated } = await http.getText(path, {
      ...options,
      query: { ...who, size },
      maxBytes: most,
      timeoutMs: TIMEOUT_MS,
      redirects,
      retries: 0, // whoever follows the log asks again by itself
    });
    const log = readLogAnswer(bytes, size, truncated);
    return { log, text: log ? '' : Buffer.from(bytes.subarray(0, 1_000)).toString('utf8') };
  } catch (error) {
    if (error instanceof HttpStatusError && error.status === 404) return undefined;
    throw error;
  }
}

/** What a person reads about a place that could not be read. */
export const problemOf = (error: Error): string =>
  error instanceof AuthError ? `${error.message} (YARN shows a log to its owner and to administrators)` : error.message;
