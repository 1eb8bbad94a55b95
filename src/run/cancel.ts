import {
  BadAnswerError,
  isFinal,
  isLivywireError,
  type LivywireError,
  type RunOutcome,
  type RunRef,
  UnreachableError,
  WaitTimeoutError,
} from '../core/index.js';
import { amend } from './amend.js';
import { firstOf } from './app-status.js';
import type { EngineDeps } from './deps.js';
import { endUnsent } from './end-unsent.js';
import { attemptNamePattern } from './names.js';
import type { OwnCancel } from './observer.js';
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
  let isSilent = false;

  // What has ended is not touched: its batch id may be another job's by now.
  for await (const sight of watch(deps, ref, { timeoutMs, ...(signal && { signal }) })) {
    if (sight.kind === 'outcome') return sight.outcome;
    if (sight.kind === 'status') known = sight.ref;
    isSilent = sight.kind === 'silent';
    // After a final reading comes its outcome; what is over and unclear needs no stopping either.
    if (sight.kind !== 'status' || (!isFinal(sight.status) && sight.status.unclear === undefined)) break;
  }
  // No server has it: of one that is still to be sent nothing ever will be.
  const unsent = isSilent ? await endUnsent(deps, known) : undefined;
  if (unsent) return unsent;
  const now = () => new Date(clock.now()).toISOString();
  const ours: OwnCancel = { askedAt: now() };
  // Before anything is sent, so that whoever sees the end knows whose it was.
  const before = await amend(deps, known, {});
  await amend(deps, known, { cancelAskedAt: ours.askedAt });

  const problems: LivywireError[] = [];
  const problem = (error: unknown): LivywireError => {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    logger.warn('a server did not take the cancel', { name: known.name, error: error.message });
    problems.push(error);
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
  const stop = async (ref: RunRef): Promise<'asked' | 'no-record' | LivywireError> => {
    let asked = await backend.stop(ref, signal && { signal }).catch(problem);
    if (asked !== 'asked' && registry) {
      const killed = await kill(ref);
      if (killed === 'asked' || asked === 'no-record') asked = killed;
    }
    if (asked === 'asked') {
      ours.takenAt = now();
      await amend(deps, ref, { cancelTakenAt: ours.takenAt });
    }
    return asked;
  };
  /** Nobody took it: what ends the run later is not our doing. */
  const withdraw = async () => {
    if (ours.takenAt === undefined && !problems.some(mayHaveBeenTaken))
      await amend(deps, known, { cancelAskedAt: before?.cancelAskedAt });
  };
  const asked = await stop(known);
  if (asked instanceof Error) {
    await withdraw();
    throw asked;
  }

  const askedAt = clock.now();
  let isKillTried = false;
  const left = Math.max(0, timeoutMs - (askedAt - start));
  const waiting = { timeoutMs: left, maxDelayMs: 2_000, ...(signal && { signal }) };
  try {
    for await (const sight of watch(deps, known, waiting, ours)) {
      if (sight.kind === 'outcome') return sight.outcome;
      // A request that was under way came back, and started nothing.
      const held = sight.kind === 'silent' && ours.takenAt === undefined ? await endUnsent(deps, known) : undefined;
      if (held) return held;
      if (sight.kind !== 'status' || isFinal(sight.status)) continue;
      // Nobody had it, and now it is there: we came while it was being submitted.
      if (ours.takenAt === undefined) {
        await stop(sight.ref);
        continue;
      }
      // Livy took it, and the application goes on: its spark-submit had handed it to YARN already.
      const isLate = sight.status.source === 'yarn' && clock.now() - askedAt >= LIVY_KILLS_WITHIN_MS;
      if (registry && isLate && !isKillTried) {
        isKillTried = true;
        await kill(sight.ref);
      }
    }
  } catch (error) {
    await withdraw();
    throw error;
  }
  throw new WaitTimeoutError(known, timeoutMs);
}

/** Whether a server may have acted on the request though its answer is none. */
const mayHaveBeenTaken = (error: LivywireError): boolean =>
  error instanceof UnreachableError ? error.reached !== 'no' : error.retryable || error instanceof BadAnswerError;

/** By its tag, which proves whose it is: only livywire's own names are tags of livywire's. */
async function appIdByTag({ registry }: EngineDeps, ref: RunRef, signal?: AbortSignal): Promise<string | undefined> {
  if (!attemptNamePattern.test(ref.name)) return undefined;
  const search = await registry?.byTag(ref.name, signal && { signal });
  return search?.kind === 'found' ? firstOf(search.apps)?.appId : undefined;
}
