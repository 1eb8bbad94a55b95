import type { Clock } from '../core/index.js';
import type { CollectWait } from './container-follower.js';
import type { DriverApp } from './driver-starts.js';

/** Longest wait for YARN to collect a log whose node no longer gives it, in milliseconds; and the pause between two looks. */
const COLLECT_MS = 30_000;
const AGAIN_MS = 1_000;
/** For how long nobody waits again for what was not collected in time. */
const GIVEN_UP_MS = 300_000;

/** Remembers for which applications it was waited in vain: the one who follows and the one who looks for a reason need not both wait. */
export class CollectDeadlines {
  readonly #clock: Clock;
  readonly #givenUp = new Map<string, number>();
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long it is worth waiting for all containers of an application together. */
  for(appId: string, collected: DriverApp['collected'] = 'yes'): CollectWait {
    const clock = this.#clock;
    const givenUpAt = this.#givenUp.get(appId) ?? -Infinity;
    const isHopeless = collected === 'no' || collected === 'yes' || clock.now() - givenUpAt < GIVEN_UP_MS;
    const until = clock.now() + (isHopeless ? 0 : COLLECT_MS);
    return {
      goOn: async (signal) => {
        if (clock.now() >= until) {
          this.#givenUp.set(appId, clock.now());
          return false;
        }
        await clock.sleep(AGAIN_MS, signal);
        return true;
      },
    };
  }
}
