import { type CallOptions, type Clock, isLivywireError } from '../core/index.js';
import { within } from './within.js';

/** Who waits for an outcome is not kept waiting for the rest of them. */
const ASK_WITHIN_MS = 10_000;

/** A service's failure is its message, and so is that it took too long, repeated requests included; the caller's abort is not. */
export async function answerOf<T>(
  { clock, who, signal }: { readonly clock: Clock; readonly who: string; readonly signal: AbortSignal | undefined },
  ask: (options: CallOptions) => Promise<T>,
): Promise<T | string> {
  const late = new AbortController();
  const either = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  const asked = ask({ signal: either, timeoutMs: ASK_WITHIN_MS }).then((answer) => ({ answer }));
  try {
    const told = await within(clock, ASK_WITHIN_MS, asked, signal);
    return told ? told.answer : `${who} did not answer within ${ASK_WITHIN_MS / 1_000} s`;
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    return error.message;
  } finally {
    late.abort();
  }
}
