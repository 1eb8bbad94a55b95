import type { PreparedStaging, StageOptions } from '../aws/index.js';
import type { JobSpec } from '../core/index.js';
import { type AwsPart, awsSettings, lazyAws } from './aws.js';
import type { Settings } from './settings.js';

export type { JobLock, PreparedStaging, RequirementsOptions } from '../aws/index.js';

/** Staging in S3 and its locks, with clients as the settings want them. Nothing is asked of AWS yet. */
export async function loadStaging(settings: AwsPart & Pick<Settings, 'cluster'>) {
  const { room, clients } = await lazyAws(awsSettings(settings))();
  const { checkLock, jobOfLock, lockText, parseLock, unlockedIn, withPythonPath } = room;
  return {
    prepare: (spec: JobSpec, options: Omit<StageOptions, 'aws'>): Promise<PreparedStaging> =>
      room.prepareStaging(spec, { ...options, aws: clients }),
    checkLock: (lock: Parameters<typeof checkLock>[0], signal: AbortSignal): Promise<void> =>
      checkLock(lock, { aws: clients, signal }),
    /** The release of the cluster that the settings name, if they name one. @throws ConfigError */
    release: async (signal: AbortSignal): Promise<string | undefined> =>
      settings.cluster &&
      room.releaseOfCluster(settings.cluster.selector, { clients, field: settings.cluster.from, signal }),
    jobOfLock,
    lockText,
    parseLock,
    unlockedIn,
    withPythonPath,
  };
}

export type Staging = Awaited<ReturnType<typeof loadStaging>>;
