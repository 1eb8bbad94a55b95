import type { RunOutcome, RunRef } from './model.js';

const brand = Symbol.for('livywire.error');

/** Who has to act: the caller, a service (network, Livy, YARN, AWS), the Spark job, or livywire itself. */
export type Fault = 'caller' | 'service' | 'job' | 'livywire';

/** Base of every error this package throws on purpose. `code` and `name` never change; match on them. */
export abstract class LivywireError extends Error {
  readonly [brand] = true;
  abstract readonly code: string;
  abstract readonly fault: Fault;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean = false;
}

/** Holds across bundles and duplicate installs, where `instanceof` does not. */
export const isLivywireError = (error: unknown): error is LivywireError =>
  typeof error === 'object' && error !== null && brand in error;

/** Something the caller gave is missing or wrong. Thrown before anything is sent. */
export class ConfigError extends LivywireError {
  override readonly name = 'ConfigError';
  override readonly code = 'CONFIG_INVALID';
  override readonly fault = 'caller';
  /** The field as the caller knows it: `conf["spark.foo"]`, `--driver-memory`, `LIVYWIRE_URL`. */
  readonly field: string | undefined;
  constructor(message: string, options: ErrorOptions & { readonly field?: string } = {}) {
    super(message, options);
    this.field = options.field;
  }
}

/** The key already belongs to a run with another spec or another endpoint. Nothing was sent. */
export class KeyConflictError extends LivywireError {
  override readonly name = 'KeyConflictError';
  override readonly code = 'KEY_CONFLICT';
  override readonly fault = 'caller';
  constructor(
    readonly key: string,
    /** Redacted, one line per field that differs. */
    readonly differences: readonly string[],
  ) {
    super(
      `Key ${JSON.stringify(key)} already belongs to another run (${differences.join('; ')}); ` +
        'use another key, or ask for a new attempt of this one',
    );
  }
}

/** The server refused our credentials (401) or our rights (403). */
export class AuthError extends LivywireError {
  override readonly name = 'AuthError';
  override readonly code = 'AUTH_REFUSED';
  override readonly fault = 'caller';
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The server answered with a status that is not success. `body` is redacted and cut. */
export class HttpStatusError extends LivywireError {
  override readonly name = 'HttpStatusError';
  override readonly code = 'HTTP_STATUS';
  override readonly fault = 'service';
  override readonly retryable: boolean;
  /** The server's own words: `msg`, a bare JSON string, or the text of an HTML page. */
  readonly serverMessage: string;
  readonly status: number;
  readonly body: string;
  /** What `Retry-After` asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  constructor(
    message: string,
    facts: { status: number; serverMessage: string; body: string; retryAfterMs?: number | undefined },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = facts.status;
    this.serverMessage = facts.serverMessage;
    this.body = facts.body;
    this.retryAfterMs = facts.retryAfterMs;
    this.retryable = facts.status >= 500 || facts.status === 429 || facts.status === 408;
  }
}

/**
 * No usable answer: refused, reset, timed out, name not found, TLS failure.
 * `reached` tells whether the request may have arrived: after `no` a POST is safe to send again.
 */
export class UnreachableError extends LivywireError {
  override readonly name = 'UnreachableError';
  override readonly code = 'UNREACHABLE';
  override readonly fault = 'service';
  override readonly retryable = true;
  constructor(
    message: string,
    readonly reached: 'no' | 'maybe',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The server answered 2xx with something that is not what its API promises. `body` is redacted and cut. */
export class BadAnswerError extends LivywireError {
  override readonly name = 'BadAnswerError';
  override readonly code = 'BAD_ANSWER';
  override readonly fault = 'service';
  constructor(
    message: string,
    readonly body: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The server refused the job for its content; no application was started. */
export class JobRefusedError extends LivywireError {
  override readonly name = 'JobRefusedError';
  override readonly code = 'JOB_REFUSED';
  override readonly fault = 'caller';
}

/**
 * Whether an application was started cannot be told with certainty, so nothing is sent again. `cause`: what kept us from
 * finding out, where that was an error (the ledger, our credentials, the request itself).
 * The ref comes back to it; `--force-resend` (library: `forceResend`) sends once more all the same.
 */
export class SubmitUnknownError extends LivywireError {
  override readonly name = 'SubmitUnknownError';
  override readonly code = 'SUBMIT_UNKNOWN';
  override readonly fault = 'service';
  override readonly retryable = true;
  constructor(
    readonly ref: RunRef,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `Whether ${ref.name} was started is not known: ${reason}. Nothing was sent again; ` +
        `submit with the same key, ${JSON.stringify(ref.key)}, to go on`,
      options,
    );
  }
}

/** Another process is submitting this key right now and was not done in time. */
export class SubmitBusyError extends LivywireError {
  override readonly name = 'SubmitBusyError';
  override readonly code = 'SUBMIT_BUSY';
  override readonly fault = 'service';
  override readonly retryable = true;
}

/** How far a cancel came: no server could be asked, one was and has not answered, one took it, the end was seen. */
export type StopState = 'unsent' | 'sent' | 'taken' | 'ended';

/**
 * Waiting stopped at a limit. The Spark job was left as it is: running, or waiting for its turn.
 * `limit` tells which one it was: the whole (`timeoutMs`), or the time before it runs (`queueTimeoutMs`).
 * `stop` is there where the waiting was for the end that a cancel had asked for, and tells whether anybody was asked.
 */
export class WaitTimeoutError extends LivywireError {
  override readonly name = 'WaitTimeoutError';
  override readonly code = 'WAIT_TIMEOUT';
  override readonly fault = 'caller';
  constructor(
    readonly ref: RunRef,
    limitMs: number,
    readonly limit: 'timeout' | 'queue-timeout' = 'timeout',
    readonly stop?: StopState,
  ) {
    const after = inWords(limitMs);
    const what = {
      timeout: `has not been seen to end within ${after}; wait again with this error's ref`,
      'queue-timeout': `is not running ${after} after it was submitted; wait again with this error's ref`,
      unsent: `could not be asked to stop within ${after}, and may be running`,
      sent: `was asked to stop, without an answer within ${after}; it may be running`,
      taken: `was asked to stop, and has not been seen to stop within ${after}`,
      ended: `has ended, and how could not be written down within ${after}`,
    };
    super(`Run ${ref.key} ${what[stop ?? limit]}`);
  }
}

/** `90 s`, `3 min`. */
const inWords = (ms: number): string =>
  ms >= 60_000 && ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 100) / 10} s`;

/** Thrown by `run.result()` only: the application ended, and not in success. */
export class JobFailedError extends LivywireError {
  override readonly name = 'JobFailedError';
  override readonly code = 'JOB_FAILED';
  override readonly fault = 'job';
  constructor(
    readonly outcome: RunOutcome,
    message: string,
  ) {
    super(message);
  }
}

/** No run, batch or application goes by that name here. */
export class RunNotFoundError extends LivywireError {
  override readonly name = 'RunNotFoundError';
  override readonly code = 'RUN_NOT_FOUND';
  override readonly fault = 'caller';
}

/**
 * The ledger holds the run, and nothing was started under it: its submitter died before it sent the job, or what it sent
 * came to nothing. Nobody is at it, so waiting is in vain. A submit with the same key starts it.
 */
export class RunUnsentError extends LivywireError {
  override readonly name = 'RunUnsentError';
  override readonly code = 'RUN_UNSENT';
  override readonly fault = 'caller';
  constructor(
    readonly ref: RunRef,
    reason: string,
  ) {
    const key = /^[\w./:=@+-]+$/.test(ref.key) ? ref.key : JSON.stringify(ref.key);
    super(`Run ${ref.key} ${reason}; submit again with --key ${key} (library: the same key)`);
  }
}

/** The ledger could not be read or written. */
export class LedgerError extends LivywireError {
  override readonly name = 'LedgerError';
  override readonly code = 'LEDGER';
  override readonly fault = 'service';
}

/** A record changed between our read and our write, or right after it. The engine reads again; callers rarely see it. */
export class LedgerConflictError extends LivywireError {
  override readonly name = 'LedgerConflictError';
  override readonly code = 'LEDGER_CONFLICT';
  override readonly fault = 'service';
  override readonly retryable = true;
}
