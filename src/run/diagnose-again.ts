import { type Diagnosis, isFinal, type LogStream, type RunRef, type RunStatus } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { factsOf } from './facts.js';
import { attemptIn } from './records.js';

const isKnown = ({ code }: Diagnosis): boolean => code !== 'UNKNOWN';
/** Where a driver writes, in a container or at Livy. */
const OF_LOG: ReadonlySet<string> = new Set(['stdout', 'stderr'] satisfies LogStream[]);

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
  const facts = await factsOf(deps, ref, { status: read, app }, signal);
  const diagnosis = await diagnose(facts);
  const entry = await ledger.get(ref.key).catch(() => undefined);
  const kept = entry && attemptIn(entry.record.attempts, ref)?.outcome;
  if (kept?.kind !== 'failed') return { status, diagnosis };
  const before = kept.diagnosis;
  // Servers forget a log before they forget how the run ended.
  const isLogGone = facts.lines.every(({ source }) => !OF_LOG.has(source));
  const isPoorer = isKnown(diagnosis) === isKnown(before) ? isLogGone : isKnown(before);
  return { status, diagnosis: isPoorer ? before : diagnosis };
}
