import type { Logger } from '../core/index.js';
import type { Settings } from './settings.js';

/** What of a run is to be gathered, and where from. */
export interface GatherOptions {
  readonly settings: Settings;
  /** Our clock, milliseconds since the epoch. */
  readonly now: number;
  /** So many last lines of each stream of the log. @defaultValue `0`: no log */
  readonly logTail?: number;
  /** Ask for jobs, stages, executors. @defaultValue `false` */
  readonly withSpark?: boolean;
  /** Read those from this event log, not from a server. */
  readonly eventLog?: string;
  readonly signal?: AbortSignal;
  readonly logger?: Logger;
}
