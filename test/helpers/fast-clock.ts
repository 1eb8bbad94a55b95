import type { Clock } from '../../src/core/index.js';

/** A clock that runs so much faster than the machine's, for tests over real sockets, whose answers no clock can wait for. */
export function fastClock(times = 200): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * times,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error);
        const abort = () => {
          clearTimeout(timer);
          reject(signal?.reason as Error);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', abort);
          resolve();
        }, ms / times);
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };
}
