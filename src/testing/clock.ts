import process from 'node:process';
import type { Clock } from '../core/index.js';

/** A clock for tests: sleeping takes no real time. */
export interface TestClock extends Clock {
  /** Moves the time forward by hand and wakes whoever was due. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

// Turns of the event loop without a new sleeper after which everybody counts as asleep.
const QUIET_TURNS = 5;

/**
 * Time that jumps to the next sleeper as soon as everybody sleeps, so a wait of a day takes milliseconds.
 * With `auto: false` it only moves by `advance`.
 * @example
 * const clock = testClock({ start: new Date('2026-11-01T00:00:00Z') });
 */
export function testClock({
  start = new Date('2026-01-01T00:00:00Z'),
  auto = true,
}: { readonly start?: Date; readonly auto?: boolean } = {}): TestClock {
  let now = start.getTime();
  let sleepers: Sleeper[] = [];
  let changes = 0;
  let watching = false;

  /** Whoever is due at one time wakes in one turn, as with the machine's timers. */
  const fireNext = (): void => {
    if (sleepers.length === 0) return;
    now = Math.max(
      now,
      sleepers.reduce((at, s) => Math.min(at, s.at), Infinity),
    );
    const due = sleepers.filter((s) => s.at <= now);
    sleepers = sleepers.filter((s) => s.at > now);
    for (const sleeper of due) sleeper.wake();
  };
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  // Somebody who waits for a file is not asleep.
  const isFileBusy = () =>
    process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq') || resource === 'CloseReq');
  const watch = async (): Promise<void> => {
    watching = true;
    while (sleepers.length > 0) {
      for (let quiet = 0, seen = changes; quiet < QUIET_TURNS;) {
        await turn();
        quiet = seen === changes && !isFileBusy() ? quiet + 1 : 0;
        seen = changes;
      }
      fireNext();
    }
    watching = false;
  };

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        changes++;
        const sleeper: Sleeper = {
          at: now + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', abort);
            changes++;
            resolve();
          },
        };
        const abort = () => {
          sleepers = sleepers.filter((s) => s !== sleeper);
          changes++;
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', abort, { once: true });
        sleepers.push(sleeper);
        if (auto && !watching) void watch();
      }),
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        for (let i = 0; i < QUIET_TURNS; i++) await turn();
        if (!sleepers.some((s) => s.at <= until)) break;
        fireNext();
      }
      now = until;
      for (let i = 0; i < QUIET_TURNS; i++) await turn();
    },
  };
}
