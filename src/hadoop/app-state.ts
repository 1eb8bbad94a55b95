import type { RunState } from '../core/index.js';

/** What one pair of YARN's words says about the driver. */
export interface AppReading {
  readonly state: RunState;
  /** The application is over, and these words do not say how; why. `state` is `unknown` then. */
  readonly unclear?: string;
}

const ENDS: Readonly<Record<string, RunState>> = { SUCCEEDED: 'succeeded', FAILED: 'failed', KILLED: 'cancelled' };

const STATES: Readonly<Record<string, RunState | 'ask-final-status'>> = {
  NEW: 'waiting',
  NEW_SAVING: 'waiting',
  SUBMITTED: 'waiting',
  ACCEPTED: 'waiting',
  RUNNING: 'running',
  // The ResourceManager's own words for what it calls RUNNING elsewhere; answers to a kill hold them.
  FINAL_SAVING: 'running',
  FINISHING: 'running',
  KILLING: 'running',
  FINISHED: 'ask-final-status',
  FAILED: 'failed',
  KILLED: 'cancelled',
};

/**
 * Reads YARN's `state` and `finalStatus`; docs/states.md has the same table in words.
 *
 * `finalStatus` counts only once the state is FINISHED: a master that has said SUCCEEDED is RUNNING for seconds more
 * while it clears up, and may yet be killed.
 * @param driver - where the driver ran: in client mode `finalStatus` is not its own, and says SUCCEEDED of a driver that failed
 */
export function readAppState(state: string, finalStatus: string, driver: DriverPlace): AppReading {
  const reading = STATES[state.toUpperCase()];
  if (reading === undefined) return { state: 'unknown' };
  if (reading !== 'ask-final-status') return { state: reading };
  if (driver === 'outside') {
    return {
      state: 'unknown',
      unclear:
        'its driver ran outside YARN (client mode), where YARN says SUCCEEDED as soon as the driver is gone, however it ended',
    };
  }
  const end = ENDS[finalStatus.toUpperCase()];
  if (end !== undefined) return { state: end };
  return { state: 'unknown', unclear: `its application master left with the final status ${finalStatus}` };
}

/** `outside`: client mode. `unknown`: this ResourceManager's answer does not tell. */
export type DriverPlace = 'application-master' | 'outside' | 'unknown';
