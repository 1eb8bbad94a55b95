/**
 * A job's local files, put into S3 under the checksum of their bytes, and locks that name those bytes.
 * @module
 */
export { type ClusterPackages, packagesOfCluster } from './cluster-python.js';
export type { RequirementsOptions } from './dependency-archive.js';
export { type JobLock, jobOfLock, type LockedObject, lockText, parseLock, unlockedIn } from './lock-file.js';
export { withPythonPath } from './python-path.js';
export {
  checkLock,
  type PreparedStaging,
  prepareStaging,
  type StagedFile,
  type StagedJob,
  stageJob,
  type StageOptions,
} from './stage-job.js';
export type { Presence } from './staging-store.js';
export type { StagingProgress } from './upload-all.js';
export type { TargetOptions } from './wheel-platform.js';
export { zipOf } from './zip.js';
