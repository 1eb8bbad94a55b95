import type { JobSpec } from '../../core/index.js';
import { type AwsClients, awsClients } from '../clients.js';
import type { AwsSettings } from '../settings.js';
import type { RequirementsOptions } from './dependency-archive.js';
import type { JobLock, LockedObject } from './lock-file.js';
import type { StagingPlan } from './plan-staging.js';
import type { Presence } from './staging-store.js';
import type { StagingProgress } from './upload-all.js';

export interface StageOptions {
  /** Where files go: `s3://bucket/prefix`. */
  readonly to: string;
  /** Clients, or what they are made from. @defaultValue clients made the SDK's way, for this call */
  readonly aws?: AwsClients | AwsSettings;
  /** Python packages for the job. The archive is unpacked for the driver and each executor, on their PYTHONPATH; it needs YARN. */
  readonly requirements?: RequirementsOptions;
  /** What relative paths start from. @defaultValue the folder this process works in */
  readonly cwd?: string;
  readonly onProgress?: (progress: StagingProgress) => void;
  /** Ends the staging. Parts of files that were sent are taken back; whole files stay. */
  readonly signal?: AbortSignal;
}

/** One file of a staged job. */
export interface StagedFile extends LockedObject {
  /** The field of the job: `file`, `pyFiles`, `conf["spark.jars"]`. */
  readonly field: string;
  /** The file or folder of this machine. */
  readonly from: string;
}

export interface StagedJob {
  /** The job for `submit`: every local path has become an address in S3 that holds its checksum. */
  readonly spec: JobSpec;
  readonly files: readonly (StagedFile & { readonly how: 'uploaded' | 'there' })[];
  /** SHA-256 of the job's own file, hex, where that was a local one. */
  readonly codeSha256?: string;
  /** What to keep so that these very bytes can be run again. */
  readonly lock: JobLock;
  readonly notes: readonly string[];
}

/** A job whose files are known and not yet sent. */
export interface PreparedStaging extends Omit<StagedJob, 'files'> {
  readonly files: readonly StagedFile[];
  /** What of it stands in S3 already, in the order of `files`. Only reads. @throws as `stageJob` does */
  look(options?: { readonly signal?: AbortSignal }): Promise<readonly Presence[]>;
  /** @throws as `stageJob` does */
  upload(options?: Pick<StageOptions, 'onProgress' | 'signal'>): Promise<StagedJob>;
}

/**
 * Finds and reads a job's local files, makes its archives, and knows where all of it will stand. Sends nothing.
 * @throws ConfigError that names every missing file, or the package without a wheel for the cluster
 */
export async function prepareStaging(spec: JobSpec, options: StageOptions): Promise<PreparedStaging> {
  const { to, aws, requirements, cwd = '.', signal } = options;
  const [{ checkLocalFiles, planStaging }, { lockOf }] = await Promise.all([
    import('./plan-staging.js'),
    import('./lock-file.js'),
  ]);
  const planning = { to, cwd, ...(signal && { signal }) };
  let wanted = spec;
  let notes: readonly string[] = [];
  let conf: Readonly<Record<string, string>> = {};
  if (requirements) {
    // What is missing is said before pip is set to work.
    await checkLocalFiles(spec, planning);
    const [{ dependencyArchive }, { pythonPathConf, withArchive }] = await Promise.all([
      import('./dependency-archive.js'),
      import('./python-path.js'),
    ]);
    const archive = await dependencyArchive(requirements, { cwd, signal });
    wanted = withArchive(spec, archive.path);
    notes = archive.notes;
    conf = pythonPathConf;
  }
  const plan = await planStaging(wanted, planning);
  const files = plan.uploads.map(({ field, from, uri, content }): StagedFile => {
    const { bytes, sha256, composite } = content;
    return { field, from, uri, bytes, sha256, ...(composite !== undefined && { composite }) };
  });
  const known = {
    spec: plan.spec,
    ...(plan.codeSha256 !== undefined && { codeSha256: plan.codeSha256 }),
    lock: lockOf(plan.spec, files, conf),
    notes,
  };
  return {
    ...known,
    files,
    look: ({ signal: ended } = {}) =>
      withS3(aws, plan, async (s3, uploads) => (await import('./upload-all.js')).lookAtAll(s3, uploads, ended)),
    upload: async (uploading = {}) => {
      const hows = await withS3(aws, plan, async (s3, uploads) =>
        (await import('./upload-all.js')).uploadAll(s3, uploads, uploading),
      );
      return { ...known, files: files.map((file, index) => ({ ...file, how: hows[index] ?? 'there' })) };
    },
  };
}

/**
 * Puts a job's local files into S3, each under the checksum of its bytes, and gives the job that runs them. What is there
 * already is not sent again, and nothing is ever written over. Starts no job.
 * @throws ConfigError for files that are missing or unreadable (before any request), credentials, rights and buckets
 * @throws UnreachableError, HttpStatusError when S3 is out of reach or in trouble
 * @example
 * const { spec } = await stageJob({ file: './etl.py', pyFiles: ['lib/'] }, { to: 's3://bucket/jobs' });
 * const run = await livywire.submit(spec, { key: 'sales/2026-11-01' });
 */
export async function stageJob(spec: JobSpec, options: StageOptions): Promise<StagedJob> {
  const { onProgress, signal } = options;
  const prepared = await prepareStaging(spec, options);
  return prepared.upload({ ...(onProgress && { onProgress }), ...(signal && { signal }) });
}

/**
 * Makes sure that everything a lock names stands where it says, byte for byte. Nothing is sent.
 * @throws ConfigError when something is missing or was changed
 */
export async function checkLock(
  lock: JobLock,
  { aws, signal }: Pick<StageOptions, 'aws' | 'signal'> = {},
): Promise<void> {
  const { checkLockedObjects } = await import('./check-lock.js');
  await withClients(aws, async (clients) => checkLockedObjects(await clients.s3(), lock, signal));
}

/** Where there is nothing to send, nobody is asked for credentials. */
async function withS3<T>(
  aws: StageOptions['aws'],
  { uploads }: StagingPlan,
  work: (s3: Awaited<ReturnType<AwsClients['s3']>>, uploads: StagingPlan['uploads']) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  return uploads.length === 0 ? [] : withClients(aws, async (clients) => work(await clients.s3(), uploads));
}

async function withClients<T>(aws: StageOptions['aws'], work: (clients: AwsClients) => Promise<T>): Promise<T> {
  if (aws && 's3' in aws) return work(aws);
  const clients = awsClients(aws);
  try {
    return await work(clients);
  } finally {
    clients.close();
  }
}
