import { type AppReport, isFinal, type RunRef } from '../core/index.js';
import { answerOf } from './answer-of.js';
import type { EngineDeps } from './deps.js';

/** How long a killed application is watched until YARN has it as ended. */
const END_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

export interface StraysOptions {
  /** More than one request was sent: that nobody can say whether a second one came through has to be told. */
  readonly isLikely: boolean;
  /** Pass over what has ended: at the end of the run it is told. @defaultValue `false` */
  readonly onlyLive?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks for applications that carry an attempt's tag beside the one that the ledger knows, and stops them: a request
 * that was given up as lost came through after all, or a proxy sent one on twice. Resolves with what to say, a line for each.
 */
export async function stopStrays(
  deps: EngineDeps,
  ref: RunRef,
  { isLikely, onlyLive = false, signal }: StraysOptions,
): Promise<string[]> {
  const { registry, logger } = deps;
  if (!registry || ref.appId === undefined) return [];
  const said: string[] = [];
  const search = await answerOf(yarnOf(deps, signal), (options) => registry.byTag(ref.name, options));
  if (typeof search === 'string') {
    if (isLikely) said.push(`whether a second application ran under this name is not known: ${search}`);
    else logger.debug('YARN could not be asked for a second application', { name: ref.name, error: search });
  } else if (search.kind === 'found') {
    for (const app of search.apps) {
      if (app.appId === ref.appId || (onlyLive && isOver(app))) continue;
      said.push(`a second application, ${app.appId}, ran under this name; ${await stopped(deps, app, signal)}`);
    }
  }
  for (const line of said) logger.warn(line, { name: ref.name });
  return said;
}

const yarnOf = ({ clock }: EngineDeps, signal: AbortSignal | undefined) => ({ clock, who: 'YARN', signal });

const isOver = (report: AppReport): boolean => isFinal(report) || report.unclear !== undefined;

/** What became of it. Only what YARN has as ended is said to have ended. */
async function stopped(deps: EngineDeps, app: AppReport, signal?: AbortSignal): Promise<string> {
  const { registry, clock } = deps;
  if (!registry || isOver(app)) return `it ended as ${app.raw}`;
  const yarn = yarnOf(deps, signal);
  const asked = await answerOf(yarn, (options) => registry.kill(app.appId, options));
  if (asked !== 'asked' && asked !== 'no-record') return `it runs on, and could not be killed: ${asked}`;
  for (const until = clock.now() + END_WITHIN_MS; ; await clock.sleep(LOOK_EVERY_MS, signal)) {
    const now = await answerOf(yarn, (options) => registry.byId(app.appId, options));
    if (now === undefined) return 'YARN has no record of it any more';
    if (typeof now !== 'string' && isOver(now))
      return now.raw === 'KILLED' ? 'it was killed' : `it ended as ${now.raw}`;
    if (clock.now() >= until) return 'YARN was told to kill it, and has not been seen to have done so: it may run on';
  }
}
