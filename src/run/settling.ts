import type { Sighting } from './lookout.js';

/**
 * For how long the looks for an attempt have come to the same, in milliseconds. Time as we slept it, so that a clock that
 * is set, or a machine that was suspended, does not count as quiet.
 */
export class Settling {
  #allMs = 0;
  #sinceLastMs = 0;
  #quietMs: number | undefined;
  #suspectMs: number | undefined;
  #silentMs: number | undefined;

  /** Since the first look. */
  get allMs(): number {
    return this.#allMs;
  }
  /** Nothing has spoken against absence. */
  get quietMs(): number | undefined {
    return this.#quietMs;
  }
  /** The backend has held the name, and nothing shows that it began. */
  get suspectMs(): number | undefined {
    return this.#suspectMs;
  }
  /** Somebody has not answered. */
  get silentMs(): number | undefined {
    return this.#silentMs;
  }

  saw(sighting: Sighting): void {
    this.#quietMs = this.#longer(this.#quietMs, sighting.kind === 'absent');
    this.#suspectMs = this.#longer(this.#suspectMs, sighting.kind === 'suspect');
    this.#silentMs = this.#longer(this.#silentMs, sighting.kind === 'unknown' && sighting.isSilence);
    this.#sinceLastMs = 0;
  }

  slept(ms: number): void {
    this.#allMs += ms;
    this.#sinceLastMs += ms;
  }

  #longer(ms: number | undefined, goesOn: boolean): number | undefined {
    if (!goesOn) return undefined;
    return ms === undefined ? 0 : ms + this.#sinceLastMs;
  }
}

/** Quiet time is not kept from one submit to the next: nobody saw whether YARN was out of reach in between. */
export const unsettled = (quietMs: number, settleMs: number): string =>
  `nothing of it was seen for ${quietMs / 1000} s, and ${settleMs / 1000} s within one submit are needed before it is sent again: give it a longer deadline`;
