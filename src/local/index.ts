/**
 * A real Livy and Spark on this machine, and on request a YARN behind it. Loaded only when asked for.
 * @module
 */
export { LocalError } from './errors.js';
export {
  type Deployed,
  deployHandlers,
  type DeployOptions,
  type HandlerNames,
  type LambdaRuntime,
} from './deploy-handlers.js';
export { down, type DownOptions } from './down.js';
export { instanceLogs, type InstanceLogOptions } from './logs.js';
export {
  type AwsAccess,
  type InstanceOptions,
  type InstanceStatus,
  type LocalInstance,
  type LocalPlaces,
  type LocalProgress,
  type LocalServer,
  type ProcessId,
  type ServerName,
  serverNames,
  type ServerStatus,
  type UpOptions,
} from './model.js';
export { cacheRoot, packageRoot, stateRoot } from './paths.js';
export { findInstance, killServer, type ServerOptions, startServer } from './servers.js';
export { instanceStatus, instances } from './status.js';
export { type ExecutionView, type HistoryEvent, StepFunctions } from './step-functions.js';
export { up } from './up.js';
