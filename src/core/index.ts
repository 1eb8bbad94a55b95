/**
 * The words and contracts: what every other folder speaks. Imports nothing from src.
 * @module
 */
export type { BackendMaker, BackendParts } from './backend-maker.js';
export { applicationOfEndpoint, clusterEndpoint, clusterOfEndpoint, type ClusterPlace } from './cluster-endpoint.js';
export { systemClock } from './clock.js';
export {
  AuthError,
  BadAnswerError,
  ConfigError,
  type Fault,
  HttpStatusError,
  isLivywireError,
  JobFailedError,
  JobRefusedError,
  KeyConflictError,
  LedgerConflictError,
  LedgerError,
  LivywireError,
  RunNotFoundError,
  RunUnsentError,
  type StopState,
  SubmitBusyError,
  SubmitUnknownError,
  UnreachableError,
  WaitTimeoutError,
} from './errors.js';
export { errorsOfServices } from './errors-of-services.js';
export {
  type BackendKind,
  type Diagnosis,
  type DiagnosisLine,
  type Evidence,
  isFinal,
  type JobSpec,
  type LivyState,
  type LogLine,
  type LogStream,
  type OutcomeKind,
  type OutputSummary,
  type RunEvent,
  type RunLinks,
  type RunOutcome,
  type RunRef,
  type RunState,
  type RunStatus,
  type Usage,
  type Witness,
} from './model.js';
export type { ProgressReader, ProgressSource, WaitingSource } from './progress-ports.js';
export type { EndedStage, RunProgress, RunWaiting, StageProgress, WaitCause } from './progress.js';
export { lazyLedger } from './lazy-ledger.js';
export type {
  Actor,
  AttemptRecord,
  Claim,
  Ledger,
  LedgerEntry,
  Listener,
  RunRecord,
  RunSummary,
  WatchedRun,
  WatcherBeat,
} from './ledger-port.js';
export {
  isInFlight,
  isOpen,
  isOver,
  lastAtOf,
  listed,
  namespaceFromText,
  namespaceText,
  newestFirst,
  owesWord,
  recordFromText,
  summaryOf,
  withoutTokens,
} from './ledger-text.js';
export { missingPackage } from './missing-package.js';
export { once } from './once.js';
export { openRecords } from './open-records.js';
export type { ArchivedFiles, ArchivedPart, LogArchive } from './log-archive.js';
export { orAborted } from './or-aborted.js';
export type {
  AppReadOptions,
  AppRegistry,
  AppReport,
  AppSearch,
  AttemptPlan,
  Backend,
  CallOptions,
  Clock,
  DriverLogReader,
  DriverLogSource,
  Logger,
  LogItem,
  LogOpening,
  LogReader,
  LogSource,
  OutcomeSource,
  OutputMarker,
  OutputMarkers,
  StartAnswer,
  TagSearchOptions,
} from './ports.js';
export { acceptS3Output, isS3Url, parseS3Url, type S3Address, s3Url } from './s3-address.js';
export { isSecretName, plainLine, REDACTED, redactArgs, redactSpec, redactText } from './redact.js';
export type {
  SparkExecutorFacts,
  SparkFacts,
  SparkJobFacts,
  SparkQueryFacts,
  SparkStageFacts,
  SparkTaskCounts,
  SparkTaskFacts,
} from './spark-facts.js';
export { type PathList, pathLists, sparkSubmitFlags, sparkSubmitWords } from './spark-submit-flags.js';
export { VERSION } from './version.js';
