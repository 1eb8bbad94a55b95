import type { Ledger, Logger } from '../core/index.js';
import type { Runs } from '../app/index.js';

/** What a handler works with. */
export interface Services {
  readonly runs: Runs;
  readonly ledger: Ledger;
  /** Closes every connection. */
  close(): Promise<void>;
  /** When it was opened anew, should it be: a word for a cluster may mean another one by then. @defaultValue never */
  readonly holdsMs?: number;
}

/** What a handler wants of the services that are opened for it. */
export interface Wishes {
  /** A job is to be started: a cluster that is starting is waited for. Else one that is gone is no reason to fail. */
  readonly starts: boolean;
  /** How long opening may take, in milliseconds. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** The function's own ARN, where Lambda gave it. */
  readonly functionArn?: string;
}

export type OpenServices = (wishes: Wishes) => Promise<Services>;
