import type { Rule } from './rule.js';
import { amLaunchFailed } from './rules/am-launch-failed.js';
import { broadcastTimeout } from './rules/broadcast-timeout.js';
import { classNotFound } from './rules/class-not-found.js';
import { clusterTerminated } from './rules/cluster-terminated.js';
import { contextNotStarted } from './rules/context-not-started.js';
import { credentialsExpired } from './rules/credentials-expired.js';
import { diskFull } from './rules/disk-full.js';
import { driverLost } from './rules/driver-lost.js';
import { driverOom } from './rules/driver-oom.js';
import { driverResultTooLarge } from './rules/driver-result-too-large.js';
import { executorLost } from './rules/executor-lost.js';
import { executorMemoryKilled } from './rules/executor-memory-killed.js';
import { hiveMetastore } from './rules/hive-metastore.js';
import { hostUnreachable } from './rules/host-unreachable.js';
import { inputPathMissing } from './rules/input-path-missing.js';
import { javaException } from './rules/java-exception.js';
import { jvmCrash } from './rules/jvm-crash.js';
import { killedByUser } from './rules/killed-by-user.js';
import { localPathRefused } from './rules/local-path-refused.js';
import { moduleNotFound } from './rules/module-not-found.js';
import { noResources } from './rules/no-resources.js';
import { outputPathExists } from './rules/output-path-exists.js';
import { permissionDenied } from './rules/permission-denied.js';
import { preempted } from './rules/preempted.js';
import { pythonException } from './rules/python-exception.js';
import { pythonNotFound } from './rules/python-not-found.js';
import { pythonVersionMismatch } from './rules/python-version-mismatch.js';
import { pythonWorkerCrash } from './rules/python-worker-crash.js';
import { queueDenied } from './rules/queue-denied.js';
import { queueFull } from './rules/queue-full.js';
import { queueUnknown } from './rules/queue-unknown.js';
import { s3AccessDenied } from './rules/s3-access-denied.js';
import { s3Throttled } from './rules/s3-throttled.js';
import { schemaOrCast } from './rules/schema-or-cast.js';
import { serialization } from './rules/serialization.js';
import { shuffleFetchFailed } from './rules/shuffle-fetch-failed.js';
import { sqlAnalysis } from './rules/sql-analysis.js';
import { stageRetriesExhausted } from './rules/stage-retries-exhausted.js';
import { submitOption } from './rules/submit-option.js';
import { userExitCode } from './rules/user-exit-code.js';
import { writeConflict } from './rules/write-conflict.js';

/** Asked in this order; the first that can tell has the word. Who knows more precisely stands before who knows more. */
export const rules: readonly Rule[] = [
  clusterTerminated,
  killedByUser,
  localPathRefused,
  queueUnknown,
  queueDenied,
  queueFull,
  noResources,
  submitOption,
  preempted,
  driverResultTooLarge,
  broadcastTimeout,
  pythonVersionMismatch,
  pythonNotFound,
  executorMemoryKilled,
  driverOom,
  driverLost,
  diskFull,
  shuffleFetchFailed,
  serialization,
  pythonWorkerCrash,
  moduleNotFound,
  classNotFound,
  s3Throttled,
  credentialsExpired,
  s3AccessDenied,
  permissionDenied,
  hiveMetastore,
  writeConflict,
  outputPathExists,
  inputPathMissing,
  schemaOrCast,
  sqlAnalysis,
  hostUnreachable,
  executorLost,
  contextNotStarted,
  pythonException,
  stageRetriesExhausted,
  javaException,
  jvmCrash,
  userExitCode,
  amLaunchFailed,
];
