import { HttpStatusError, type Clock } from '../core/index.js';
import { readSeat, type Seat } from './seat.js';

/**
 * Says from time to time that somebody is there. Livy's `session.timeout` (an hour) counts from the last statement, cancel,
 * completion or connect, in a busy session too; readings do not count. The heartbeat counts every request about the session.
 * @returns what ends it
 */
export function keepAlive(seat: Seat, everyMs: number, clock: Clock): () => void {
  const over = new AbortController();
  const { signal } = over;
  const run = async (): Promise<void> => {
    for (let canConnect = true; ;) {
      await clock.sleep(everyMs, signal);
      try {
        if (canConnect) await seat.livy.sessions.touch(seat.key, { signal });
        else await readSeat(seat, { signal });
      } catch (error) {
        // Not every server has it (EMR Serverless names no such call); then a reading is a heartbeat at least.
        if (error instanceof HttpStatusError && error.status < 500) canConnect = false;
      }
    }
  };
  if (everyMs > 0) run().catch(() => undefined); // it ends by its signal only
  return () => over.abort();
}
