import { killServer, startServer, type ServerName } from '../../src/local/index.js';
import type { FaultProxy } from './fault-proxy.js';

export interface Restart {
  /** @defaultValue `SIGKILL` */
  readonly signal?: 'SIGKILL' | 'SIGTERM';
  /** Done while it is down. */
  readonly meanwhile?: () => Promise<void>;
}

/**
 * Stops a server behind its proxy and starts it again. Nobody listens in between. The function that it
 * makes gives `false` where a restart is under way already.
 */
export function restarter(
  places: { readonly name: string; readonly stateDir: string },
  server: ServerName,
  proxy: () => FaultProxy | undefined,
): (how?: Restart) => Promise<boolean> {
  let isRestarting = false;
  return async ({ signal = 'SIGKILL', meanwhile }: Restart = {}) => {
    if (isRestarting) return false;
    isRestarting = true;
    try {
      await killServer({ ...places, server, signal });
      const back = proxy()?.refuse(); // what was under way is cut off by the crash, not by us
      await meanwhile?.();
      await startServer({ ...places, server });
      back?.();
    } finally {
      isRestarting = false;
    }
    return true;
  };
}
