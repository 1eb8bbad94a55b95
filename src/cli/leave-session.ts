import type { LiveSession } from '../app/index.js';
import { orAborted } from '../core/index.js';
import type { Context } from './define.js';

/** How long a signal waits for a server: nobody's shutdown is held up. */
export const LEAVE_WITHIN_MS = 4_000;

/** Leaves a session as its `close` says, in a hurry once the signal has come, and says so where it may be open still. */
export async function leaveSession(
  session: LiveSession | undefined,
  { out, io }: Pick<Context, 'out' | 'io'>,
  signal: AbortSignal,
): Promise<void> {
  if (!session) return;
  const over = new AbortController();
  const late = new AbortController();
  const hurry = (): void =>
    void io.clock.sleep(LEAVE_WITHIN_MS, over.signal).then(
      () => late.abort(new Error('its end takes long')),
      () => undefined,
    );
  if (signal.aborted) hurry();
  else signal.addEventListener('abort', hurry, { once: true, signal: over.signal });
  try {
    await orAborted(session.leave(), late.signal);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    out.warn(`session ${session.name} may be open still (${why}): Livy ends it 10 minutes after our last word`);
  } finally {
    over.abort();
  }
}
