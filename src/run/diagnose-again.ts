import { type Diagnosis, isFinal, type RunRef, type RunStatus } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { factsOf } from './facts.js';
import { attemptIn } from './records.js';

/** A run looked at again. */
export interface Examined {
  readonly status: RunStatus;
  /** Absent where there is nothing to explain: it goes on, it succeeded, or nobody knows how it ended. */
  readonly diagnosis?: Diagnosis;
}

/** Reads YARN's report and the log again. Where neither has more to tell than once before, what the ledger kept counts. */
export async function diagnoseAgain(
  deps: EngineDeps,
  ref: RunRef,
  status: RunStatus,
  signal?: AbortSignal,
): Promise<Examined> {
  if (!isFinal(status) || status.state === 'succeeded') return { status };
  const { registry, ledger, diagnose } = deps;
  const options = signal ? { signal } : {};
  const asked = ref.appId === undefined ? undefined : registry?.byId(ref.appId, options);
  const app = await asked?.catch(() => undefined);
  signal?.throwIfAborted();
  // The ledger's words about it are a diagnosis already, not a server's.
  const { message, ...said } = status;
  const read = { ...said, ...(message !== undefined && status.source !== 'ledger' && { message }) };
  const diagnosis = await diagnose(await factsOf(deps, ref, { status: read, app }, signal));
  const entry = await ledger.get(ref.key).catch(() => undefined);
  const kept = entry && attemptIn(entry.record.attempts, ref)?.outcome;
  const isPoorer = diagnosis.code === 'UNKNOWN' && kept?.kind === 'failed';
  return { status, diagnosis: isPoorer ? kept.diagnosis : diagnosis };
}
