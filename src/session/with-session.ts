import { ConfigError } from '../core/index.js';
import { LivyClient } from '../livy/index.js';
import { LiveSession } from './live-session.js';
import { openSeat } from './open-seat.js';
import type { SessionOptions } from './options.js';

/** A client, or what `createLivywire` gives for a Livy. */
export type LivyOrLivywire = LivyClient | { readonly livys?: readonly LivyClient[] };

/** @throws ConfigError */
function livysOf(from: LivyOrLivywire): readonly LivyClient[] {
  const livys = from instanceof LivyClient ? [from] : (from.livys ?? []);
  if (livys.length > 0) return livys;
  throw new ConfigError(
    'Sessions need a Livy: what takes the jobs here (EMR steps, EMR Serverless job runs) has none',
    {
      field: 'livys',
    },
  );
}

/**
 * Opens a session: the one of that name, else a new one. Returns when it takes statements. `leave()` it in the end.
 * @throws SessionDeadError with a diagnosis, SessionConflictError, SessionUnknownError, ConfigError, and what the client throws
 */
export async function openSession(livy: LivyOrLivywire, options: SessionOptions = {}): Promise<LiveSession> {
  return new LiveSession(await openSeat(livysOf(livy), options), options);
}

/**
 * Opens a session, hands it to `use`, and leaves it as `close` says, whatever becomes of `use`.
 * @example
 * ```ts
 * const total = await withSession(livy, { name: 'etl' }, async (s) => (await s.sql('select count(*) n from sales')).rows[0]?.n);
 * ```
 */
export async function withSession<T>(
  livy: LivyOrLivywire,
  options: SessionOptions,
  use: (session: LiveSession) => Promise<T>,
): Promise<T> {
  const session = await openSession(livy, options);
  let answer: T;
  try {
    answer = await use(session);
  } catch (error) {
    // The reason comes before a close that failed too.
    await session.leave().catch(() => undefined);
    throw error;
  }
  await session.leave();
  return answer;
}
