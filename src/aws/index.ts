/**
 * What livywire does in AWS: clients the SDK's way, the ledger and the outputs in S3. Each part loads its SDK when it is first used.
 * @module
 */
export { callerArn } from './caller-arn.js';
export { type AwsClients, awsClients } from './clients.js';
export {
  type InboundReport,
  lookAtInbound,
  type LookAtInboundOptions,
  type PortNeed,
  type PortState,
} from './ec2/index.js';
export {
  type AddressKind,
  type ClusterConnection,
  type ClusterLine,
  type ClusterOverview,
  connectToCluster,
  type ConnectToClusterOptions,
  type EmrCluster,
  listClusters,
  lookAtCluster,
  type LookOptions,
  logFolderOf,
  pagesOfRun,
  type PagesOptions,
  primaryInstance,
  type RunPage,
} from './emr/index.js';
export { type ExecutionHistory, executionHistory } from './execution-history.js';
export { type AwsQuestion, awsErrorName, awsStatusOf, explainAwsError } from './explain-error.js';
export { type BusEvent, type Messenger, messenger, type Told } from './messenger.js';
export { s3Ledger, type S3LedgerOptions } from './open-s3-ledger.js';
export { checkS3Input } from './s3-input.js';
export { livyServerLogs, s3Logs, type ServerLogFile } from './logs/open-s3-logs.js';
export type { S3LogsOptions } from './logs/s3-logs.js';
export { s3Markers, type S3MarkersOptions } from './s3-markers.js';
export {
  connectToServerless,
  type ConnectToServerlessOptions,
  type ServerlessConnection,
  serverlessLivy,
  type ServerlessLivy,
  type ServerlessLivyOptions,
} from './serverless/index.js';
export type { AwsSettings } from './settings.js';
export { connectToSteps, type ConnectToStepsOptions, type StepsConnection } from './steps/connect-to-steps.js';
export {
  checkLock,
  type ClusterPackages,
  type JobLock,
  jobOfLock,
  type LockedObject,
  lockText,
  packagesOfCluster,
  parseLock,
  type PreparedStaging,
  prepareStaging,
  type Presence,
  type RequirementsOptions,
  type StagedFile,
  type StagedJob,
  stageJob,
  type StageOptions,
  type StagingProgress,
  type TargetOptions,
  unlockedIn,
  withPythonPath,
  zipOf,
} from './staging/index.js';
