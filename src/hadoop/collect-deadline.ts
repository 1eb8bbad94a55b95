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

  /** A process that follows run after run forgets those that are long over. */
  #giveUp(appId: string): void {
    const now = this.#clock.now();
    for (const [id, at] of this.#givenUp) if (now - at >= GIVEN_UP_MS) this.#givenUp.delete(id);
    this.#givenUp.set(appId, now);
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
          this.#giveUp(appId);
          return false;
        }
        await clock.sleep(AGAIN_MS, signal);
        return true;
      },
    };
  }
}
