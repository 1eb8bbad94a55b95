import type { LiveSession } from '../app/index.js';
import type { Context } from './define.js';

/** How long a signal waits for a server: nobody's shutdown is held up. */
export const LEAVE_WITHIN_MS = 4_000;

/** Leaves a session as its `close` says, and says so where it may be open still. */
export async function leaveSession(
  session: LiveSession | undefined,
  { out, io }: Pick<Context, 'out' | 'io'>,
  isHurried: boolean,
): Promise<void> {
  if (!session) return;
  if (!session.closes) return void (await session.leave());
  const late = new AbortController();
  const slow = isHurried
    ? io.clock.sleep(LEAVE_WITHIN_MS, late.signal).then(
        () => 'late' as const,
        () => 'late' as const,
      )
    : new Promise<never>(() => undefined);
  const left = session.leave().then(
    () => 'left' as const,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const how = await Promise.race([left, slow]);
  late.abort();
  if (how !== 'left') {
    out.warn(
      `session ${session.name} may be open still (${how === 'late' ? 'its end takes long' : how}): Livy ends it 10 minutes after our last word`,
    );
  }
}
