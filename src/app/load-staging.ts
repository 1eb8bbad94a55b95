import type { ClusterPackages, PreparedStaging, StageOptions } from '../aws/index.js';
import type { JobSpec } from '../core/index.js';
import { type AwsPart, awsSettings, lazyAws } from './aws.js';
import type { Settings } from './settings.js';

export type { ClusterPackages, JobLock, PreparedStaging, RequirementsOptions } from '../aws/index.js';

/** Staging in S3 and its locks, with clients as the settings want them. Nothing is asked of AWS yet. */
export async function loadStaging(settings: AwsPart & Pick<Settings, 'cluster'>) {
  const { room, clients } = await lazyAws(awsSettings(settings))();
  const { checkLock, jobOfLock, lockText, parseLock, unlockedIn, withPythonPath } = room;
  return {
    prepare: (spec: JobSpec, options: Omit<StageOptions, 'aws'>): Promise<PreparedStaging> =>
      room.prepareStaging(spec, { ...options, aws: clients }),
    checkLock: (lock: Parameters<typeof checkLock>[0], signal: AbortSignal): Promise<void> =>
      checkLock(lock, { aws: clients, signal }),
    /** Release and Python of the cluster that the settings name, if they name one. @throws ConfigError */
    packages: async ({ conf }: JobSpec, signal: AbortSignal): Promise<ClusterPackages | undefined> => {
      const { selector, from: field } = settings.cluster ?? {};
      if (selector === undefined || field === undefined) return undefined;
      return room.packagesOfCluster(selector, { clients, field, signal, ...(conf && { conf }) });
    },
    jobOfLock,
    lockText,
    parseLock,
    unlockedIn,
    withPythonPath,
  };
}

export type Staging = Awaited<ReturnType<typeof loadStaging>>;
