/**
 * Livy as Livy speaks it: its REST API typed, batches as a backend, and its ring as a log.
 * @module
 */
export { LivyBackend } from './backend.js';
export { type Batches } from './batches.js';
export { checkSpec } from './check.js';
export { LivyClient, type LivyClientOptions } from './client.js';
export { isLivyNotFound, type LivyCallOptions } from './door.js';
export { type LogSections, splitLog } from './log-lines.js';
export { type ListOptions } from './pages.js';
export { type LogOptions } from './resource.js';
export { LivyRing } from './ring.js';
export { SeveralLivys, type SeveralLivysOptions } from './several-livys.js';
export { type Sessions } from './sessions.js';
export { readFailure } from './start-answer.js';
export { type StatementReadOptions, type Statements } from './statements.js';
export type {
  AppInfo,
  Batch,
  CompletionRequest,
  CreateBatch,
  CreateSession,
  CreateStatement,
  LogPage,
  Session,
  SessionKind,
  SessionView,
  State,
  Statement,
  StatementOutput,
  StateView,
  Version,
} from './wire.js';
