/**
 * From settings to wired services; the only place that picks implementations.
 * @module
 */
export { checkSpec } from '../livy/index.js';
export { isLoopback } from '../http/index.js';
export type { ConnectOptions } from './connect.js';
export type { DoctorOptions } from './doctor.js';
export type { Finding } from './doctor-finding.js';
export { createLivywire, type Livywire, type LivywireOptions } from './livywire.js';
export {
  type ClusterPackages,
  type JobLock,
  loadStaging,
  type PreparedStaging,
  type RequirementsOptions,
  type Staging,
} from './load-staging.js';
export {
  drawPipeline,
  loadConnect,
  loadDiagnosis,
  loadDoctor,
  loadEmr,
  loadLivyServerLog,
  loadLocal,
  loadOurNames,
  loadForFunction,
  loadReport,
  loadSynth,
  loadWorkflow,
  readPipelineText,
} from './load.js';
export { loadSession } from './load-session.js';
export { LivyLines } from './livy-lines.js';
export { COPIED_WITHIN_MS, untilCopied } from './until-copied.js';
export { openLedger, sweepLedger } from './open-ledger.js';
export { Since } from './since.js';
export { parseDuration } from './settings-duration.js';
export type { ClusterLine, ClusterOverview, RunPage } from './look-at-emr.js';
export type { ExecutionPicture } from './draw-pipeline.js';
export type { SynthFormat, SynthWish } from './synth.js';
export type { ClusterWishes } from './locate.js';
export type { SettingsAuth } from './settings-auth.js';
export { settingsElsewhere } from './settings-elsewhere.js';
export type { SettingsInput } from './settings-find.js';
export { type SettingsIo, systemSettingsIo } from './settings-io.js';
export {
  type SettingName,
  settingNames,
  type SettingsFlags,
  type SettingWord,
  settingWords,
} from './settings-words.js';
export { readSettings, type Settings } from './settings.js';
export type { BusEvent, Messenger } from '../aws/index.js';
export type { RunReport } from '../report/index.js';
export { amend, isBackPressure, LIVY_OVER_YARN_MIN_MS, pace } from '../run/index.js';
export type {
  LiveSession,
  SessionOptions,
  SqlResult,
  SqlValue,
  StatementReading,
  StatementResult,
  StatementRun,
  Table,
} from '../session/index.js';
export type { CancelOptions, EventOptions, LogOptions, Run, Runs, SubmitOptions, WaitOptions } from '../run/index.js';
