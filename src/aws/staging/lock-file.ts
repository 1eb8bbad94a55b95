import * as z from 'zod';
import { ConfigError, type JobSpec, pathLists } from '../../core/index.js';
import { fileSettings, JobPaths } from './job-paths.js';
import { parseS3Uri } from './stage-prefix.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const uris = z.array(z.string().min(1)).min(1).optional();

const lockSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal('livywire-lock'),
  /** The fields of the job that name code, each path an address that the cluster can read. */
  job: z.strictObject({
    file: z.string().min(1),
    jars: uris,
    pyFiles: uris,
    files: uris,
    archives: uris,
    conf: z.record(z.string(), z.string()).optional(),
  }),
  /** What stands at those addresses. */
  objects: z.array(
    z.strictObject({ uri: z.string().min(1), bytes: z.int().nonnegative(), sha256, composite: z.string().optional() }),
  ),
});

/** Which bytes a job is made of: plain JSON, the same for the same bytes, so that it can be kept beside the code. */
export type JobLock = z.infer<typeof lockSchema>;

export interface LockedObject {
  readonly uri: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** S3's own checksum of what was sent in parts, so that it need not be read to be compared. */
  readonly composite?: string | undefined;
}

/**
 * The lock of a staged job. Arguments, sizes and settings are not in it: they may differ from one environment to the next.
 * @param conf settings that the code cannot do without, as where its dependencies are
 */
export function lockOf(
  spec: JobSpec,
  objects: readonly LockedObject[],
  conf: Readonly<Record<string, string>>,
): JobLock {
  const needed = { ...fileSettings(spec), ...conf };
  return {
    v: 1,
    kind: 'livywire-lock',
    job: {
      file: spec.file,
      ...Object.fromEntries(pathLists.flatMap((field) => (spec[field] ? [[field, [...spec[field]]]] : []))),
      ...(Object.keys(needed).length > 0 && { conf: needed }),
    },
    objects: objects.map(({ uri, bytes, sha256: sum, composite }) => ({
      uri,
      bytes,
      sha256: sum,
      ...(composite !== undefined && { composite }),
    })),
  };
}

export const lockText = (lock: JobLock): string => `${JSON.stringify(lock, undefined, 2)}\n`;

/** @throws ConfigError for what is no lock, or not one of this version */
export function parseLock(text: string, name: string): JobLock {
  const wrong = (why: string): ConfigError =>
    new ConfigError(`${name} is no lock of livywire stage: ${why}`, { field: '--locked' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('it is not JSON');
  }
  if (typeof value === 'object' && value !== null && 'v' in value && typeof value.v === 'number' && value.v > 1) {
    throw wrong(`it has v: ${value.v}, and a newer livywire wrote it`);
  }
  const read = lockSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw wrong(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it has another shape'}`);
}

/** Addresses of a lock that nobody has written a checksum down for: what the job named elsewhere when it was staged. */
export function unlockedIn({ job, objects }: JobLock): readonly string[] {
  const known = new Set(objects.map(({ uri }) => uri));
  const all = new JobPaths(jobOfLock(job)).all.map(({ given }) => given.split('#')[0] ?? given);
  return [...new Set(all)].filter((uri) => !known.has(uri));
}

/** The job of a lock, as the rest of a job is added to it. */
export function jobOfLock({ file, jars, pyFiles, files, archives, conf }: JobLock['job']): JobSpec {
  return {
    file,
    ...(jars && { jars }),
    ...(pyFiles && { pyFiles }),
    ...(files && { files }),
    ...(archives && { archives }),
    ...(conf && { conf }),
  };
}

/** @throws ConfigError for a lock whose objects are no addresses in S3 */
export function placesOf({ objects }: JobLock) {
  return objects.map(({ uri, bytes, sha256: sum, composite }) => {
    const place = parseS3Uri(uri);
    if (!place) throw new ConfigError(`${uri} in the lock is no s3:// address`, { field: '--locked' });
    return { uri, ...place, content: { bytes, sha256: sum, ...(composite !== undefined && { composite }) } };
  });
}
