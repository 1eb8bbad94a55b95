import type { JobSpec, LivyState } from '../core/index.js';
import { badAnswer, type Fields, fieldsOf, idOf, numberOf, stateOf, textOf, textsOf } from './read.js';

/** A state as Livy says it; one that we have never seen is passed on. */
export type State = LivyState | (string & {});

/** Languages of a session or a statement. `shared` is a session whose statements each name their own. */
export type SessionKind = 'spark' | 'pyspark' | 'sparkr' | 'sql' | 'shared';

/**
 * The body of `POST /batches`, in Livy's names (all of 0.6–0.9). As {@link JobSpec}, but `name` is Livy's own:
 * unique among the batches that the server remembers, and not all digits.
 */
export interface CreateBatch extends Omit<JobSpec, 'name'> {
  /** By which the batch can be read, and which no other batch may have at the time. Livy 0.6 and newer. */
  readonly name?: string;
}

/** The body of `POST /sessions`, in Livy's names. */
export interface CreateSession extends Omit<CreateBatch, 'file' | 'className' | 'args'> {
  /** @defaultValue Livy's own: `shared` */
  readonly kind?: SessionKind;
  /** Livy ends the session when nobody has asked about it for so long, in seconds; 0 is never. @defaultValue `0` */
  readonly heartbeatTimeoutInSecond?: number;
  /** Longest life, with a unit: `8h`. Livy 0.8 and newer. */
  readonly ttl?: string;
  /** Livy ends the session when it has been idle for so long, with a unit: `30m`. Livy 0.9 and newer. */
  readonly idleTimeout?: string;
}

/** The body of `POST /sessions/{id}/statements`. */
export interface CreateStatement {
  readonly code: string;
  /** @defaultValue the session's kind */
  readonly kind?: SessionKind;
}

/** The body of `POST /sessions/{id}/completion`. */
export interface CompletionRequest {
  readonly code: string;
  /** Where in `code` the cursor stands, in characters from 0. */
  readonly cursor: number;
  /** @defaultValue the session's kind */
  readonly kind?: SessionKind;
}

/** Addresses of the application, as far as Livy knows them; none in local mode. */
export interface AppInfo {
  readonly driverLogUrl: string | undefined;
  readonly sparkUiUrl: string | undefined;
  /** Livy 0.9 and newer. */
  readonly executorLogUrls: string | undefined;
}

/** What batches and sessions have in common. A field that a server left out, or answered with null, is `undefined`. */
export interface SessionView {
  /** Given anew from 0 by a server that lost its memory: only the name tells whose it is. */
  readonly id: number;
  readonly name: string | undefined;
  /** Who created it, where Livy knows its users. Livy 0.7 and newer. */
  readonly owner: string | undefined;
  readonly proxyUser: string | undefined;
  readonly state: State;
  /** YARN's application id, once known. */
  readonly appId: string | undefined;
  readonly appInfo: AppInfo;
  /** The last 10 lines, headings included; empty when the caller may not see them. */
  readonly log: readonly string[];
}

/** One batch, as `GET /batches/{id}` shows it. */
export type Batch = SessionView;

/** One interactive session, as `GET /sessions/{id}` shows it. */
export interface Session extends SessionView {
  readonly kind: SessionKind | (string & {}) | undefined;
}

/** `GET …/state`. */
export interface StateView {
  readonly id: number;
  readonly state: State;
}

/**
 * `GET …/log`: part of a ring that keeps the last 200 lines of each stream (`livy.cache-log.size`).
 * `log` has headings between the streams; see `splitLog`.
 */
export interface LogPage {
  readonly id: number;
  /** Index into the ring, headings counted: not a line number of the job. */
  readonly from: number;
  /** What the ring holds now; stops growing once it is full. */
  readonly total: number;
  readonly log: readonly string[];
}

/** How a statement ended. */
export type StatementOutput =
  | {
      readonly status: 'ok';
      readonly execution_count: number | undefined;
      /** By MIME type: `text/plain`, `application/json` (SQL: schema and rows), `application/vnd.livy.table.v1+json`. */
      readonly data: Readonly<Record<string, unknown>>;
    }
  | {
      readonly status: 'error';
      readonly execution_count: number | undefined;
      /** The exception's class. */
      readonly ename: string;
      /** The exception's message. */
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

/** One statement of a session. */
export interface Statement {
  readonly id: number;
  readonly code: string | undefined;
  readonly state: 'waiting' | 'running' | 'available' | 'error' | 'cancelling' | 'cancelled' | (string & {});
  /** There once `state` is `available`. */
  readonly output: StatementOutput | undefined;
  /** 0 to 1. */
  readonly progress: number | undefined;
  /** Server time, milliseconds since the epoch. */
  readonly started: number | undefined;
  /** Server time, milliseconds since the epoch. */
  readonly completed: number | undefined;
}

/** `GET /version`. */
export interface Version {
  /** `0.8.0-incubating` */
  readonly version: string;
  readonly revision: string | undefined;
  readonly branch: string | undefined;
  readonly date: string | undefined;
  readonly user: string | undefined;
  readonly url: string | undefined;
}

const NO_APP_INFO: AppInfo = { driverLogUrl: undefined, sparkUiUrl: undefined, executorLogUrls: undefined };

function readAppInfo(value: unknown): AppInfo {
  if (typeof value !== 'object' || value === null) return NO_APP_INFO;
  const info = value as Fields;
  return {
    driverLogUrl: textOf(info.driverLogUrl),
    sparkUiUrl: textOf(info.sparkUiUrl),
    executorLogUrls: textOf(info.executorLogUrls),
  };
}

/** @throws BadAnswerError */
export function readBatch(answer: unknown, what = 'a batch'): Batch {
  const fields = fieldsOf(answer, what);
  return {
    id: idOf(fields, what),
    name: textOf(fields.name),
    owner: textOf(fields.owner),
    proxyUser: textOf(fields.proxyUser),
    state: stateOf(fields, what),
    appId: textOf(fields.appId),
    appInfo: readAppInfo(fields.appInfo),
    log: textsOf(fields.log),
  };
}

/** @throws BadAnswerError */
export function readSession(answer: unknown): Session {
  return { ...readBatch(answer, 'a session'), kind: textOf((answer as Fields).kind) };
}

/** `total` is not read: Fabric and Synapse answer the size of the page there. @throws BadAnswerError */
export function readPage<T>(
  answer: unknown,
  field: 'sessions' | 'statements',
  read: (one: unknown) => T,
): readonly T[] {
  const list = fieldsOf(answer, `a page of ${field}`)[field];
  if (!Array.isArray(list)) throw badAnswer(`a page of ${field}`, answer);
  return list.map((one) => read(one));
}

/** @throws BadAnswerError */
export function readState(answer: unknown): StateView {
  const fields = fieldsOf(answer, 'a state');
  return { id: idOf(fields, 'a state'), state: stateOf(fields, 'a state') };
}

/** @throws BadAnswerError */
export function readLog(answer: unknown): LogPage {
  const fields = fieldsOf(answer, 'a log');
  if (!Array.isArray(fields.log) && fields.log !== null) throw badAnswer('a log', answer);
  const log = textsOf(fields.log);
  return {
    id: idOf(fields, 'a log'),
    from: numberOf(fields.from) ?? 0,
    total: numberOf(fields.total) ?? log.length,
    log,
  };
}

function readOutput(value: unknown): StatementOutput | undefined {
  if (value === null || value === undefined) return undefined;
  const fields = fieldsOf(value, "a statement's output");
  const execution_count = numberOf(fields.execution_count);
  if (fields.status === 'ok') {
    const data = typeof fields.data === 'object' && fields.data !== null ? (fields.data as Fields) : {};
    return { status: 'ok', execution_count, data };
  }
  if (fields.status !== 'error') throw badAnswer("a statement's output", value);
  return {
    status: 'error',
    execution_count,
    ename: textOf(fields.ename) ?? '',
    evalue: textOf(fields.evalue) ?? '',
    traceback: textsOf(fields.traceback),
  };
}

/** Livy writes 0 for a time that has not come. */
const timeOf = (value: unknown): number | undefined => {
  const ms = numberOf(value);
  return ms === 0 ? undefined : ms;
};

/** @throws BadAnswerError */
export function readStatement(answer: unknown): Statement {
  const fields = fieldsOf(answer, 'a statement');
  return {
    id: idOf(fields, 'a statement'),
    code: textOf(fields.code),
    state: stateOf(fields, 'a statement'),
    output: readOutput(fields.output),
    progress: numberOf(fields.progress),
    started: timeOf(fields.started),
    completed: timeOf(fields.completed),
  };
}

/** @throws BadAnswerError */
export function readCandidates(answer: unknown): readonly string[] {
  const fields = fieldsOf(answer, 'a completion');
  if (!Array.isArray(fields.candidates) && fields.candidates !== null) throw badAnswer('a completion', answer);
  return textsOf(fields.candidates);
}

/** @throws BadAnswerError */
export function readVersion(answer: unknown): Version {
  const fields = fieldsOf(answer, 'a version');
  const version = textOf(fields.version);
  if (version === undefined) throw badAnswer('a version', answer);
  return {
    version,
    revision: textOf(fields.revision),
    branch: textOf(fields.branch),
    date: textOf(fields.date),
    user: textOf(fields.user),
    url: textOf(fields.url),
  };
}
