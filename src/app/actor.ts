import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Actor, isLivywireError, isS3Url, type Logger, redactText, VERSION } from '../core/index.js';
import { type AwsPart, awsSettings, type LazyAws, lazyAws } from './aws.js';
import { ciRun } from './ci-run.js';
import type { Settings } from './settings.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Asking who we are is no reason to keep a job waiting. */
const ASK_MS = 5_000;

export interface ActorQuestion {
  readonly env: Env;
  /** Where the command was called; nothing is looked up in a repository unless it is given. */
  readonly cwd?: string | undefined;
  /** Given where AWS is in use anyway: then its word counts. */
  readonly aws?: LazyAws | undefined;
  readonly logger?: Logger | undefined;
}

/** Who acts, from where and with what. Never fails: what cannot be found out is left out. */
export async function findActor({ env, cwd, aws, logger }: ActorQuestion): Promise<Actor> {
  const [arn, git] = await Promise.all([aws && arnOf(aws, logger), cwd === undefined ? undefined : gitState(cwd, env)]);
  const ci = ciRun(env);
  return {
    ...(arn === undefined ? { who: osUser(env), proof: 'claimed' } : { who: arn, proof: 'sts' }),
    host: hostname(),
    livywire: VERSION,
    ...(git && { git }),
    ...(ci && { ci: { ...ci, ...(ci.url !== undefined && { url: redactText(ci.url) }) } }),
  };
}

/** The names that runs of ours may bear in the ledger that the settings name: `ls --by me` means any. */
export async function ourNames(settings: Pick<Settings, 'ledger'> & AwsPart, env: Env): Promise<readonly string[]> {
  const arn = isS3Url(settings.ledger) ? await arnOf(lazyAws(awsSettings(settings)), undefined) : undefined;
  return [osUser(env), ...(arn === undefined ? [] : [arn])];
}

/** The user of the operating system, who need not have a name in a container. */
function osUser(env: Env): string {
  try {
    return userInfo().username;
  } catch {
    return env.USER ?? 'unknown';
  }
}

async function arnOf(aws: LazyAws, logger: Logger | undefined): Promise<string | undefined> {
  try {
    const { room, clients } = await aws();
    return await room.callerArn(clients, { signal: AbortSignal.timeout(ASK_MS) });
  } catch (error) {
    const why = isLivywireError(error) ? error.message : 'no answer';
    logger?.debug(`runs are kept under the name of this machine's user: ${why}`);
    return undefined;
  }
}

const run = promisify(execFile);

/** `undefined` outside a repository, and without git. */
async function gitState(cwd: string, env: Env): Promise<Actor['git']> {
  if (env.GIT_DIR === undefined && !isInRepository(cwd)) return undefined; // a process costs 10 ms
  // From git 2.11 on.
  const asked = ['--no-optional-locks', 'status', '--porcelain=v2', '--branch', '--untracked-files=no'];
  try {
    const { stdout } = await run('git', ['-C', cwd, ...asked], { timeout: 2_000, maxBuffer: 8 << 20 });
    const lines = stdout.split('\n').filter((line) => line !== '');
    const commit = lines
      .map((line) => /^# branch\.oid ([0-9a-f]{40,})$/.exec(line)?.[1])
      .find((one) => one !== undefined);
    return commit === undefined ? undefined : { commit, dirty: lines.some((line) => !line.startsWith('#')) };
  } catch {
    return undefined;
  }
}

function isInRepository(cwd: string): boolean {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return true;
    if (folder === dirname(folder)) return false;
  }
}
