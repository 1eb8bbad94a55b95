import type { Ledger, Logger } from '../core/index.js';
import type { Messenger, Runs } from '../app/index.js';

/** What a handler works with. */
export interface Services {
  readonly runs: Runs;
  readonly ledger: Ledger;
  /** What runs are kept under that these services start. @defaultValue they are asked about any run */
  readonly endpoint?: string;
  /**
   * The same for a run that was started at another cluster: a word for a cluster means another one each night. `undefined` for what
   * is no cluster of EMR's: an address that only a ref names is not asked.
   */
  readonly elsewhere?: (endpoint: string) => Promise<Runs> | undefined;
  /** Tells tasks of state machines, and a bus, how runs end. @defaultValue nobody is told */
  readonly messenger?: Messenger;
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

/** The services that can tell of a run which was started there. */
export const runsAt = async ({ runs, endpoint, elsewhere }: Services, place: string): Promise<Runs> =>
  endpoint === undefined || endpoint === place ? runs : ((await elsewhere?.(place)) ?? runs);

export type OpenServices = (wishes: Wishes) => Promise<Services>;
