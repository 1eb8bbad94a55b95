/**
 * Interactive sessions of Livy: opened, found again, kept alive, and their statements with typed results.
 * @module
 */
export {
  SessionConflictError,
  SessionDeadError,
  SessionUnknownError,
  StatementCancelledError,
  StatementFailedError,
  StatementUnknownError,
} from './errors.js';
export type { LiveSession, SqlResult } from './live-session.js';
export type { CloseRule, SessionOptions, StatementOptions, StatementReading } from './options.js';
export type { StatementResult, Table } from './result.js';
export { type SqlColumn, type SqlType, typeWords } from './sql-type.js';
export type { SqlValue } from './sql-value.js';
export type { StatementRun } from './statement-run.js';
export { type LivyOrLivywire, openSession, withSession } from './with-session.js';
