/**
 * The engine, over ports only: submit, watch, follow, cancel, and the ledgers in a folder and in memory.
 * @module
 */
export { amend } from './amend.js';
export { isBackPressure } from './back-pressure.js';
export type { Examined } from './diagnose-again.js';
export { defaultWaits, type Diagnose, type DiagnosisFacts, type EngineDeps, type Waits } from './deps.js';
export { Engine } from './engine.js';
export { fileLedger, type FileLedgerOptions } from './file-ledger.js';
export { sweepDrafts } from './sweep-drafts.js';
export { fileMarkers } from './file-markers.js';
export { currentIdentity, type Identity } from './identity.js';
export { type KeptItem, LastLines } from './last-lines.js';
export { watcherOf } from './lazy-watcher.js';
export { LogChooser } from './log-chooser.js';
export { memoryLedger } from './memory-ledger.js';
export { attemptName } from './names.js';
export type { CancelOptions, EventOptions, LogOptions, Run, Runs, SubmitOptions, WaitOptions } from './options.js';
export { LIVY_OVER_YARN_MIN_MS, pace, type PaceBounds } from './pace.js';
export { attemptIn, finishedOutcome } from './records.js';
