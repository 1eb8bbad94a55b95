import {
  isFinal,
  isLivywireError,
  type LivywireError,
  type RunOutcome,
  type RunRef,
  WaitTimeoutError,
} from '../core/index.js';
import { amend } from './amend.js';
import { firstOf } from './app-status.js';
import type { EngineDeps } from './deps.js';
import type { CancelOptions } from './options.js';
import { watch } from './watch.js';

const DEFAULT_TIMEOUT_MS = 180_000;
/** A Livy that took a DELETE has killed the application by then, if it could. */
const LIVY_KILLS_WITHIN_MS = 15_000;

/**
 * Stops an attempt and proves it: asks the backend, then YARN where Livy cannot or does not know, and waits
 * until a server says that it is over. Resolves with the outcome, whichever it was.
 * @throws WaitTimeoutError when no server would say so in time
 */
export async function cancel(deps: EngineDeps, ref: RunRef, options: CancelOptions = {}): Promise<RunOutcome> {
  const { backend, registry, clock, logger } = deps;
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const start = clock.now();
  let known = ref;

  // What has ended is not touched: its batch id may be another job's by now.
  for await (const sight of watch(deps, ref, { timeoutMs: 0, ...(signal && { signal }) })) {
    if (sight.kind === 'outcome') return sight.outcome;
    if (sight.kind === 'status') known = sight.ref;
    if (sight.kind !== 'status' || !isFinal(sight.status)) break; // after a final reading comes its outcome
  }
  const now = () => new Date(clock.now()).toISOString();
  // Before anything is sent, so that whoever sees the end knows whose it was.
  await amend(deps, known, { cancelAskedAt: now() });
  const problem = (error: unknown): LivywireError => {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    logger.warn('a server did not take the cancel', { name: known.name, error: error.message });
    return error;
  };
  const kill = async (ref: RunRef): Promise<'asked' | 'no-record' | LivywireError> => {
    try {
      const appId = ref.appId ?? (await appIdByTag(deps, ref, signal));
      return appId === undefined ? 'no-record' : await registry!.kill(appId, signal && { signal });
    } catch (error) {
      return problem(error);
    }
  };
  let asked = await backend.stop(known, signal && { signal }).catch(problem);
  if (asked !== 'asked' && registry) {
    const killed = await kill(known);
    if (killed === 'asked' || asked === 'no-record') asked = killed;
  }
  if (asked === 'asked') await amend(deps, known, { cancelTakenAt: now() });
  else if (asked instanceof Error) throw asked;

  const askedAt = clock.now();
  let isKillTried = false;
  const left = Math.max(0, timeoutMs - (askedAt - start));
  for await (const sight of watch(deps, known, { timeoutMs: left, maxDelayMs: 2_000, ...(signal && { signal }) })) {
    if (sight.kind === 'outcome') return sight.outcome;
    // Livy took it, and the application goes on: its spark-submit had handed it to YARN already.
    const goesOn = sight.kind === 'status' && !isFinal(sight.status) && sight.status.source === 'yarn';
    if (registry && goesOn && !isKillTried && clock.now() - askedAt >= LIVY_KILLS_WITHIN_MS) {
      isKillTried = true;
      await kill(sight.ref);
    }
  }
  throw new WaitTimeoutError(known, timeoutMs);
}

async function appIdByTag({ registry }: EngineDeps, ref: RunRef, signal?: AbortSignal): Promise<string | undefined> {
  const search = await registry?.byTag(ref.name, signal && { signal });
  return search?.kind === 'found' ? firstOf(search.apps)?.appId : undefined;
}
