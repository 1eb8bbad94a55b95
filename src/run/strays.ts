import { type AppReport, type CallOptions, isFinal, isLivywireError, type RunRef } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { within } from './within.js';

/** Who waits for an outcome is not kept waiting for the rest of them. */
const ASK_WITHIN_MS = 10_000;
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
  const search = await answerOf(deps, (options) => registry.byTag(ref.name, options), signal);
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

const isOver = (report: AppReport): boolean => isFinal(report) || report.unclear !== undefined;

/** What became of it. Only what YARN has as ended is said to have ended. */
async function stopped(deps: EngineDeps, app: AppReport, signal?: AbortSignal): Promise<string> {
  const { registry, clock } = deps;
  if (!registry || isOver(app)) return `it ended as ${app.raw}`;
  const asked = await answerOf(deps, (options) => registry.kill(app.appId, options), signal);
  if (asked !== 'asked' && asked !== 'no-record') return `it runs on, and could not be killed: ${asked}`;
  for (const until = clock.now() + END_WITHIN_MS; ; await clock.sleep(LOOK_EVERY_MS, signal)) {
    const now = await answerOf(deps, (options) => registry.byId(app.appId, options), signal);
    if (now === undefined) return 'YARN has no record of it any more';
    if (typeof now !== 'string' && isOver(now))
      return now.raw === 'KILLED' ? 'it was killed' : `it ended as ${now.raw}`;
    if (clock.now() >= until) return 'YARN was told to kill it, and has not been seen to have done so: it may run on';
  }
}

/** A service's failure is its message, and so is that it took too long, repeated requests included; the caller's abort is not. */
async function answerOf<T>(
  { clock }: EngineDeps,
  ask: (options: CallOptions) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | string> {
  const late = new AbortController();
  const either = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  const asked = ask({ signal: either, timeoutMs: ASK_WITHIN_MS }).then((answer) => ({ answer }));
  try {
    const told = await within(clock, ASK_WITHIN_MS, asked, signal);
    return told ? told.answer : `YARN did not answer within ${ASK_WITHIN_MS / 1_000} s`;
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    return error.message;
  } finally {
    late.abort();
  }
}
