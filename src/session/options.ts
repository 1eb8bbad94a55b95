import type { Clock } from '../core/index.js';
import type { CreateSession } from '../livy/index.js';

/** What becomes of a session when nobody is attached to it any more. */
export type CloseRule = 'always' | 'never' | 'if-created';

/** What becomes of the session that these options name. */
export const closeRule = ({ name, close = name === undefined ? 'always' : 'never' }: SessionOptions): CloseRule =>
  close;

/** How a session is opened: Livy's own fields, used where it has to be made, and what follows. */
export interface SessionOptions extends CreateSession {
  /**
   * A session of this name is used where there is one, and made where there is none.
   * @defaultValue one that nobody else has, so that a session whose answer was lost can be found
   */
  readonly name?: string;
  /** The language of `run`. In a session of another kind each statement names it. @defaultValue `pyspark` */
  readonly kind?: Exclude<CreateSession['kind'], undefined>;
  /** @defaultValue `never` with a `name`, else `always` */
  readonly close?: CloseRule;
  /** What is done about a session of this name that is dead: `remake` closes it and makes another. @defaultValue `throw` */
  readonly ifDead?: 'throw' | 'remake';
  /**
   * Livy ends the session when it has not heard of us for so long, in seconds; 0 is never.
   * @defaultValue `600` for one that is closed in the end anyway, so that a crash leaves nothing running; else 0
   */
  readonly heartbeatTimeoutInSecond?: number;
  /** How often an open session is kept from Livy's timeout, in milliseconds; 0 is never: then mind the heartbeat. @defaultValue `60_000` */
  readonly keepAliveMs?: number;
  /** Told each state of the session while it is opened, and why it has to be waited for. */
  readonly onState?: (state: string, session: { readonly name: string; readonly id: number }) => void;
  /** Told what is odd and ends nothing, one line each. */
  readonly onNote?: (text: string) => void;
  /** Ends the opening, and cancels a statement that runs; not a session that is to be kept. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** How a statement is sent and followed. */
export interface StatementOptions {
  /** @defaultValue the `kind` that the session was opened with */
  readonly kind?: SessionOptions['kind'];
  /** Cancels the statement, not the session: the promise rejects with `signal.reason` once Livy has taken the cancel. */
  readonly signal?: AbortSignal;
  /** Told each new state, and how far it is. */
  readonly onProgress?: (reading: StatementReading) => void;
}

/** One reading of a statement that was news. */
export interface StatementReading {
  readonly statement: number;
  /** `waiting`, `running`, `available`, `cancelling`, `cancelled`, … as Livy says it. */
  readonly state: string;
  /** 0 to 1: the share of its Spark tasks that are done. */
  readonly progress: number;
}
