import {
  isLivywireError,
  type LivywireError,
  LedgerConflictError,
  type RunOutcome,
  type RunRef,
  WaitTimeoutError,
} from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { attemptIn } from './observer.js';
import type { CancelOptions } from './options.js';
import { withLast } from './records.js';
import { watch } from './watch.js';

const DEFAULT_TIMEOUT_MS = 180_000;
const WRITE_TRIES = 10;

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
    break;
  }
  await mark(deps, known, 'cancelAskedAt');
  const problem = (error: unknown): LivywireError => {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    logger.warn('a server did not take the cancel', { name: known.name, error: error.message });
    return error;
  };
  let asked = await backend.stop(known, signal && { signal }).catch(problem);
  if (asked !== 'asked' && registry) {
    const appId = known.appId ?? (await appIdByTag(deps, known, signal));
    if (appId !== undefined) asked = await registry.kill(appId, signal && { signal }).catch(problem);
  }
  if (asked === 'asked') await mark(deps, known, 'cancelTakenAt');
  else if (asked instanceof Error) throw asked;

  let outcome: RunOutcome | undefined;
  const left = Math.max(0, timeoutMs - (clock.now() - start));
  for await (const sight of watch(deps, known, { timeoutMs: left, maxDelayMs: 2_000, ...(signal && { signal }) })) {
    if (sight.kind === 'outcome') outcome = sight.outcome;
  }
  if (!outcome) throw new WaitTimeoutError(known, timeoutMs);
  return outcome;
}

async function appIdByTag({ registry }: EngineDeps, ref: RunRef, signal?: AbortSignal): Promise<string | undefined> {
  const search = await registry?.byTag(ref.name, signal && { signal });
  return search?.kind === 'found' ? search.apps[0]?.appId : undefined;
}

/** `cancelAskedAt` is written before anything is sent, so that whoever sees the end knows whose it was. */
async function mark(
  { ledger, clock, logger }: EngineDeps,
  ref: RunRef,
  field: 'cancelAskedAt' | 'cancelTakenAt',
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  for (let i = 0; i < WRITE_TRIES; i++) {
    const entry = await ledger.get(ref.key);
    if (!entry || !attemptIn(entry.record.attempts.slice(-1), ref)) return; // started elsewhere
    try {
      await ledger.update(withLast(entry.record, { [field]: at }, at), entry.version);
      return;
    } catch (error) {
      if (!(error instanceof LedgerConflictError)) throw error;
    }
  }
  logger.warn('the cancel could not be written to the ledger', { key: ref.key });
}
