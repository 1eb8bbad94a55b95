import { type CallOptions, type Clock, isLivywireError, type RunProgress } from '../core/index.js';
import { SparkApi, type SparkStage } from './spark-api.js';
import { endedStage, executorBytes, isWorker } from './spark-monitor.js';
import { JobTally, progressCounts } from './spark-tally.js';
import type { Http } from '../http/index.js';

/** The History Server looks for new event logs every 10 s by default. */
const BETWEEN_MS = 1_000;
/** About 3 kB each in one answer. */
const MOST_STAGES = 2_000;

/** A run's counts after its end, and its stages. */
export interface FinalCount {
  readonly progress: RunProgress;
  readonly stages: readonly SparkStage[];
}

/**
 * What the History Server counted for the last attempt of an application: `undefined` where it has not read the log's end in
 * time, does not answer, or has itself forgotten jobs (it keeps 1,000 of them).
 * Rejects with `signal.reason` only.
 */
export async function finalCount(
  { http, clock, appId }: { readonly http: Http; readonly clock: Clock; readonly appId: string },
  { withinMs, ...options }: CallOptions & { readonly withinMs: number },
): Promise<FinalCount | undefined> {
  const api = new SparkApi({ http, base: '', who: 'The History Server' });
  const until = clock.now() + withinMs;
  for (let i = 0; i === 0 || clock.now() + BETWEEN_MS <= until; i++) {
    if (i > 0) await clock.sleep(BETWEEN_MS, options.signal);
    const last = await api
      .application(appId, options)
      .then(({ attempts }) => attempts[0])
      .catch(noneOf(options.signal));
    if (!last?.completed) continue;
    const app = last.attemptId === undefined ? appId : `${appId}/${encodeURIComponent(last.attemptId)}`;
    return read(api, app, options).catch(noneOf(options.signal));
  }
  return undefined;
}

async function read(api: SparkApi, app: string, options: CallOptions): Promise<FinalCount | undefined> {
  const jobs = await api.jobs(app, options);
  const tally = new JobTally();
  tally.take(jobs);
  if (!tally.isWhole) return undefined;
  const counts = tally.counts([]);
  const areListed = counts.stages.total <= MOST_STAGES;
  const [stages, executors] = await Promise.all([
    areListed ? api.stages(app, options) : [],
    api.executors(app, options),
  ]);
  const sum = (of: (stage: SparkStage) => number) => stages.reduce((all, stage) => all + of(stage), 0);
  const progress: RunProgress = {
    ...progressCounts(counts),
    executors: executors.filter(isWorker).length,
    active: [],
    bytes: {
      ...executorBytes(executors),
      ...(areListed && { output: sum((one) => one.outputBytes), spilled: sum((one) => one.diskBytesSpilled) }),
    },
    source: 'history-server',
    complete: true,
  };
  return { progress, stages };
}

/** The stages that are over, as a progress event tells them, oldest first. */
export const endedStages = (stages: readonly SparkStage[]): NonNullable<RunProgress['ended']> =>
  stages.flatMap((stage) => endedStage(stage) ?? []).sort((a, b) => a.id - b.id || (a.attempt ?? 0) - (b.attempt ?? 0));

const noneOf =
  (signal: AbortSignal | undefined) =>
  (error: unknown): undefined => {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
  };
