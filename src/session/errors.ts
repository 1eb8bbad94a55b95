import { type Diagnosis, LivywireError, plainLine, redactText } from '../core/index.js';

const safe = (text: string): string => plainLine(redactText(text.split('\n')[0] ?? ''));

/** A statement ended in an exception of its own. The session lives, and takes the next one. */
export class StatementFailedError extends LivywireError {
  override readonly name = 'StatementFailedError';
  override readonly code = 'STATEMENT_FAILED';
  override readonly fault = 'job';
  constructor(
    /** The statement's id in its session. */
    readonly statement: number,
    /** The exception's class; `Error` for SQL. */
    readonly ename: string,
    /** The exception's message, as the server wrote it: any number of lines. */
    readonly evalue: string,
    /** Lines of the traceback, as the server wrote them: Python's end in a line feed, those of a JVM do not. */
    readonly traceback: readonly string[],
  ) {
    super(`${safe(ename)}: ${safe(evalue)}`);
  }
}

/** Somebody cancelled the statement. The session lives. */
export class StatementCancelledError extends LivywireError {
  override readonly name = 'StatementCancelledError';
  override readonly code = 'STATEMENT_CANCELLED';
  override readonly fault = 'caller';
  constructor(readonly statement: number) {
    super(`Statement ${statement} was cancelled`);
  }
}

/** Whether the statement runs, ran, or never arrived, nobody can tell. It was not sent again, and will not be. */
export class StatementUnknownError extends LivywireError {
  override readonly name = 'StatementUnknownError';
  override readonly code = 'STATEMENT_UNKNOWN';
  override readonly fault = 'service';
}

/** The session is over: it died, or it was closed or timed out. Its variables are gone. */
export class SessionDeadError extends LivywireError {
  override readonly name = 'SessionDeadError';
  override readonly code = 'SESSION_DEAD';
  override readonly fault = 'job';
  constructor(
    message: string,
    /** Livy's word for its state: `dead`, `killed`, `error`; `undefined` where Livy has forgotten it. */
    readonly state: string | undefined,
    /** Why, by its log; `undefined` where there is no log left. */
    readonly diagnosis: Diagnosis | undefined,
  ) {
    super(message);
  }
}

/** A session of that name is there and is somebody else's. Nothing was sent to it. */
export class SessionConflictError extends LivywireError {
  override readonly name = 'SessionConflictError';
  override readonly code = 'SESSION_CONFLICT';
  override readonly fault = 'caller';
}

/** Livy has not said whether it took the request for the session. Asking again under the same name makes no second one. */
export class SessionUnknownError extends LivywireError {
  override readonly name = 'SessionUnknownError';
  override readonly code = 'SESSION_UNKNOWN';
  override readonly fault = 'service';
  override readonly retryable = true;
}
