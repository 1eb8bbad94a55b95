import type { RunEvent, RunRef } from './model.js';
import type { CallOptions } from './ports.js';
import type { RunProgress, RunWaiting } from './progress.js';

/** Counts what Spark does for a run. */
export interface ProgressSource {
  /** One reader per follower: it remembers what it has told. */
  open(ref: RunRef): ProgressReader;
  /**
   * The counts once the run has ended, from everything that Spark wrote where that can be had in time, else as any reader
   * last saw them. `undefined`: nobody counted. Rejects with `signal.reason` only.
   * @param options.withinMs - how long to ask for them, in milliseconds; 0: nobody is asked
   */
  final(ref: RunRef, options: CallOptions & { readonly withinMs: number }): Promise<RunProgress | undefined>;
}

export interface ProgressReader {
  /** To be told everything that the follower hears: a line of the log may hold a count, or where the driver listens. */
  hear(event: RunEvent): void;
  /** The counts now; `undefined` while nobody can tell. Who fails is passed over, and asked again later. Rejects with `signal.reason` only. */
  read(ref: RunRef, options?: CallOptions): Promise<RunProgress | undefined>;
}

/** Knows why an application waits. */
export interface WaitingSource {
  /** `undefined`: it does not wait, or nobody knows of it. @throws UnreachableError, HttpStatusError, AuthError, BadAnswerError */
  explain(ref: RunRef, options?: CallOptions): Promise<RunWaiting | undefined>;
}
