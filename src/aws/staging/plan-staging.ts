import type { JobSpec } from '../../core/index.js';
import { type Content, describe, type Source } from './content.js';
import { type JobPath, JobPaths } from './job-paths.js';
import { checkLinkNames, type Linked } from './link-names.js';
import { findLocalFiles, type LocalFile } from './local-files.js';
import { moduleZip } from './module-zip.js';
import { parseStagePrefix, stagedKey, type StagePrefix, stagedUri } from './stage-prefix.js';
import { stagedName } from './staged-name.js';

/** One object that has to be in S3 for the job to run. */
export interface PlannedUpload {
  /** `file`, `pyFiles`, `conf["spark.jars"]`. */
  readonly field: string;
  /** The file or folder of this machine. */
  readonly from: string;
  /** Without an alias. */
  readonly uri: string;
  readonly bucket: string;
  readonly key: string;
  readonly content: Content;
  readonly source: Source;
}

export interface StagingPlan {
  /** The job as the cluster is told about it: every local path is an address in S3. */
  readonly spec: JobSpec;
  /** One per object, in the order of the job's fields. */
  readonly uploads: readonly PlannedUpload[];
  /** Of the job's file, hex, where that was a local one. */
  readonly codeSha256?: string;
}

export interface PlanOptions {
  /** `s3://bucket/prefix`. */
  readonly to: string;
  /** What relative paths start from. @defaultValue the folder this process works in */
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** @throws ConfigError that names every path that is missing or cannot be staged */
export async function checkLocalFiles(spec: JobSpec, { to, cwd = '.' }: PlanOptions): Promise<void> {
  parseStagePrefix(to);
  await findLocalFiles(new JobPaths(spec).all, cwd);
}

/**
 * What staging a job comes to. Reads this machine's files and sends nothing.
 * @throws ConfigError that names every path that is missing or cannot be staged
 */
export async function planStaging(spec: JobSpec, { to, cwd = '.', signal }: PlanOptions): Promise<StagingPlan> {
  const prefix = parseStagePrefix(to);
  const paths = new JobPaths(spec);
  const found = await findLocalFiles(paths.all, cwd);
  const planned = new Map<JobPath, readonly Planned[]>();
  for (const [path, files] of found) {
    const all: Planned[] = [];
    for (const file of files) all.push(await planOne(prefix, path, file, signal));
    planned.set(path, all);
  }
  checkLinkNames(
    paths.all.flatMap((path): Linked[] =>
      path.kind === 'file' ? [] : urisOf(path, planned).map((uri) => ({ field: path.field, given: path.given, uri })),
    ),
  );
  const uploads = [...planned.values()].flat().map(({ upload }) => upload);
  const [code] = uploads.filter(({ field }) => field === 'file');
  return {
    spec: paths.replaced((path) => urisOf(path, planned)),
    uploads: [...new Map(uploads.map((upload) => [upload.uri, upload])).values()],
    ...(code && { codeSha256: code.content.sha256 }),
  };
}

interface Planned {
  readonly upload: PlannedUpload;
  readonly alias: string;
}

/** Of what is elsewhere already: itself. */
const urisOf = (path: JobPath, planned: ReadonlyMap<JobPath, readonly Planned[]>): readonly string[] =>
  planned.get(path)?.map(({ upload, alias }) => upload.uri + alias) ?? [path.given];

async function planOne(
  prefix: StagePrefix,
  { field, kind }: JobPath,
  { path, isFolder, alias }: LocalFile,
  signal: AbortSignal | undefined,
): Promise<Planned> {
  const name = stagedName(path, kind, isFolder, alias);
  const source: Source = isFolder ? { bytes: await moduleZip(path) } : { path };
  const content = await describe(source, signal);
  const key = stagedKey(prefix, content.sha256, name);
  const uri = stagedUri(prefix, key);
  return {
    upload: { field, from: path, uri, bucket: prefix.bucket, key, content, source },
    alias: alias === undefined ? '' : `#${alias}`,
  };
}
