import { type Clock, orAborted } from '../core/index.js';

/** A ledger that hangs keeps nobody from the servers for longer. */
export const LEDGER_WITHIN_MS = 10_000;

/** Resolves with the answer, or with `undefined` once `ms` are over; the request itself goes on. */
export async function within<T>(
  clock: Clock,
  ms: number,
  request: Promise<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await orAborted(Promise.race([request, late]), signal);
  } finally {
    done.abort();
  }
}
