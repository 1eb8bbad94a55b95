import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import {
  type ClusterWishes,
  type Livywire,
  loadStaging,
  type Run,
  type Settings,
  type SubmitOptions,
} from '../app/index.js';
import { ConfigError, isLivywireError, type JobSpec } from '../core/index.js';
import type { Args, Context } from './define.js';
import { type Interrupted, type Interrupts, interruptsFor } from './interrupts.js';
import { codeOfSignal, exitCodes } from './exit-code.js';
import { fileLines, inPlace, type JobFiles, lockedFiles, readLock, stagedFiles } from './job-files.js';
import { connectionOptions, countOf, outputOptions, submitOptions, waitOptions } from './options.js';
import { idsOf, plain, runWord } from './show.js';
import { sparkOptions } from './spark-submit/flags.js';
import { livyPlace } from './spark-submit/paths.js';
import { redactRequest, specOf, translate } from './spark-submit/translate.js';
import { checkLockedFlags, checkStageFlags, type StageArgs, stagingOptions } from './staging-flags.js';

/** The flags of verbs that start a job. */
export const jobOptions = {
  ...submitOptions,
  ...stagingOptions,
  ...sparkOptions,
  ...outputOptions,
  ...connectionOptions,
} as const;

/** What verbs that start a job read from their flags, whatever else they have. */
export type JobArgs = Args<typeof submitOptions & typeof stagingOptions>;

/** The job as the line says it, and its files. Warns of what will not be as it was with spark-submit. @throws ConfigError */
async function readJob(args: JobArgs, context: Context, settings: Settings, signal: AbortSignal): Promise<JobFiles> {
  checkTryFlags(args);
  checkStageFlags(args);
  const { stage, locked } = args;
  if (locked !== undefined) {
    checkLockedFlags(args);
    const staging = await loadStaging(settings);
    const lock = await readLock(locked, context, staging);
    const spec = await readSpec(args, [lock.job.file, ...args.rest], context, settings);
    return lockedFiles(spec, lock, staging, context);
  }
  const spec = await readSpec(args, args.rest, context, settings);
  return stage === undefined ? inPlace(spec) : stagedFiles(spec, { ...args, stage }, context, settings, signal);
}

/** @throws ConfigError */
function checkTryFlags({ key, attempt, 'retry-of': retryOf }: JobArgs): void {
  const field = retryOf === undefined ? '--attempt' : '--retry-of';
  if (attempt === undefined && retryOf === undefined) return;
  if (key === undefined) throw new ConfigError(`${field} needs --key, the key of the run to try again`, { field });
  if (countOf(attempt, '--attempt') === 0) throw new ConfigError('--attempt counts from 1', { field });
}

/** @throws ConfigError */
export async function readSpec(
  args: StageArgs & { readonly 'allow-cluster-mode'?: boolean },
  words: readonly string[],
  { io, out, readFile }: Context,
  settings: Settings,
): Promise<JobSpec> {
  const translation = await translate(args.given, words, {
    cwd: io.cwd,
    env: io.env,
    livy: livyPlace(settings.url),
    exists: (path) => io.exists(path),
    stages: args.stage !== undefined,
    allowClusterMode: args['allow-cluster-mode'] ?? false,
    readFile,
  });
  const spec = specOf(translation);
  for (const word of ownFlagsBehind(words)) out.warn(`${word} stands behind the file, so it goes to the job`);
  for (const { item, detail, warn } of translation.verdicts) if (warn) out.warn(`${item}: ${detail}`);
  return spec;
}

/** Arguments of the job that are word for word flags of livywire's own: they may have been meant for it. */
function ownFlagsBehind([, ...args]: readonly string[]): string[] {
  // Not --output and --input: most jobs that take them mean their own.
  const { output: _output, input: _input, ...starting } = submitOptions;
  const own = { ...starting, ...stagingOptions, ...waitOptions, ...outputOptions, ...connectionOptions };
  return [...new Set(args)].filter((word) => word.startsWith('--') && Object.hasOwn(own, word.slice(2)));
}

/** Twelve characters of 32: no two runs of one ledger will share them by chance. */
function randomPart(): string {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz'; // no i, l, o, u: read aloud, they are mistaken
  return Array.from(randomBytes(12), (byte) => letters[byte % 32]).join('');
}

/** A key for a run that was given none: told from others at sight, and typed again when needed. */
function newKey(spec: JobSpec): string {
  const base = spec.name ?? posix.basename(spec.file.split(/[?#]/)[0] ?? '', posix.extname(spec.file));
  const word = base
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 40);
  return `${word === '' ? 'run' : word}-${randomPart()}`;
}

interface OpenedJob {
  readonly livywire: Livywire;
  readonly job: JobFiles;
  /** What is left of the whole time, in milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * What verbs that start a job do before: reads the line, finds out whether its key is another job's, and brings the
 * files to where the cluster can read them. A signal ends it, and nobody is asked about a job that there is not yet.
 */
export async function openJob(
  args: JobArgs,
  context: Context,
  settings: Settings,
  timeoutMs?: number,
): Promise<OpenedJob | { readonly code: number }> {
  const interrupts = interruptsFor(context, 'leave');
  const { signal } = interrupts;
  try {
    const job = await readJob(args, context, settings, signal);
    const begin = context.io.clock.now();
    const livywire = await context.connect(settings, forStart(args, signal, timeoutMs));
    if (args['dry-run']) return { code: await dryRun(livywire, job, args, context, signal) };
    // A cluster that was waited for has had its part of the time.
    const rest = timeoutMs !== undefined && { timeoutMs: Math.max(1, timeoutMs - (context.io.clock.now() - begin)) };
    if (job.ready) {
      await livywire.plan(job.spec, wantOf(job, args));
      await job.ready(signal);
    }
    return { livywire, job, ...rest };
  } catch (error) {
    if (signal.aborted) {
      context.out.warn('interrupted while the files of the job were made ready: no job was started');
      throw signal.reason;
    }
    throw error;
  } finally {
    interrupts.close();
  }
}

/** Prints the request that would be sent, and beside it what would be uploaded. */
async function dryRun(
  livywire: Livywire,
  job: JobFiles,
  args: JobArgs,
  { out }: Context,
  signal: AbortSignal,
): Promise<number> {
  const request = redactRequest(await livywire.plan(job.spec, wantOf(job, args)));
  const files = await job.show(signal);
  out.result(JSON.stringify(request, undefined, 2));
  for (const line of fileLines(files)) out.note(line);
  out.document({ v: 1, kind: 'request', request, ...(files.length > 0 && { files }) });
  return exitCodes.succeeded;
}

/** What a start wants with a cluster: it is waited for; and unless the key may have a run there already, Livy has to answer. */
const forStart = (args: Pick<JobArgs, 'key' | 'dry-run'>, signal: AbortSignal, timeoutMs?: number): ClusterWishes => ({
  starts: args['dry-run'] !== true,
  mustAnswer: args.key === undefined && args['dry-run'] !== true,
  signal,
  ...(timeoutMs !== undefined && { timeoutMs }),
});

/** What the flags say about the run itself. */
const wantOf = ({ codeSha256 }: JobFiles, args: JobArgs): SubmitOptions => ({
  ...(args.key !== undefined && { key: args.key }),
  ...(args['retry-of'] !== undefined && { retryOf: args['retry-of'] }),
  // A scheduler's retry is nobody's decision: what was lost may have succeeded.
  ...(args.attempt !== undefined && { attempt: Number(args.attempt), retryOf: args['retry-of'] ?? 'failed' }),
  ...(args.output !== undefined && { output: args.output }),
  ...(args.input.length > 0 && { inputs: args.input }),
  ...(codeSha256 !== undefined && { codeSha256 }),
});

/** `restMs`: what the submit left of the limit. `isLate`: nothing, and the job was not seen to start. */
export type Started =
  { readonly run: Run; readonly restMs?: number; readonly isLate?: boolean } | { readonly code: number };

/** The whole time, in milliseconds, of which the submit is a part, and what becomes of the job when it is over. */
export interface Limit {
  readonly timeoutMs?: number;
  readonly onTimeout: 'leave' | 'cancel';
}

/** The submit ends itself at its deadline and says why; only a request that is under way just then is not waited for. */
const LATE_MS = 1_000;
const LONGEST_SUBMIT_MS = 600_000;

/** Submits, and says what it was: a new run, or one that was there. A signal on the way is answered with what is known. */
export async function start(
  livywire: Livywire,
  job: JobFiles,
  args: JobArgs,
  context: Context,
  interrupts: Interrupts,
  { timeoutMs = Infinity, onTimeout }: Limit = { onTimeout: 'leave' },
): Promise<Started> {
  const { out, io } = context;
  const { spec } = job;
  const key = args.key ?? newKey(spec);
  const begin = io.clock.now();
  const restMs = () => Math.max(0, timeoutMs - (io.clock.now() - begin));
  const [late, done] = [new AbortController(), new AbortController()];
  if (timeoutMs < Infinity) {
    io.clock.sleep(timeoutMs + LATE_MS, done.signal).then(
      () => late.abort(new Error('a request was under way')),
      () => undefined,
    );
  }
  const options: SubmitOptions = {
    ...wantOf(job, args),
    key,
    signal: AbortSignal.any([interrupts.signal, late.signal]),
    deadlineMs: Math.min(timeoutMs, LONGEST_SUBMIT_MS),
    forceResend: args['force-resend'],
  };
  out.note(`submitting ${plain(key)}`);
  try {
    const run = await livywire.submit(spec, options);
    const what = run.how === 'adopted' ? 'found the run under this key, nothing was sent' : 'started';
    const attempt = run.ref.attempt > 1 ? [`attempt ${run.ref.attempt}`] : [];
    const end = run.how === 'adopted' && run.outcome ? [`it has ended: ${run.outcome.kind}`] : [];
    out.note([`${what}: ${plain(key)}`, ...attempt, ...idsOf(run.ref), ...end].join(', '));
    return { run, ...(timeoutMs < Infinity && { restMs: restMs() }) };
  } catch (error) {
    if (interrupts.signal.aborted) {
      return afterInterrupt(livywire, key, context, interrupts.signal.reason as Interrupted);
    }
    const isLate = late.signal.aborted || (restMs() === 0 && isLivywireError(error) && error.fault === 'service');
    const run = isLate ? await livywire.find(key).catch(() => undefined) : undefined;
    if (!run) throw error;
    if (onTimeout === 'cancel') return { run, restMs: 0, isLate };
    return afterTimeout(run, error, context);
  } finally {
    done.abort();
  }
}

/** The job was not seen to start in the time that it had altogether. */
function afterTimeout({ ref }: Run, error: unknown, { out }: Context): Started {
  // Of all that a submit may end with at its deadline, only these two leave open whether something was started.
  const isUnsent = isLivywireError(error) && error.code !== 'SUBMIT_UNKNOWN' && error.code !== 'SUBMIT_BUSY';
  const why = error instanceof Error ? error.message : String(error);
  out.warn(
    `stopped waiting at --timeout, ${isUnsent ? 'nothing was started' : 'it may be running'}: ${plain(ref.key)} (${why}); ` +
      `to go on, submit the same job with --key ${runWord(ref.key)}`,
  );
  out.document({ v: 1, kind: isUnsent ? 'unsent' : 'unknown', reason: 'timeout', ref });
  return { code: exitCodes.stillRunning };
}

/** The ledger holds the intent, so whoever comes back with the key finds out what became of it. */
async function afterInterrupt(livywire: Livywire, key: string, { out }: Context, why: Interrupted): Promise<Started> {
  const code = why.asked || why.signal === undefined ? exitCodes.stillRunning : codeOfSignal(why.signal);
  const run = await livywire.find(key).catch(() => undefined);
  out.document({ v: 1, kind: 'running', reason: 'signal', ...(run && { ref: run.ref }) });
  if (run && why.wish === 'cancel') return { run };
  out.warn(
    run
      ? `interrupted while submitting ${plain(key)}, which may be running; find out with: livywire attach ${runWord(key)}`
      : `interrupted before ${plain(key)} was submitted: nothing was sent`,
  );
  return { code };
}
