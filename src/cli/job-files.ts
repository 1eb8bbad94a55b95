import { resolve } from 'node:path';
import {
  type ClusterPackages,
  loadStaging,
  type JobLock,
  type PreparedStaging,
  type Settings,
  type Staging,
} from '../app/index.js';
import { ConfigError, isLivywireError, type JobSpec } from '../core/index.js';
import { sizeWords } from './count-words.js';
import type { Context } from './define.js';
import { ProgressView } from './progress-view.js';
import { plain, table } from './show.js';
import { requirementsOf, type StageArgs } from './staging-flags.js';

/** One file of a job, for `--dry-run`. */
export interface ShownFile {
  readonly field: string;
  readonly from: string;
  readonly uri: string;
  readonly bytes: number;
  readonly sha256: string;
  /** `null` where nobody could say. */
  readonly there: boolean | null;
}

/** What has to be in place before a job is sent. */
export interface JobFiles {
  /** The job as it is sent. */
  readonly spec: JobSpec;
  readonly codeSha256?: string;
  /** Uploads what is missing, or makes sure that what was locked is there; absent where there is nothing to do. */
  readonly ready?: (signal: AbortSignal) => Promise<void>;
  /** What `ready` would do, by reading only. */
  readonly show: (signal: AbortSignal) => Promise<readonly ShownFile[]>;
}

/** A job whose files are where the cluster can read them already. */
export const inPlace = (spec: JobSpec): JobFiles => ({
  spec,
  show: () => Promise.resolve([]),
});

/** @throws ConfigError that names every missing file; nothing was sent */
export async function stagedFiles(
  spec: JobSpec,
  args: StageArgs & { readonly stage: string },
  context: Context,
  settings: Settings,
  signal: AbortSignal,
): Promise<Required<Omit<JobFiles, 'codeSha256'>> & JobFiles & { readonly prepared: PreparedStaging }> {
  const staging = await loadStaging(settings);
  const view = new ProgressView(context.io, context.out);
  const wanted = requirementsOf(args, context, (line) => {
    if (/^(?:Collecting|Installing collected packages)\b/.test(line))
      view.show({ step: 'pip', message: `pip: ${line}` });
  });
  // What the flags leave open, the cluster knows.
  const { release: given, pythonVersion, platform } = wanted ?? {};
  const isOpen = wanted && given === undefined && (pythonVersion === undefined || platform === undefined);
  const known = isOpen ? await staging.packages(spec, signal) : undefined;
  if (known && pythonVersion === undefined) sayPython(known, context);
  const requirements = wanted && {
    ...(known && { release: known.release }),
    ...(known?.python?.version !== undefined && { pythonVersion: known.python.version }),
    ...wanted,
  };
  let prepared: PreparedStaging;
  try {
    prepared = await staging.prepare(spec, {
      to: args.stage,
      cwd: context.io.cwd,
      signal,
      ...(requirements && { requirements }),
    });
  } finally {
    view.close();
  }
  for (const note of prepared.notes) context.out.warn(note);
  return {
    prepared,
    spec: prepared.spec,
    ...(prepared.codeSha256 !== undefined && { codeSha256: prepared.codeSha256 }),
    ready: (ended) => upload(prepared, args.stage, context, ended),
    show: (ended) => look(prepared, context, ended),
  };
}

/** Which Python packages are for is nobody's to guess: a compiled one fails with another. */
function sayPython({ release, python }: ClusterPackages, { out }: Context): void {
  if (python?.version !== undefined) return out.note(`packages for Python ${python.version}, ${plain(python.from)}`);
  if (!python) return out.note(`packages for the Python of ${release}; for another one give --python-version`);
  out.warn(
    `packages for the Python of ${release}, but ${plain(python.from)} is ${plain(python.program)}, which does not tell its version; give --python-version where it is another`,
  );
}

/** The lock that a flag names. @throws ConfigError */
export async function readLock(name: string, { io, readFile }: Context, { parseLock }: Staging): Promise<JobLock> {
  const path = resolve(io.cwd, name);
  const text = await readFile(path);
  if (text === undefined) throw new ConfigError(`--locked: ${path} is not there`, { field: '--locked' });
  return parseLock(text, name);
}

/** A job of the files that a lock names, with the rest as the line says it. */
export function lockedFiles(spec: JobSpec, lock: JobLock, staging: Staging, { out }: Context): JobFiles {
  const { conf: needed = {}, ...files } = staging.jobOfLock(lock.job);
  const twice = Object.keys(spec.conf ?? {}).find((name) => name in needed && !name.endsWith('.PYTHONPATH'));
  if (twice !== undefined) {
    const text = `--conf ${twice} cannot be given with --locked: the lock says which files the job has`;
    throw new ConfigError(text, { field: '--conf' });
  }
  const locked: JobSpec = {
    ...spec,
    ...files,
    ...((spec.conf ?? lock.job.conf) && {
      conf: staging.withPythonPath(spec.conf ?? {}, needed as Readonly<Record<string, string>>),
    }),
  };
  const loose = staging.unlockedIn(lock);
  if (loose.length > 0) {
    out.warn(`the lock has no checksum for ${loose.join(', ')}: it stood elsewhere when the lock was made`);
  }
  const code = lock.objects.find(({ uri }) => uri === lock.job.file)?.sha256;
  return {
    spec: locked,
    ...(code !== undefined && { codeSha256: code }),
    ready: (signal) => staging.checkLock(lock, signal),
    show: (signal) =>
      staging
        .checkLock(lock, signal)
        .then(() => lock.objects.map((object) => ({ field: 'lock', from: '', there: true, ...object }))),
  };
}

const count = (files: number, bytes: number): string =>
  `${files} ${files === 1 ? 'file' : 'files'} (${sizeWords(bytes)})`;

async function upload(prepared: PreparedStaging, to: string, { io, out }: Context, signal: AbortSignal): Promise<void> {
  const view = new ProgressView(io, out);
  const bytes = prepared.files.reduce((sum, file) => sum + file.bytes, 0);
  const message = `staging ${count(prepared.files.length, bytes)} to ${to}`;
  try {
    const { files } = await prepared.upload({
      signal,
      onProgress: ({ bytesDone, bytes: total, filesSent }) => {
        // Where all is there already, nothing is staged, and a log has no line of it.
        if (out.isLive || filesSent > 0) view.show({ step: 'stage', message, done: bytesDone, total });
      },
    });
    view.close();
    const sent = files.filter(({ how }) => how === 'uploaded');
    const there = files.length - sent.length;
    const bytesSent = sent.reduce((sum, one) => sum + one.bytes, 0);
    const was = there === 0 ? '' : `, ${there} there already`;
    if (sent.length > 0) out.note(`staged: ${count(sent.length, bytesSent)} sent${was}`);
    else if (there > 0) out.note(`staged: nothing to send, ${count(there, bytes)} there already`);
  } finally {
    view.close();
  }
}

async function look(prepared: PreparedStaging, { out }: Context, signal: AbortSignal): Promise<readonly ShownFile[]> {
  let seen: Awaited<ReturnType<PreparedStaging['look']>> = [];
  try {
    seen = await prepared.look({ signal });
  } catch (error) {
    if (!isLivywireError(error)) throw error;
    out.warn(`what is there already cannot be told: ${error.message}`);
  }
  return prepared.files.map((file, index): ShownFile => {
    const presence = seen[index] ?? 'unknown';
    return { ...file, there: presence === 'unknown' ? null : presence === 'there' };
  });
}

/** A line per file: what it is, whether it would be sent, how large it is, where it comes from and goes to. */
export const fileLines = (files: readonly ShownFile[]): string[] =>
  table(
    files.map(({ field, there, bytes, from, uri }) => [
      there === null ? 'not known' : there ? 'there already' : 'would be sent',
      sizeWords(bytes),
      field,
      plain(from === '' ? uri : `${from} → ${uri}`),
    ]),
  );
