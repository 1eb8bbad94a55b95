import { type Clock, ConfigError, isLivywireError, plainLine, UnreachableError } from '../../core/index.js';
import { type EmrCluster, hasEnded, isLeaving, isStarting } from './cluster.js';
import { ageWords, inWords } from './describe-age.js';
import type { EmrApi, EmrCallOptions } from './emr-api.js';

/** EMR answers one DescribeCluster each second, for the whole account. */
const PAUSE_MS = 15_000;
const SAY_EACH_MS = 60_000;

export interface AwaitOptions extends EmrCallOptions {
  readonly api: EmrApi;
  readonly clock: Clock;
  /** Longest wait, in milliseconds. */
  readonly withinMs: number;
  readonly onProgress: (text: string) => void;
}

/**
 * Waits until a cluster that is starting takes jobs.
 * @throws UnreachableError at the limit, ConfigError where it ended instead
 */
export async function awaitStart(cluster: EmrCluster, options: AwaitOptions): Promise<EmrCluster> {
  const { api, clock, withinMs, onProgress, signal } = options;
  const begin = clock.now();
  let saidAt = -Infinity;
  let said = '';
  for (let now = cluster; ; now = await look(api, now, { signal })) {
    if (isLeaving(now) || hasEnded(now)) throw new ConfigError(endedWords(now, clock), { field: '--cluster' });
    if (!isStarting(now)) {
      if (now !== cluster) onProgress(plainLine(`${inWords(now, clock)} is ready`));
      return now;
    }
    const waited = clock.now() - begin;
    const left = withinMs - waited;
    if (left <= 0) {
      const text = `${inWords(now, clock)} is still starting after ${ageWords(waited)}; nothing was submitted; try again, or give it a longer --timeout`;
      throw new UnreachableError(plainLine(text), 'no');
    }
    if (said !== now.state || clock.now() - saidAt >= SAY_EACH_MS) {
      onProgress(plainLine(`waiting for ${inWords(now, clock)}, at most ${ageWords(left)} more`));
      [said, saidAt] = [now.state, clock.now()];
    }
    await clock.sleep(Math.min(PAUSE_MS, left), signal);
  }
}

/** A passing trouble of EMR's (it throttles a whole account) ends no wait of half an hour: then the state is the last one. */
async function look(api: EmrApi, last: EmrCluster, { signal }: EmrCallOptions): Promise<EmrCluster> {
  try {
    return await api.describe(last.id, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (isLivywireError(error) && error.retryable) return last;
    throw error;
  }
}

/** `nightly (j-…, TERMINATED, 3 h old) has ended (STEP_FAILURE: …) and takes no more jobs …` */
export function endedWords(cluster: EmrCluster, clock: Clock): string {
  const why = cluster.reason === undefined ? '' : ` (${cluster.reason})`;
  const what = isLeaving(cluster) ? 'is terminating' : 'has ended';
  return plainLine(`${inWords(cluster, clock)} ${what}${why} and takes no more jobs; start another, or name another`);
}
