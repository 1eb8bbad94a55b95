import type { ExecutionContext } from 'ava';
import { LivyClient } from '../../src/livy/index.js';
import type { SessionOptions } from '../../src/session/index.js';
import { fastClock } from '../helpers/fast-clock.js';
import { type SessionLivy, sessionLivy, type SessionLivyOptions } from '../helpers/session-livy.js';

/** A stand-in of this test's own, a client of it, and options that make its waiting short. */
export async function setUp(
  t: ExecutionContext,
  options: SessionLivyOptions = {},
): Promise<{
  readonly stand: SessionLivy;
  readonly livy: LivyClient;
  readonly notes: readonly string[];
  readonly options: SessionOptions;
}> {
  const stand = await sessionLivy(t, options);
  const livy = new LivyClient({ url: stand.url });
  t.teardown(() => livy.close());
  const notes: string[] = [];
  return { stand, livy, notes, options: { clock: fastClock(), keepAliveMs: 0, onNote: (text) => notes.push(text) } };
}
